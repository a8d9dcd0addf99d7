"""Work that would make a dialog wait, done in a thread; its answer comes as a call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.session.posting import deliver


class Background(QObject):
    """Runs one thing after another asked; only the newest answer is delivered."""

    _done = Signal(int, object)

    def __init__(self, answer: Callable[[Any], None], parent: QObject) -> None:
        super().__init__(parent)
        self._answer = answer
        self._newest = 0
        self._done.connect(self._deliver)

    def ask(self, work: Callable[[], object]) -> None:
        """Run work in a thread; what it returns, or raises, goes to ``answer`` in this one."""
        self._newest += 1
        thread = threading.Thread(
            target=self._run, args=(self._newest, work), name="dialog", daemon=True
        )
        thread.start()

    def forget(self) -> None:
        """Let no answer come to what was asked so far."""
        self._newest += 1

    def _run(self, number: int, work: Callable[[], object]) -> None:
        try:
            found = work()
        except Exception as error:  # the dialog says why
            found = error
        deliver(self._done, number, found)

    def _deliver(self, number: int, found: object) -> None:
        if number == self._newest:
            self._answer(found)
