"""A panel that would show two rows gets room when it is asked for, and leaves the canvas some."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from tests.window.inhabited import Inhabited

assert QApplication
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.mark.parametrize("panel", ["summary", "plan"])
def test_it_stands_high_and_half_of_the_window_is_left(house: Inhabited, panel: str) -> None:
    place = house.judged(house.stand())
    place.show_panel(panel)
    house.rest()
    assert place.shell.docks[panel].height() >= 200
    assert place.canvas.height() >= 300


def test_in_a_small_window_the_canvas_keeps_some_room(house: Inhabited) -> None:
    place = house.judged(house.stand(width=640, height=360))
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, Qt.Key.Key_T, BOTH)
    house.rest()
    assert place.shell.docks["summary"].isVisible()
    assert place.canvas.height() >= 80
