"""A fix is one step, of the present verdict alone; a dead engine is asked once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QApplication  # after the check that Qt is there

from app.engine.client import EngineDied
from app.session.judging import Judging
from app.session.session import Session
from graph_editor.checking.verdict import Fix, Verdict
from graph_editor.checking.wire import verdict_to_json
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import JudgingHere, example, session_on, until

Edit = Callable[[Project], Project]


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = session_on(example("digits_cnn"))
    made.start_engine()
    yield made
    made.close()


def wrong(node: str, name: str, value: int) -> Edit:
    return lambda now: in_block(
        now, "main", lambda graph: set_argument(graph, NodeId(node), name, value)
    )


def first_fix(session: Session) -> Fix:
    assert session.is_judged
    return next(problem.fixes[0] for problem in session.problems() if problem.fixes)


def test_every_fix_is_a_step_of_its_own_under_its_own_title(session: Session) -> None:
    sound = session.project
    session.apply(wrong("head", "in_features", 100), "Set in_features")
    session.apply(wrong("bn1", "num_features", 7), "Set num_features")
    broken = session.project
    fixed, titles = [broken], []
    while session.problems():
        fix = first_fix(session)
        assert session.apply_fix(fix)
        assert session.document.undo_title == fix.title
        fixed.append(session.project)
        titles.append(fix.title)
    assert len(titles) == 2
    for before, title in zip(reversed(fixed[:-1]), reversed(titles), strict=True):
        assert session.document.undo_title == title
        session.undo()
        assert session.project == before
    assert session.document.undo_title == "Set num_features"
    assert broken != sound


def test_a_fix_of_a_verdict_on_another_drawing_changes_nothing(session: Session) -> None:
    assert isinstance(session.judging, JudgingHere)
    session.apply(wrong("head", "in_features", 100), "Set in_features")
    fix = first_fix(session)
    session.judging.waits = True
    session.apply(wrong("dropout", "p", 1), "Set p")
    before, said = session.project, list[str]()
    session.said.connect(said.append)
    assert not session.apply_fix(fix)
    assert session.project is before
    assert session.document.undo_title == "Set p"
    assert len(said) == 1
    session.judging.answer()
    assert session.apply_fix(first_fix(session))


class Dying:
    """Acts as an engine that dies over its first questions."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths
        self.asked: list[Project] = []

    def send_judge(self, project: Project, revision: int, also: object) -> Future[dict[str, Any]]:
        del revision, also
        self.asked.append(project)
        answer: Future[dict[str, Any]] = Future()
        if len(self.asked) <= self.deaths:
            answer.set_exception(EngineDied("The engine ended."))
        else:
            answer.set_result({"verdict": verdict_to_json(Verdict())})
        return answer

    def close(self) -> None:
        pass


def asked_of(engine: Dying) -> tuple[Session, list[str]]:
    """Return a session that has asked an engine, and the states that were told."""
    judging = Judging(engine)  # type: ignore[arg-type]  # it acts as one
    session = Session(example("digits_cnn"), judging=judging)
    states: list[str] = []
    judging.state_changed.connect(lambda state, _: states.append(state))
    session.start_engine()
    return session, states


def test_over_the_death_of_an_engine_the_question_is_asked_again(qt: QApplication) -> None:
    engine = Dying(1)
    session, states = asked_of(engine)
    until(lambda: session.is_judged, 20)
    assert engine.asked == [session.project] * 2
    assert states == ["starting", "ready"]
    session.close()


def test_over_a_second_death_the_engine_is_said_to_have_stopped(qt: QApplication) -> None:
    engine = Dying(2)
    session, states = asked_of(engine)
    until(lambda: session.engine_state == "stopped", 20)
    assert len(engine.asked) == 2
    assert session.verdict is None
    assert states == ["starting", "stopped"]
    session.close()
