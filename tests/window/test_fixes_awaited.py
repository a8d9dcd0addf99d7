"""Keys pressed while fixes are still being tried are heeded once these are there."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.qt import QApplication  # isort: skip  # noqa: F401  # skips where Qt is missing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.session.seeking import NO_FIX, STILL
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
    assert seen.status == ""
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
