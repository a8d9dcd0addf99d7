"""All safe fixes by their keys, from wherever the keyboard is, and by the menu."""

from __future__ import annotations

from typing import Any

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.commands.registry import BY_ID
from app.window.workplace import Workplace
from tests.panels.judged import JudgingHere, set_value, until
from tests.window.inhabited import Inhabited

BOTH = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
TITLE = "Apply 2 safe fixes"


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand())
    set_value(made.session, "conv2", "in_channels", 3)
    set_value(made.session, "head", "in_features", 256)
    house.rest()
    return house.judged(made)


def cured(place: Workplace) -> bool:
    return place.session.document.undo_title == TITLE and not place.session.problems()


def entry(place: Workplace) -> QAction:
    return place.menus.actions["graph.fix_all"]


@pytest.mark.parametrize("name", ["canvas", "problems", "inspector"])
def test_the_keys_work_wherever_the_keyboard_is(
    place: Workplace, house: Inhabited, name: str
) -> None:
    widget: QWidget = place.canvas if name == "canvas" else place.panels[name]
    if name != "canvas":
        place.show_panel(name)
    house.rest()
    widget.setFocus()
    QTest.keyClick(QApplication.focusWidget() or widget, Qt.Key.Key_Return, BOTH)
    until(lambda: cured(place))
    QTest.keyClick(place.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(place.session.problems()) == 1


def test_the_menu_offers_it_and_the_way_back(place: Workplace) -> None:
    judging: Any = place.session.judging
    assert isinstance(judging, JudgingHere)
    judging.holds.clear()
    menu = place.shell.title_row.menus["Graph"]
    menu.aboutToShow.emit()
    assert entry(place).isEnabled()
    entry(place).trigger()
    assert place.session.curing.is_running
    menu.aboutToShow.emit()
    assert entry(place).text() == "Stop applying fixes"
    entry(place).trigger()
    assert not place.session.curing.is_running
    judging.holds.set()
    menu.aboutToShow.emit()
    assert entry(place).text() == "Apply all safe fixes"
    entry(place).trigger()
    until(lambda: cured(place))
    menu.aboutToShow.emit()
    assert not entry(place).isEnabled()
    assert entry(place).toolTip() == "There are no problems."


def test_the_keys_say_why_nothing_can_be_done(house: Inhabited) -> None:
    place = house.judged(house.stand())
    said: list[str] = []
    place.session.said.connect(said.append)
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, Qt.Key.Key_Return, BOTH)
    assert said == ["There are no problems."]


def test_no_other_command_has_the_keys() -> None:
    keys = BY_ID["graph.fix_all"].shortcut
    assert [c.id for c in BY_ID.values() if keys in c.shortcut.split(";")] == ["graph.fix_all"]
