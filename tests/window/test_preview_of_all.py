"""What all safe fixes would change is shown before they are applied, by pointer and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.panels.problems.cure_bar import TRYING, CureBar
from app.panels.problems.cure_button import APPLY, APPLY_SHORT
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId
from tests.panels.judged import JudgingHere, set_value, until
from tests.window.inhabited import Inhabited, is_cut
from tests.window.test_preview import enter, is_shown, leave, preview

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
TITLE = "Apply 2 safe fixes"
PARTS = ["Set in_channels to 16 (conv2)", "Set in_features to 512 (head)"]


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand(width=1600, height=900))
    set_value(made.session, "conv2", "in_channels", 3)
    set_value(made.session, "head", "in_features", 256)
    made.show_panel("problems")
    house.rest()
    return house.judged(made)


def bar(place: Workplace) -> CureBar:
    panel: Any = place.panels["problems"]
    found: CureBar = panel.bar
    return found


def here(place: Workplace) -> JudgingHere:
    judging: Any = place.session.judging
    assert isinstance(judging, JudgingHere)
    return judging


def test_pointing_at_the_button_shows_all_that_would_be_changed(place: Workplace) -> None:
    button, before = bar(place).button, place.session.project
    enter(button)
    until(lambda: place.session.previewing.fix is not None)
    assert is_shown(place)
    sketch = preview(place).sketch
    assert sketch is not None
    assert dict(sketch.changed) == {
        NodeId("conv2"): ("in_channels 3 → 16",),
        NodeId("head"): ("in_features 256 → 512",),
    }
    assert list(preview(place).label.told[:3]) == [TITLE, *PARTS]
    assert bar(place).words.full.startswith(f"Would apply 2 safe fixes: {', '.join(PARTS)}.")
    leave(button)
    assert not is_shown(place)
    assert bar(place).words.full == "The problem can be fixed."
    assert place.session.project is before


def test_what_was_shown_is_what_is_applied(place: Workplace, house: Inhabited) -> None:
    button = bar(place).button
    enter(button)
    until(lambda: place.session.previewing.fix is not None)
    after = place.session.previewing.after
    QTest.mouseClick(button, LEFT)
    assert place.session.document.undo_title == TITLE  # at once: nothing is tried again
    assert place.session.project == after
    assert not is_shown(place)
    house.judged(place)
    assert not place.session.problems()


def test_the_keyboard_comes_to_it_and_escape_ends_it(place: Workplace, house: Inhabited) -> None:
    panel: Any = place.panels["problems"]
    panel.view.setFocus()
    for _ in range(20):
        if QApplication.focusWidget() is bar(place).button:
            break
        QTest.keyClick(QApplication.focusWidget() or panel.view, KEY.Key_Backtab, SHIFT)
    assert QApplication.focusWidget() is bar(place).button
    until(lambda: place.session.previewing.fix is not None)
    assert is_shown(place)
    QTest.keyClick(bar(place).button, KEY.Key_Escape)
    assert not is_shown(place)
    QTest.keyClick(bar(place).button, KEY.Key_Return)
    house.judged(place)
    assert place.session.document.undo_title == TITLE


def test_who_leaves_before_it_is_known_sees_nothing(place: Workplace) -> None:
    button: QPushButton = bar(place).button
    here(place).holds.clear()
    enter(button)
    assert bar(place).words.full == TRYING
    assert place.session.foreseeing.is_running
    leave(button)
    assert not place.session.foreseeing.is_running
    assert not is_shown(place)
    here(place).holds.set()
    enter(button)
    until(lambda: place.session.previewing.fix is not None)
    leave(button)


def test_an_edit_under_the_pointer_is_tried_anew(place: Workplace, house: Inhabited) -> None:
    enter(bar(place).button)
    until(lambda: place.session.previewing.fix is not None)
    set_value(place.session, "conv2", "in_channels", 16)
    house.judged(place)
    fix = "Apply a safe fix"
    until(lambda: (found := place.session.previewing.fix) is not None and found.title == fix)
    assert bar(place).words.full.startswith("Would apply a safe fix: Set in_features to 512 (head)")
    leave(bar(place).button)
    assert not is_shown(place)


@pytest.mark.parametrize("size", [(1920, 1080), (1400, 800)])
def test_the_line_under_the_canvas_has_the_button_in_sight(
    house: Inhabited, size: tuple[int, int]
) -> None:
    place = house.judged(house.stand(width=size[0], height=size[1]))
    strip = place.strip
    assert not strip.cure.isVisible()  # there are no problems
    set_value(place.session, "conv2", "in_channels", 3)
    set_value(place.session, "head", "in_features", 256)
    house.judged(place)
    house.rest()
    assert not place.panels["problems"].isVisible()
    assert strip.cure.isVisible()
    assert not is_cut(strip.cure)
    assert strip.cure.text().strip() == (APPLY if size[0] == 1920 else APPLY_SHORT)
    enter(strip.cure)
    until(lambda: place.session.previewing.fix is not None)
    assert is_shown(place)
    assert strip._whole.startswith("Would apply 2 safe fixes")  # the line is cut to its room
    leave(strip.cure)
    assert not is_shown(place)
    assert strip._whole == place.session.problems()[0].message  # as above
    QTest.mouseClick(strip.cure, LEFT)
    until(lambda: place.session.document.undo_title == TITLE)
    house.judged(place)
    assert not strip.cure.isVisible()


def test_the_entry_of_the_menu_shows_it_while_it_is_marked(place: Workplace) -> None:
    menu = place.shell.title_row.menus["Graph"]
    entry = place.menus.actions["graph.fix_all"]
    menu.popup(QPoint(10, 10))
    for _ in range(20):
        if menu.activeAction() is entry:
            break
        QTest.keyClick(menu, KEY.Key_Down)
    assert menu.activeAction() is entry
    until(lambda: place.session.previewing.fix is not None)
    assert is_shown(place)
    assert list(preview(place).label.told[:3]) == [TITLE, *PARTS]
    QTest.keyClick(menu, KEY.Key_Up)
    assert is_shown(place)
    assert list(preview(place).label.told) == ["Set in_channels to 16"]  # the first fix alone
    QTest.keyClick(menu, KEY.Key_Up)
    assert not is_shown(place)
    QTest.keyClick(menu, KEY.Key_Down)
    QTest.keyClick(menu, KEY.Key_Down)
    assert is_shown(place)  # it is known by now
    assert preview(place).label.told[0] == TITLE
    QTest.keyClick(menu, KEY.Key_Return)
    assert not is_shown(place)
    assert place.session.document.undo_title == TITLE


def test_escape_closes_the_menu_and_ends_what_its_entry_asked(place: Workplace) -> None:
    menu = place.shell.title_row.menus["Graph"]
    here(place).holds.clear()
    menu.popup(QPoint(10, 10))
    menu.setActiveAction(place.menus.actions["graph.fix_all"])
    assert place.session.foreseeing.is_running
    QTest.keyClick(menu, KEY.Key_Escape)
    assert not place.session.foreseeing.is_running
    assert not is_shown(place)
    here(place).holds.set()
