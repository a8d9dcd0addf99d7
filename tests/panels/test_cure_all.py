"""All safe fixes at once, through the button over the list of problems and real events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.panels.problems_panel import ProblemsPanel
from app.session.session import Session
from graph_editor.document.edits import in_block, insert_on_wire
from graph_editor.document.model import FrozenMap, InPort, Node, NodeId, PortPath
from tests.panels.judged import JudgingHere, in_sight, set_value, settle, until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(session: Session) -> Iterator[ProblemsPanel]:
    with in_sight(ProblemsPanel(session), 980, 200) as made:
        settle(session)
        yield made


@pytest.fixture
def said(session: Session) -> list[str]:
    heard: list[str] = []
    session.said.connect(heard.append)
    return heard


def break_twice(session: Session) -> None:
    set_value(session, "conv2", "in_channels", 3)
    set_value(session, "head", "in_features", 256)
    settle(session)


def put_softmax(session: Session) -> None:
    node = Node("nn.Softmax", args=FrozenMap({"dim": 1}))
    target = InPort(NodeId("loss"), PortPath("input"))
    session.apply(
        lambda p: in_block(p, "main", lambda g: insert_on_wire(g, target, NodeId("soft"), node)),
        "Insert",
    )
    settle(session)


def press(panel: ProblemsPanel) -> None:
    QTest.mouseClick(panel.bar.button, LEFT)


def judging(session: Session) -> JudgingHere:
    assert isinstance(session.judging, JudgingHere)
    return session.judging


def test_a_click_cures_all_as_one_step(
    panel: ProblemsPanel, session: Session, said: list[str]
) -> None:
    break_twice(session)
    broken = session.project
    assert panel.bar.button.isEnabled()
    assert panel.bar.words.full == "The problem can be fixed."  # the other one still waits
    press(panel)
    until(lambda: not session.curing.is_running)
    assert not session.problems()
    assert said[-1] == (
        "Applied 2 safe fixes: Set in_channels to 16 (conv2), Set in_features to 512 (head)."
    )
    assert session.document.undo_title == "Apply 2 safe fixes"
    assert panel.bar.isHidden()
    session.undo()
    assert session.project is broken


def test_the_button_answers_to_the_keyboard(panel: ProblemsPanel, session: Session) -> None:
    break_twice(session)
    panel.bar.button.setFocus()
    QTest.keyClick(panel.bar.button, Qt.Key.Key_Space)
    until(lambda: session.document.undo_title == "Apply 2 safe fixes")


def test_what_is_not_safe_is_left_and_said(
    panel: ProblemsPanel, session: Session, said: list[str]
) -> None:
    put_softmax(session)
    before = session.project
    press(panel)
    until(lambda: not session.curing.is_running)
    assert session.project is before
    assert said[-1].startswith("No fix is safe enough to be applied unseen. 1 problem is left: ")
    assert "it switches a node off" in said[-1]


def test_the_button_says_why_it_cannot(panel: ProblemsPanel, session: Session) -> None:
    break_twice(session)
    judging(session).waits = True
    set_value(session, "dropout", "p", 0.5)
    assert not panel.bar.button.isEnabled()
    assert panel.bar.words.full == "The drawing is being checked; try again in a moment."
    assert panel.bar.button.toolTip() == panel.bar.words.full
    judging(session).answer()
    assert panel.bar.button.isEnabled()


def test_an_edit_calls_it_back(panel: ProblemsPanel, session: Session) -> None:
    break_twice(session)
    judging(session).holds.clear()
    press(panel)
    assert session.curing.is_running
    assert panel.bar.button.text().strip() == "Stop"
    set_value(session, "dropout", "p", 0.5)
    assert not session.curing.is_running
    asked = session.project
    judging(session).holds.set()
    until(lambda: bool(judging(session).called_back))
    QTest.qWait(1)  # what the thread delivered has arrived
    assert session.project is asked
    assert len(session.problems()) == 1


def test_a_second_click_stops_it(panel: ProblemsPanel, session: Session, said: list[str]) -> None:
    break_twice(session)
    broken = session.project
    judging(session).holds.clear()
    press(panel)
    press(panel)
    assert said[-1] == "No fix was applied: it was stopped."
    judging(session).holds.set()
    until(lambda: bool(judging(session).called_back))
    assert session.project is broken


def test_shift_and_alt_are_not_the_key_of_one_fix(panel: ProblemsPanel, session: Session) -> None:
    break_twice(session)
    panel.view.setCurrentIndex(panel.view.rows.index(0, 0))
    before = session.project
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(panel.view, Qt.Key.Key_Return, both)
    assert session.project is before


def test_the_row_stays_out_of_the_way_of_the_list(panel: ProblemsPanel, session: Session) -> None:
    break_twice(session)
    top = panel.view.mapTo(panel, QPoint()).y()
    assert panel.bar.geometry().bottom() < top + 1
    assert panel.bar.height() <= 32
    assert panel.bar.button.width() >= panel.bar.button.sizeHint().width()
