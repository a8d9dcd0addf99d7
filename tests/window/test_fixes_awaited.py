"""Keys pressed while the drawing is checked, or fixes are tried, are heeded once that has ended."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.qt import QApplication  # isort: skip  # noqa: F401  # skips where Qt is missing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.session.seeking import CHECKING, NO_FIX, STILL, WAITS, WAITS_ALL
from app.window.workplace import Workplace
from graph_editor.checking.verdict import Verdict
from tests.panels.judged import JudgingHere, judge, set_value, until
from tests.window.inhabited import Inhabited

RETURN = Qt.Key.Key_Return
ALT = Qt.KeyboardModifier.AltModifier
BOTH = ALT | Qt.KeyboardModifier.ShiftModifier


class Seen:
    """A window whose first verdict has no fixes yet, and what it says."""

    def __init__(self, house: Inhabited) -> None:
        self.place: Workplace = house.judged(house.stand())
        self.house, self.session = house, self.place.session
        assert isinstance(self.session.judging, JudgingHere)
        self.judging = self.session.judging
        self.said: list[str] = []
        self.session.said.connect(self.said.append)
        self.judging.waits = True
        self.break_it(256)
        self.place.canvas.setFocus()

    def break_it(self, features: int) -> None:
        set_value(self.session, "head", "in_features", features)
        self.verdict = judge().judge(self.session.project)
        assert self.verdict.diagnostics[0].fixes
        self.judging.judged_first.emit(self.session.project, without_fixes(self.verdict))

    def press(self, keys: Qt.KeyboardModifier) -> None:
        QTest.keyClick(self.place.canvas, RETURN, keys)

    @property
    def status(self) -> str:
        return self.place.shell.status.said.full


def without_fixes(verdict: Verdict) -> Verdict:
    bare = (replace(each, fixes=()) for each in verdict.diagnostics)
    return replace(verdict, diagnostics=tuple(bare))


@pytest.fixture
def seen(house: Inhabited) -> Seen:
    return Seen(house)


def test_the_first_fix_is_applied_once_it_is_there(seen: Seen) -> None:
    QTest.keyClick(seen.place.canvas, Qt.Key.Key_F8)
    seen.press(ALT)
    assert seen.status == STILL
    assert seen.session.document.undo_title == "Set"
    seen.judging.answer()
    assert seen.session.document.undo_title == seen.verdict.diagnostics[0].fixes[0].title
    assert seen.status == f"Fixed: {seen.verdict.diagnostics[0].fixes[0].title}"
    assert NO_FIX not in seen.said


def test_all_safe_fixes_are_applied_once_they_are_there(seen: Seen) -> None:
    seen.press(BOTH)
    assert seen.status == STILL
    assert not seen.session.curing.is_running
    seen.judging.waits = False
    seen.judging.answer()
    until(lambda: seen.session.document.undo_title == "Apply a safe fix")
    assert NO_FIX not in seen.said


def test_the_list_of_problems_waits_as_well(seen: Seen) -> None:
    seen.place.show_panel("problems")
    seen.house.rest()
    view = seen.place.panels["problems"].view  # type: ignore[attr-defined]  # a panel is any widget
    view.setFocus()
    QTest.keyClick(view, RETURN, ALT)
    assert seen.status == STILL
    seen.judging.answer()
    assert seen.session.document.undo_title == seen.verdict.diagnostics[0].fixes[0].title


def test_nothing_is_applied_to_another_drawing_than_the_one_that_was_seen(seen: Seen) -> None:
    seen.press(ALT)
    seen.break_it(257)
    assert seen.status == "Set. Ctrl+Z undoes it."
    seen.judging.answer()
    assert seen.session.document.undo_title == "Set"


def test_where_no_fix_is_found_that_is_said_then(seen: Seen) -> None:
    seen.press(ALT)
    seen.judging.say(seen.session.project, without_fixes(seen.verdict))
    assert seen.status == NO_FIX


def test_an_engine_that_stops_meanwhile_ends_the_waiting(seen: Seen) -> None:
    seen.press(ALT)
    seen.judging.failed.emit("The engine stopped.")
    assert seen.status == "No fix was applied: The engine stopped."
    assert not seen.session.seeking.is_on


# While an edit is being checked


@pytest.fixture
def edited(seen: Seen) -> Seen:
    """Return a window with an error whose fixes are known, and an edit that is being checked."""
    seen.judging.answer()
    QTest.keyClick(seen.place.canvas, Qt.Key.Key_F8)
    set_value(seen.session, "dropout", "p", 0.5)
    assert not seen.session.is_judged
    return seen


@pytest.mark.parametrize("first", [False, True])
def test_a_fix_waits_for_the_check_that_goes_on(edited: Seen, first: bool) -> None:
    title, project = edited.verdict.diagnostics[0].fixes[0].title, edited.session.project
    edited.press(ALT)
    assert edited.status == WAITS
    assert edited.session.project is project
    if first:  # the verdict comes before its fixes
        found = without_fixes(judge().judge(project))
        edited.judging.judged_first.emit(project, found)
        assert edited.status == STILL
    edited.judging.answer()
    assert edited.session.document.undo_title == title
    assert edited.status == f"Fixed: {title}"


def test_all_safe_fixes_wait_for_the_check_that_goes_on(edited: Seen) -> None:
    edited.press(BOTH)
    assert edited.status == WAITS_ALL
    edited.judging.waits = False
    edited.judging.answer()
    until(lambda: edited.session.document.undo_title == "Apply a safe fix")


def test_a_fix_that_has_become_another_one_is_not_applied(edited: Seen) -> None:
    title = edited.verdict.diagnostics[0].fixes[0].title
    set_value(edited.session, "conv2", "out_channels", 30)
    project = edited.session.project
    edited.press(ALT)
    edited.judging.answer()
    now = edited.session.problems()[0]
    assert now.node == "head"
    assert title not in [fix.title for fix in now.fixes]
    assert edited.session.project is project
    assert edited.status == f"No fix was applied: “{title}” no longer fixes “head”."


def test_a_problem_that_has_gone_is_said_to_have_gone(edited: Seen) -> None:
    set_value(edited.session, "head", "in_features", 512)
    project = edited.session.project
    edited.press(ALT)
    edited.judging.answer()
    assert edited.session.project is project
    assert edited.status == "No fix was applied: this problem of “head” is gone."


@pytest.mark.parametrize("keys", [ALT, BOTH])
def test_one_edit_more_calls_the_wish_back(edited: Seen, keys: Qt.KeyboardModifier) -> None:
    edited.press(keys)
    set_value(edited.session, "dropout", "p", 0.25)
    edited.judging.answer()
    assert edited.session.document.undo_title == "Set"
    assert edited.status == "Set. Ctrl+Z undoes it."


def test_a_fix_clicked_in_the_inspector_waits_as_well(edited: Seen) -> None:
    edited.place.show_panel("inspector")
    edited.house.rest()
    button = edited.place.panels["inspector"].findChild(QPushButton, "fix 0")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert edited.status == WAITS
    edited.judging.answer()
    assert edited.session.document.undo_title == edited.verdict.diagnostics[0].fixes[0].title


@pytest.mark.parametrize("keys", [ALT, BOTH])
def test_an_engine_that_has_stopped_is_not_waited_for(
    edited: Seen, keys: Qt.KeyboardModifier
) -> None:
    edited.judging.state_changed.emit("stopped", "It ran out of memory.")
    edited.press(keys)
    assert edited.status == "PyTorch has stopped: It ran out of memory."


@pytest.mark.parametrize("ends", [True, False])
def test_what_is_said_of_the_check_goes_as_it_ends(house: Inhabited, ends: bool) -> None:
    place = house.judged(house.stand())
    judging = place.session.judging
    assert isinstance(judging, JudgingHere)
    judging.waits = True
    set_value(place.session, "dropout", "p", 0.5)
    place.canvas.setFocus()
    said = place.shell.status.said
    for keys in (ALT, BOTH):
        QTest.keyClick(place.canvas, RETURN, keys)
        assert said.full == CHECKING
    QTest.keyClick(place.canvas, Qt.Key.Key_F8)
    assert said.full == CHECKING
    if ends:
        judging.answer()
    else:
        judging.failed.emit("It stands still.")
    assert said.full == ""


def test_what_is_said_of_something_else_stays_as_a_check_ends(edited: Seen) -> None:
    edited.session.said.emit("Saved net.netwright.")
    edited.judging.answer()
    assert edited.status == "Saved net.netwright."
