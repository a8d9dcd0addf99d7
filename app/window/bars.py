"""Keeps the title, the toolbar and the status bar of a window true to its session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from app.commands.devices import device_words
from app.commands.registry import BY_ID
from app.session.seeking import HALTED, UNTIL_CHECKED
from app.window import status_words
from app.window.menus import key_sequences
from graph_editor.document.changes import Change
from graph_editor.document.graph_path import graph_path

if TYPE_CHECKING:
    from app.session.session import Session
    from app.window.menus import Menus
    from app.window.shell import Shell

ENGINE = {
    "none": "engine starts",
    "starting": "engine starting",
    "ready": "engine ready",
    "stopped": "engine stopped",
    "failed": "check failed",
}


class Bars(QObject):
    """Title row, tool row and status row of one window."""

    def __init__(self, shell: Shell, session: Session, menus: Menus, parent: QObject) -> None:
        super().__init__(parent)
        self._shell, self._session, self._menus = shell, session, menus
        self._asked: float | None = None
        self._took: float | None = None
        self._torch = ""
        self._warming = False
        self._connect()
        self._press()
        self.refresh()

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._changed)
        session.verdict_changed.connect(self._judged)
        session.refusal_changed.connect(self._say_verdict)
        session.room.changed.connect(self._say_memory)
        session.saved_changed.connect(self._say_title)
        session.graph_changed.connect(self._say_path)
        session.engine_changed.connect(self._say_engine)
        session.said.connect(self._say)
        session.judging.failed.connect(self._check_ended)
        session.keys.changed.connect(self._say_keys)
        self._end = session.settings.subscribe(self._setting)
        self._shell.tools.path.chosen.connect(session.show_graph)

    def close(self) -> None:
        """Stop listening to the settings, which outlive the window."""
        self._end()

    def _press(self) -> None:
        tools = self._shell.tools
        for button, name in (
            (tools.undo, "edit.undo"),
            (tools.redo, "edit.redo"),
            (tools.arrange, "graph.arrange"),
            (tools.fit_all, "view.fit_all"),
            (tools.search, "view.search"),
            (tools.train, "run.train"),
            (tools.pause, "run.pause"),
            (tools.stop, "run.stop"),
            (tools.epoch, "run.show"),
            (tools.export_, "file.export"),
        ):
            command = BY_ID[name]
            button.clicked.connect(lambda _=False, command=command: self._menus.run(command))
        device = BY_ID["run.device"]
        tools.devices.aboutToShow.connect(lambda: self._menus.refill(tools.devices, device))

    def refresh(self) -> None:
        """Say everything anew."""
        self._say_keys()
        self._say_title()
        self._say_path()
        self._say_history()
        self._say_verdict()
        self._say_engine()
        self._setting("device")

    # What happens

    def _changed(self, change: Change) -> None:
        if not change.is_only_layout:
            self._say_verdict()
        self._say(self._session.document.last)  # what stood there was of another drawing
        self._say_history()
        self._say_path()

    def _judged(self) -> None:
        asked = self._session.asked
        if self._asked not in (None, asked):  # the first check waits for PyTorch to start
            self._took = (time.perf_counter() - asked) * 1000
        self._asked = asked  # what comes once more, with fixes, counts no longer
        self._say_verdict()
        self._check_ended()

    def _check_ended(self, *_: object) -> None:
        """Take away what was said of the check while it went on."""
        if self._shell.status.said.full in UNTIL_CHECKED:
            self._shell.status.said.say("")

    def _setting(self, key: str) -> None:
        if key in ("device", "threads"):
            words = device_words(self._session.settings)
            self._shell.tools.set_device(words)
            self._shell.status.say(self._shell.status.device, words, "chip")

    def set_torch(self, version: str) -> None:
        """Show which torch computes."""
        self._torch = version
        self._shell.status.say(self._shell.status.torch, f"torch {version}")

    def set_warming(self, warming: bool) -> None:
        """Show whether a run would have to wait for its process."""
        self._warming = warming
        self._say_engine()

    # What is said

    def _say(self, words: str) -> None:
        """Show a sentence; of what was done last say also by which key it is taken back."""
        document = self._session.document
        if words and words == document.last:
            words = status_words.action_words(document, self._key_of)
        self._shell.status.said.say(words)

    def _key_of(self, command: str) -> str:
        """Return the key of a command, as it is written on the keyboard."""
        entry = self._menus.actions.get(command)
        keys = entry.shortcut() if entry is not None else key_sequences(BY_ID[command])[0]
        return keys.toString(QKeySequence.SequenceFormat.NativeText)

    def _say_title(self) -> None:
        session = self._session
        state = "edited" if session.document.is_modified else "saved"
        if session.path is None:
            state = "edited" if session.document.is_modified else "not saved yet"
        self._shell.title_row.set_title(session.title, state)
        self._shell.setWindowTitle(f"{session.title}[*] · Netwright")
        self._shell.setWindowModified(session.document.is_modified)

    def _say_path(self) -> None:
        session = self._session
        name = session.project.main.name or session.title.removesuffix(".netwright")
        steps = graph_path(session.project, name, session.graph_key, session.prefix)
        self._shell.tools.path.set_steps(steps)

    def _say_history(self) -> None:
        document, tools = self._session.document, self._shell.tools
        tools.undo.setEnabled(document.can_undo)
        tools.redo.setEnabled(document.can_redo)
        undo, redo = document.undo_title, document.redo_title
        said = self._session.keys.said
        undo_keys, redo_keys = said(" (Ctrl+Z)"), said(" (Ctrl+Shift+Z)")
        tools.undo.setToolTip(f"Undo: {undo}{undo_keys}" if undo else "There is nothing to undo.")
        tools.redo.setToolTip(f"Redo: {redo}{redo_keys}" if redo else "There is nothing to redo.")

    def _say_keys(self) -> None:
        keys = self._session.keys
        self._shell.tools.say_keys(keys.now, keys.said)
        self._say_history()

    def _say_verdict(self) -> None:
        session, status = self._session, self._shell.status
        verdict = session.verdict
        known = verdict if session.is_judged else None
        words = status_words.check_words(known, self._took, session.unwritten())
        status.say(status.check, *words)
        status.say(status.parameters, status_words.parameter_words(verdict))
        status.say(status.weights, status_words.weight_words(verdict))
        status.say(status.work, status_words.work_words(verdict))

    def _say_memory(self) -> None:
        status, room = self._shell.status, self._session.room
        status.say(status.memory, *status_words.memory_words(room))
        status.memory.setToolTip(room.words)

    def _say_engine(self) -> None:
        state, status = self._session.engine_state, self._shell.status
        words = ENGINE.get(state, state)
        if state == "ready" and self._warming:
            words = "warming up for training"
        halted = state in HALTED
        colour = "error" if halted else "text2"
        status.say(status.engine, words, "error" if halted else "", colour)
        status.engine.setToolTip(self._session.engine_words)
