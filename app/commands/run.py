"""The Run menu: training, and where it happens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.commands.command import Command, nothing
from app.commands.devices import Device, threads_of
from app.commands.frame import Frame


def _cannot_train(frame: Frame) -> str:
    return frame.desk.why_not_train()


def _train(frame: Frame) -> None:
    caution = frame.session.room.caution
    if frame.desk.train():
        if caution:
            frame.session.said.emit(caution)
        frame.raise_panel("run")


def _not_live(frame: Frame) -> str:
    return "" if frame.desk.is_live else "No run of this window is going on."


def _pause_words(frame: Frame) -> str:
    return "Resume" if frame.desk.is_paused else "Pause"


def _devices(frame: Frame) -> Sequence[Command]:
    return [
        Command(
            f"run.device.{device.name}.{device.threads}",
            device.title,
            partial(_use, device=device),
            unavailable=partial(_cannot_use, device=device),
            checked=partial(_is_used, device=device),
            one_of=True,
            group=0 if device.name == "cpu" else 1,
        )
        for device in frame.devices()
    ]


def _use(frame: Frame, device: Device) -> None:
    frame.settings.set("device", device.name)
    if device.threads:
        frame.settings.set("threads", device.threads)


def _cannot_use(_: Frame, device: Device) -> str:
    return device.reason


def _is_used(frame: Frame, device: Device) -> bool:
    if frame.settings["device"] != device.name:
        return False
    return device.name != "cpu" or threads_of(frame.settings) == device.threads


COMMANDS = [
    Command(
        "run.train",
        "Train",
        _train,
        "Run",
        "Ctrl+R",
        unavailable=_cannot_train,
        doc="Run the files that the code panel shows.",
        glyph="play",
    ),
    Command(
        "run.pause",
        "Pause",
        lambda f: f.desk.toggle_pause(),
        "Run",
        "Ctrl+Shift+R",
        unavailable=_not_live,
        label=_pause_words,
        glyph="pause",
    ),
    Command(
        "run.stop",
        "Stop",
        lambda f: f.desk.stop(),
        "Run",
        "Ctrl+.",
        unavailable=_not_live,
        doc="End the run after this step; its checkpoint stays.",
        glyph="stop",
    ),
    Command(
        "run.checkpoint",
        "Checkpoint now",
        lambda f: f.desk.checkpoint(),
        "Run",
        "Ctrl+Alt+S",
        unavailable=_not_live,
        doc="Write the weights as they are now into the run's folder.",
        glyph="save",
    ),
    Command("run.device", "Device", nothing, "Run", group=1, choices=_devices, glyph="chip"),
    Command(
        "run.show", "Show the run", lambda f: f.show_panel("run"), "Run", group=2, glyph="chart"
    ),
    Command(
        "run.list", "Show all runs", lambda f: f.show_panel("runs"), "Run", group=2, glyph="list"
    ),
]
"""What the Run menu and the command palette offer."""
