"""The tabs of the docks are whole and all in sight, however many share a narrow bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

from app.window.workplace import Workplace
from tests.window.inhabited import Inhabited


def bars(place: Workplace) -> list[QTabBar]:
    found = place.shell.findChildren(QTabBar)
    return [bar for bar in found if bar.parent() is place.shell and bar.count() and bar.isVisible()]


@pytest.mark.parametrize("width", [1280, 1400, 1920])
def test_every_tab_is_whole(house: Inhabited, width: int) -> None:
    place = house.stand(None, width, 720)
    for name in ("docs", "outline", "history"):
        place.show_panel(name)
        house.rest()
    seen = bars(place)
    assert {"History", "Outline", "Docs"} <= {
        bar.tabText(t) for bar in seen for t in range(bar.count())
    }
    for bar in seen:
        assert not bar.usesScrollButtons()
        for tab in range(bar.count()):
            words = bar.fontMetrics().horizontalAdvance(bar.tabText(tab))
            assert bar.rect().contains(bar.tabRect(tab)), bar.tabText(tab)
            assert bar.tabRect(tab).width() >= words + 6, bar.tabText(tab)


def test_tabs_have_room_again_when_there_are_fewer(house: Inhabited) -> None:
    place = house.stand(None, 1280, 720)
    house.rest()
    (bar,) = bars(place)
    before = bar.tabRect(0).width()
    for name in ("docs", "outline", "history"):
        place.show_panel(name)
        house.rest()
    (bar,) = bars(place)
    assert bar.tabRect(0).width() < before
    for name in ("docs", "outline", "history"):
        place.shell.docks[name].close()
        house.rest()
    (bar,) = bars(place)
    assert bar.tabRect(0).width() == before


def test_every_tab_is_reached_by_keyboard(house: Inhabited) -> None:
    place = house.stand(None, 1280, 720)
    for name in ("docs", "outline", "history"):
        place.show_panel(name)
        house.rest()
    (bar,) = bars(place)
    bar.setFocus()
    for _ in range(bar.count()):
        QTest.keyClick(bar, Qt.Key.Key_Left)
    assert bar.currentIndex() == 0
    assert bar.hasFocus()
