"""The window's thread goes on while a node hangs, is asked again and again, and is closed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.engine.client import Engine
from app.session.judging import Judging
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Project
from tests.engine.planted import FAULT, MODULE
from tests.engine.test_in_the_way import beside

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the constructions planted here are written for POSIX"
)
TURNS = 50
"""Turns of the event loop during two seconds, of the two hundred that an idle machine would do."""


@pytest.fixture
def judging(qt: QApplication) -> Iterator[Judging]:
    made = Judging(Engine("judge", module=MODULE))
    yield made
    made.close()
    for thread in threading.enumerate():
        if thread.name == "engine end":
            thread.join()


def turn_until(qt: QApplication, is_so: Callable[[], bool]) -> int:
    """Let the event loop turn until something is so; return how often a timer came round."""
    turns = [0]

    def count() -> None:
        turns[0] += 1

    timer = QTimer()
    timer.setInterval(10)
    timer.timeout.connect(count)
    timer.start()
    while not is_so():
        qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    timer.stop()
    return turns[0]


def test_the_event_loop_turns_while_a_node_hangs(qt: QApplication, judging: Judging) -> None:
    seen: list[tuple[Project, Verdict]] = []
    failures: list[str] = []
    judging.judged.connect(lambda project, verdict: seen.append((project, verdict)))
    judging.failed.connect(failures.append)
    judging.ask(beside(), 0)
    turn_until(qt, lambda: bool(seen))
    seen.clear()
    for revision in range(1, 30):  # edits, while the first of them hangs
        judging.ask(beside("sleep", width=revision), revision)
    assert not seen, "to ask waits for no answer"
    turns = turn_until(qt, lambda: any(v.revision == 29 for _, v in seen))
    assert turns > TURNS, "the window's thread was held up"
    project, verdict = seen[-1]
    assert project == beside("sleep", width=29)
    assert verdict.types["head.output"].shape == ("B", 29)
    assert [d.node for d in verdict.diagnostics if d.code == "too-long"] == ["bad0"]
    assert failures == []


def test_a_fault_of_the_judge_is_not_the_end_of_it(qt: QApplication, judging: Judging) -> None:
    seen: list[Verdict] = []
    states: list[tuple[str, str]] = []
    judging.judged.connect(lambda _, verdict: seen.append(verdict))
    judging.state_changed.connect(lambda state, words: states.append((state, words)))
    judging.ask(beside(width=FAULT), 1)
    turn_until(qt, lambda: states[-1:] != [] and states[-1][0] == "failed")
    assert states[-1][1] == "StopIteration. Please report it. The next edit is checked again."
    assert seen == []
    judging.ask(beside(width=9), 2)
    turn_until(qt, lambda: bool(seen))
    assert seen[-1].types["head.output"].shape == ("B", 9)
    assert states[-1][0] == "ready"
    assert [state for state, _ in states].count("starting") <= 2, "it is the same process"


@pytest.mark.slow
def test_a_call_is_taken_back_though_the_engine_reads_nothing(
    qt: QApplication, judging: Judging
) -> None:
    seen: list[Verdict] = []
    judging.judged.connect(lambda _, verdict: seen.append(verdict))
    judging.ask(beside("loop in C"), 1)
    asked = [judging.request({"type": "documentation", "spec": "x" * 200_000}) for _ in range(5)]
    for future in asked:  # more than a pipe holds, to a process that holds its interpreter
        judging.call_back(future)
    assert not any(future.done() for future in asked)
    turn_until(qt, lambda: bool(seen) and all(future.done() for future in asked))
