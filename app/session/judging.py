"""Asks the engine for verdicts without ever making the window wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.session.posting import deliver

if TYPE_CHECKING:
    from app.engine.client import Engine
    from app.engine.protocol import Message
    from graph_editor.document.model import Project


class Judging(QObject):
    """The window's line to the judge. Questions leave from a thread; answers come as signals."""

    judged = Signal(object, object)
    """A Project and the Verdict on it, with its fixes."""
    judged_first = Signal(object, object)
    """A Project and the Verdict on it, while its fixes are still being tried; not always sent."""
    failed = Signal(str)
    """Why there is no verdict, in words."""
    state_changed = Signal(str, str)
    """``starting``, ``ready``, ``stopped`` or ``failed``, and words for it."""

    def __init__(self, engine: Engine | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._wanted: tuple[Project, int] | None = None
        self._again = 0
        self._wake = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._send_all, name="judging", daemon=True)

    def ask(self, project: Project, revision: int) -> None:
        """Ask for the verdict on a project; an older question that has not left is dropped."""
        with self._wake:
            self._wanted = (project, revision)
            self._again = 0
            self._wake.notify()
        if not self._thread.is_alive() and not self._ended:
            self.state_changed.emit("starting", "Starting PyTorch")
            self._thread.start()

    def request(
        self, message: Message, also: Callable[[Message], None] | None = None
    ) -> Future[Message]:
        """Ask something else (``info``, ``cure``). Call it from a thread: it may wait.

        ``also`` is given progress, in a thread. Raises EngineError.
        """
        return self._connected().send(message, also)

    def call_back(self, future: Future[Message]) -> None:
        """Say that what was requested is not wanted any more."""
        self._connected().cancel(future)

    def _connected(self) -> Engine:
        """Return the engine; its client is imported in a thread, after the window has painted."""
        from app.engine.client import Engine

        with self._wake:
            if self._engine is None:
                self._engine = Engine("judge", self._happened)
            return self._engine

    def close(self) -> None:
        """End the engine; nothing is emitted any more."""
        with self._wake:
            self._ended = True
            self._wake.notify()
            engine = self._engine
        if engine is not None:
            threading.Thread(target=engine.close, name="engine end", daemon=False).start()

    def _send_all(self) -> None:
        from app.engine.client import EngineError

        engine = self._connected()
        while True:
            with self._wake:
                while self._wanted is None and not self._ended:
                    self._wake.wait()
                if self._ended or self._wanted is None:
                    return
                (project, revision), self._wanted = self._wanted, None
            try:
                future = engine.send_judge(project, revision, also=partial(self._first, project))
            except EngineError as error:
                self._say(str(error))
                continue
            future.add_done_callback(partial(self._answered, project, revision))

    def _first(self, project: Project, message: Message) -> None:
        from graph_editor.checking.wire import verdict_from_json

        self._emit(self.judged_first, project, verdict_from_json(message["verdict"]))

    def _emit(self, signal: SignalInstance, *values: object) -> None:
        """Emit from a thread, unless the window has gone meanwhile."""
        if not self._ended:
            deliver(signal, *values)

    def _answered(self, project: Project, revision: int, done: Future[Message]) -> None:
        from app.engine.client import AnswerCancelled, EngineDied, EngineError, JudgingFailed
        from graph_editor.checking.wire import verdict_from_json

        if self._ended:
            return
        try:
            verdict = verdict_from_json(done.result()["verdict"])
        except AnswerCancelled:
            return
        except EngineDied as error:
            with self._wake:
                again = self._wanted is None and self._again == 0
                self._again += 1
                if again:
                    self._wanted = (project, revision)
                    self._wake.notify()
            if not again:
                self._say(str(error))
        except JudgingFailed as error:
            words = str(error).rstrip(": ")
            self._say(f"{words}. Please report it. The next edit is checked again.", "failed")
        except EngineError as error:
            self._say(str(error))
        else:
            self._emit(self.state_changed, "ready", "")
            self._emit(self.judged, project, verdict)

    def _say(self, words: str, state: str = "stopped") -> None:
        self._emit(self.state_changed, state, words)
        self._emit(self.failed, words)

    def _happened(self, what: str, words: str) -> None:
        if what in ("started", "restarted"):
            self._emit(self.state_changed, "starting", words)
