"""Sessions for tests of panels: judged in this very process, at once, by the real judge."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import torch
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.engine.cure import cured
from app.engine.judge import Judge
from app.engine.protocol import Message
from app.session.judging import Judging
from app.session.run_desk import RunDesk
from app.session.session import Session
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load, loads
from graph_editor.document.model import Arg, NodeId, Project

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
Widget = TypeVar("Widget", bound=QWidget)


@cache
def judge() -> Judge:
    return Judge()


class JudgingHere(Judging):
    """Answers a question before ``ask`` returns, or keeps it while ``waits``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self.waits = False
        self.holds = threading.Event()
        self.holds.set()
        """While it is cleared, what is requested gets no answer."""
        free, total = 12 * 2**30, 16 * 2**30
        self.has = [{"id": "cpu", "name": "CPU", "free": free, "total": total}]
        """The devices that it says there are."""
        self.called_back: list[Future[Message]] = []
        self.kept: tuple[Project, int] | None = None

    def ask(self, project: Project, revision: int) -> None:
        self.kept = (project, revision)
        if not self.waits:
            self.answer()

    def answer(self) -> None:
        if self.kept is not None:
            project, self.kept = self.kept[0], None
            self.say(project, judge().judge(project))

    def request(
        self, message: Message, also: Callable[[Message], None] | None = None
    ) -> Future[Message]:
        """Answer ``cure`` and ``devices`` as the engine does, in the thread that asks."""
        if message["type"] not in ("cure", "devices"):
            return super().request(message, also)
        future: Future[Message] = Future()
        if message["type"] == "devices":
            future.set_result({"type": "answer", "torch": torch.__version__, "devices": self.has})
            return future

        def tell(count: int, title: str) -> None:
            if also is not None:
                also({"type": "progress", "fraction": float(count), "text": title})

        project = loads(message["project"]).project
        if self.holds.wait(60):
            future.set_result({"type": "answer", **cured(Judge(), project, tell=tell)})
        return future

    def call_back(self, future: Future[Message]) -> None:
        self.called_back.append(future)

    def say(self, project: Project, verdict: Verdict) -> None:
        self.state_changed.emit("ready", "")
        self.judged.emit(project, verdict)


def example(name: str) -> Project:
    return load(EXAMPLES / f"{name}.netwright").project


def session_on(project: Project) -> Session:
    """Return a session; ``start_engine`` has it judged."""
    return Session(project, judging=JudgingHere())


def until(met: Callable[[], bool], seconds: float = 60) -> None:
    """Let the event loop run until something holds."""
    loop = QEventLoop()
    look, end = QTimer(), QTimer()
    look.setInterval(5)
    look.timeout.connect(lambda: met() and loop.quit())
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    look.start()
    end.start(int(seconds * 1000))
    loop.exec()
    look.stop()
    end.stop()
    assert met()


def settle(session: Session) -> None:
    """Have the session judged and written or refused."""
    session.start_engine()
    until(lambda: session.is_judged and (session.is_written or session.refusal is not None))


def set_value(session: Session, node: str, name: str, value: Arg) -> None:
    """Set an argument of a node of the main graph."""
    session.apply(
        lambda p: in_block(p, "main", lambda g: set_argument(g, NodeId(node), name, value)), "Set"
    )


@contextmanager
def in_sight(widget: Widget, width: int, height: int) -> Iterator[Widget]:
    """Show a widget of that size, and close it at the end."""
    widget.resize(width, height)
    widget.show()
    try:
        yield widget
    finally:
        widget.close()
        widget.deleteLater()


@contextmanager
def run_desk(project: Project, file: Path) -> Iterator[RunDesk]:
    """Return a desk of a project in a file, and close both at the end."""
    session = Session(project, file, judging=JudgingHere())
    desk = RunDesk(session)
    try:
        yield desk
    finally:
        desk.close()
        session.close()
