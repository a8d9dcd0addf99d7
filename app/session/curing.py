"""Has all safe fixes applied by the engine, while the window goes on; an edit calls it back."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.judging import Judging
from app.session.posting import deliver
from graph_editor.document.files import dumps

if TYPE_CHECKING:
    from app.engine.protocol import Message
    from graph_editor.document.model import Project


class Curing(QObject):
    """One question to the engine at a time. It leaves from a thread; answers come as signals."""

    changed = Signal()
    """Whether it is at work, or how many fixes it has applied."""
    cured = Signal(object, object)
    """The Project that was asked about, and the engine's answer: patch, steps and what is left."""
    failed = Signal(str)
    """Why there is no answer, in words."""
    _told = Signal(int, object)
    _ended = Signal(int, object)

    def __init__(self, judging: Judging, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._judging = judging
        self._serial = 0
        self._project: Project | None = None
        self._future: Future[Message] | None = None
        self.count = 0
        """How many fixes are applied so far."""
        self._told.connect(self._hear)
        self._ended.connect(self._end)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self._project is not None

    def start(self, project: Project) -> None:
        """Have the fixes tried on a project; nothing happens while others are."""
        if self.is_running:
            return
        self._serial += 1
        self._project, self.count = project, 0
        self.changed.emit()
        ask = partial(self._ask, self._serial, project)
        threading.Thread(target=ask, name="curing", daemon=True).start()

    def stop(self) -> None:
        """Want no answer any more."""
        if not self.is_running:
            return
        self._serial += 1
        future, self._future, self._project = self._future, None, None
        if future is not None:
            self._judging.call_back(future)
        self.changed.emit()

    # In a thread

    def _ask(self, serial: int, project: Project) -> None:
        try:
            message = {"type": "cure", "project": dumps(project)}
            future = self._judging.request(message, partial(deliver, self._told, serial))
        except Exception as error:  # it is said, whatever it is
            deliver(self._ended, serial, error)
            return
        self._future = future
        if serial != self._serial:
            self._judging.call_back(future)
        future.add_done_callback(partial(self._answered, serial))

    def _answered(self, serial: int, done: Future[Message]) -> None:
        deliver(self._ended, serial, done.exception() or done.result())

    # In the window's thread

    def _hear(self, serial: int, message: Message) -> None:
        if serial == self._serial:
            self.count = int(message.get("fraction", 0))
            self.changed.emit()

    def _end(self, serial: int, answer: Message | Exception) -> None:
        if serial != self._serial:
            return
        from app.engine.client import AnswerCancelled

        project, self._project, self._future = self._project, None, None
        self.changed.emit()
        if isinstance(answer, AnswerCancelled):
            return
        if isinstance(answer, Exception):
            self.failed.emit(str(answer))
        else:
            self.cured.emit(project, answer)
