"""The View menu: zoom, panels, colours, and where the panels stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.commands.command import Command, nothing
from app.commands.frame import Frame
from app.settings.table import BY_KEY
from graph_editor.canvas.actions import fit_selection
from graph_editor.catalogue.run_settings import SHAPES, shows_shapes
from graph_editor.document.edits import set_run, unset_run

PANELS = {
    "palette": "Add",
    "inspector": "Inspector",
    "docs": "Docs",
    "outline": "Outline",
    "code": "Code",
    "problems": "Problems",
    "run": "Run",
    "runs": "Runs",
    "plan": "Plan",
    "summary": "Summary",
    "history": "History",
    "log": "Log",
}
"""Panels in the order of the menu, with what they are called."""


def _empty(frame: Frame) -> str:
    nodes = frame.session.project.block(frame.session.graph_key).graph.nodes
    return "" if nodes else "This graph has no nodes yet."


def _none_selected(frame: Frame) -> str:
    is_some = frame.session.selection or frame.canvas.world.backdrop.chosen
    return _empty(frame) or ("" if is_some else "Nothing is selected.")


def _toggle(frame: Frame, name: str) -> None:
    frame.toggle_panel(name)


def _open(frame: Frame, name: str) -> bool:
    return frame.has_panel(name)


def _panels(_: Frame) -> Sequence[Command]:
    return PANEL_COMMANDS


def _themes(_: Frame) -> Sequence[Command]:
    return [
        Command(
            f"view.theme.{name}",
            title,
            partial(_set_theme, name=name),
            checked=partial(_is_theme, name=name),
            one_of=True,
        )
        for name, title in BY_KEY["theme"].choices
    ]


def _set_theme(frame: Frame, name: str) -> None:
    frame.settings.set("theme", name)


def _is_theme(frame: Frame, name: str) -> bool:
    return frame.settings["theme"] == name


def _shows_shapes(frame: Frame) -> bool:
    return shows_shapes(frame.session.project.run)


def _switch_shapes(frame: Frame) -> None:
    """Show the shapes, or leave them out, as an edit of the project like any other."""
    hide = _shows_shapes(frame)
    label = "Leave shapes out of the code" if hide else "Say shapes in the code"
    frame.session.apply(
        lambda now: set_run(now, SHAPES, False) if hide else unset_run(now, SHAPES), label
    )


def _traces(frame: Frame) -> bool:
    return bool(frame.settings["trace_selection"])


def _switch_tracing(frame: Frame) -> None:
    begins = not _traces(frame)
    frame.settings.set("trace_selection", begins)
    dims = "What is off the path of the selected nodes is dimmed from now on."
    frame.session.said.emit(dims if begins else "Nothing is dimmed any longer.")


def _has_minimap(frame: Frame) -> bool:
    return bool(frame.settings["minimap"])


def _switch_minimap(frame: Frame) -> None:
    frame.settings.set("minimap", not _has_minimap(frame))


def _compare(frame: Frame) -> None:
    if (room := frame.code()) is not None:
        room.compare()


def _step_change(frame: Frame, step: int) -> None:
    if (room := frame.code()) is not None:
        room.next_change(step)


PANEL_COMMANDS = [
    Command(
        f"view.panel.{name}",
        title,
        partial(_toggle, name=name),
        checked=partial(_open, name=name),
        doc=f"Show or close the panel {title}.",
    )
    for name, title in PANELS.items()
]
COMMANDS = [
    Command("view.zoom_in", "Zoom in", lambda f: f.canvas.zoom_in(), "View", "Ctrl+=;Ctrl++"),
    Command("view.zoom_out", "Zoom out", lambda f: f.canvas.zoom_out(), "View", "Ctrl+-"),
    Command("view.zoom_reset", "Zoom to 100 %", lambda f: f.canvas.zoom_to(1.0), "View", "Ctrl+0"),
    Command(
        "view.fit_all",
        "Fit all",
        lambda f: f.canvas.fit_all(),
        "View",
        "Ctrl+9",
        unavailable=_empty,
        doc="Bring the whole graph into view.",
        glyph="fit",
    ),
    Command(
        "view.fit_selection",
        "Fit selection",
        lambda f: fit_selection(f.canvas),
        "View",
        "Ctrl+8",
        unavailable=_none_selected,
        doc="Bring the selected nodes, frames and notes into view.",
    ),
    Command(
        "view.trace",
        "Trace the selection",
        _switch_tracing,
        "View",
        "P",
        doc="Dim all that neither leads to the selected nodes nor is led to by them.",
        checked=_traces,
        on_canvas=True,
    ),
    Command(
        "view.minimap",
        "Minimap",
        _switch_minimap,
        "View",
        "Ctrl+Shift+M",
        doc="Show the whole graph in a corner of the canvas while a part of it is out of view.",
        checked=_has_minimap,
    ),
    Command("view.panels", "Panels", nothing, "View", group=1, choices=_panels),
    Command("view.theme", "Theme", nothing, "View", group=1, choices=_themes),
    Command(
        "view.shape_comments",
        "Shapes in the code",
        _switch_shapes,
        "View",
        doc="Let the lines of the model end in the shapes of what they compute, or not.",
        checked=_shows_shapes,
        group=1,
    ),
    Command(
        "view.reset_layout",
        "Reset layout",
        lambda f: f.reset_layout(),
        "View",
        doc="Put every panel where it was at first.",
        group=1,
    ),
    Command(
        "view.compare",
        "Compare the code",
        _compare,
        "View",
        "Ctrl+Shift+D",
        doc="Show what differs from the code of the last run or of the saved version, or end that.",
        group=2,
        glyph="compare",
    ),
    Command(
        "view.next_change",
        "Next change",
        partial(_step_change, step=1),
        "View",
        "F7",
        doc="Go to the next change of the code that is compared; begin to compare it first.",
        group=2,
    ),
    Command(
        "view.previous_change",
        "Previous change",
        partial(_step_change, step=-1),
        "View",
        "Shift+F7",
        group=2,
    ),
    Command(
        "view.commands",
        "Command palette…",
        lambda f: f.search(commands_only=True),
        "View",
        "Ctrl+Shift+P",
        group=3,
        glyph="search",
    ),
    Command(
        "view.search",
        "Search commands and nodes…",
        lambda f: f.search(),
        "View",
        "Ctrl+K",
        group=3,
    ),
]
"""What the View menu and the command palette offer."""
