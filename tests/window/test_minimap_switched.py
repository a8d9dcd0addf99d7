"""The minimap in a window: on at first, off and on again by its keys, and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from graph_editor.canvas.minimap import Minimap

if TYPE_CHECKING:
    from tests.window.inhabited import Inhabited

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_ctrl_shift_m_takes_the_minimap_away_in_all_windows(house: Inhabited) -> None:
    one, other = house.stand(), house.stand()
    for place in (one, other):
        place.canvas.set_zoom(3.0)
    maps = [place.canvas.findChild(Minimap) for place in (one, other)]
    assert [each is not None and each.isVisible() for each in maps] == [True, True]
    for is_on in (False, True):
        QTest.keyClick(other.canvas, Qt.Key.Key_M, CTRL | SHIFT)
        assert house.settings["minimap"] is is_on
        assert [each is not None and each.isVisible() for each in maps] == [is_on, is_on]
    assert other.canvas.hasFocus()
