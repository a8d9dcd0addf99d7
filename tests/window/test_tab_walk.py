"""Tab leads past all that can be seen, and to nothing behind tabs; Enter presses a button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.dialogs.welcome import WelcomePage
from app.window.tab_walk import stops_at
from app.window.workplace import Workplace
from tests.window.inhabited import Inhabited

K = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def visited(place: Workplace, key: Qt.Key, most: int = 400) -> list[QWidget]:
    """Press a key until the keyboard has come round, and return where it has been."""
    found: list[QWidget] = []
    for _ in range(most):
        held = QApplication.focusWidget()
        assert held is not None
        if held in found:
            return found
        found.append(held)
        QTest.keyClick(held, key, SHIFT if key == K.Key_Backtab else Qt.KeyboardModifier(0))
    raise AssertionError("Tab comes to no end")


def in_sight(place: Workplace, widget: QWidget) -> bool:
    """Whether a widget, or what scrolls it, is within the window."""
    inside: QWidget | None = widget
    while inside is not None and inside.visibleRegion().isEmpty():
        inside = inside.parentWidget()
        if inside is place.shell:
            return False
    return True


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_it_comes_to_nothing_that_lies_behind_other_panels(
    house: Inhabited, size: tuple[int, int]
) -> None:
    place = house.stand(width=size[0], height=size[1])
    for name in ("log", "runs", "plan", "outline", "history", "inspector", "problems"):
        place.show_panel(name)
        house.rest()
    place.canvas.setFocus()
    seen = visited(place, K.Key_Backtab)
    assert len(seen) > 10
    assert not [widget for widget in seen if not in_sight(place, widget)]
    assert place.canvas in seen
    panels = [place.shell.docks[name] for name in ("inspector", "problems")]
    for dock in panels:
        inner = [w for w in dock.findChildren(QWidget) if stops_at(place.shell, w)]
        assert set(inner) & set(seen) or not inner


def welcomed(house: Inhabited) -> tuple[Workplace, WelcomePage]:
    place = house.stand()
    place.show_welcome()
    house.rest()
    assert place.cover is not None
    return place, place.cover.page


def test_the_welcome_page_is_gone_round_whole(house: Inhabited) -> None:
    place, page = welcomed(house)
    page.cards.setFocus()
    seen = visited(place, K.Key_Tab)
    assert {page.cards, page.search, page.open_button, page.side.new_row} <= set(seen)
    assert page.kinds.checkedButton() in seen
    assert not [widget for widget in seen if not in_sight(place, widget)]


def test_enter_presses_what_has_the_keyboard_and_opens_what_was_searched(house: Inhabited) -> None:
    place, page = welcomed(house)
    asked: list[object] = []
    page.new_empty.connect(lambda: asked.append("empty"))
    held = page.side.new_row
    held.setFocus()
    QTest.keyClick(held, K.Key_Return)
    assert asked == ["empty"]
    place.show_welcome()
    house.rest()
    page.search.setFocus()
    QTest.keyClicks(page.search, "wine")
    QTest.keyClick(page.search, K.Key_Down)
    assert place.shell.focusWidget() is page.cards
    page.open_template.connect(asked.append)
    page.search.setFocus()
    QTest.keyClick(page.search, K.Key_Return)
    assert str(asked[-1]).endswith("wine.netwright")
