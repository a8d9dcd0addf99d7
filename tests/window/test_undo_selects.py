"""Undo and redo select what was selected in the state that they come back to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.window.workplace import Workplace
from graph_editor.document.model import NodeId
from tests.window.inhabited import Inhabited

K = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
STEM = frozenset(map(NodeId, ("conv1", "bn1", "relu1")))


def press(place: Workplace, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(place.canvas, key, held)


@pytest.mark.parametrize(
    ("key", "held"),
    [(K.Key_Delete, NONE), (K.Key_D, CTRL), (K.Key_X, CTRL), (K.Key_Right, SHIFT), (K.Key_M, NONE)],
)
def test_an_edit_undone_and_done_again(
    house: Inhabited, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    place = house.stand()
    canvas = place.canvas
    canvas.select(STEM)
    press(place, key, held)
    after = canvas.selected()
    canvas.select([NodeId("head")])
    elsewhere = canvas.selected()
    press(place, K.Key_Z, CTRL)
    assert canvas.selected() == STEM == place.session.selection
    press(place, K.Key_Z, CTRL | SHIFT)
    assert canvas.selected() == elsewhere
    assert after != STEM or key in (K.Key_Right, K.Key_M)


def test_inside_a_block_and_of_frames(house: Inhabited) -> None:
    place = house.stand()
    canvas = place.canvas
    canvas.select(STEM)
    press(place, K.Key_C)
    QTest.keyClick(house.app.focusWidget(), K.Key_Return)
    frame = canvas.world.backdrop.chosen
    assert frame
    press(place, K.Key_Delete)
    assert not canvas.world.backdrop.chosen
    press(place, K.Key_Z, CTRL)
    assert canvas.world.backdrop.chosen == frame
    canvas.select(STEM)
    press(place, K.Key_G, CTRL)
    QTest.keyClick(house.app.focusWidget(), K.Key_Return)
    press(place, K.Key_Return)
    assert canvas.key != "main"
    canvas.select([NodeId("bn1")])
    press(place, K.Key_Delete)
    press(place, K.Key_Z, CTRL)
    assert canvas.selected() == {"bn1"}


def test_the_outline_keeps_its_cursor_there(house: Inhabited) -> None:
    place = house.stand()
    panel = house.outline(place, "conv2")
    for key, held in ((K.Key_D, CTRL), (K.Key_X, CTRL), (K.Key_Delete, NONE)):
        QTest.keyClick(panel.view, key, held)
        QTest.keyRelease(panel.view, K.Key_Control)  # else it seems to be held from now on
        place.session.undo()
        house.rest()
        assert place.session.selection == {"conv2"}
        assert panel.current is not None
        assert panel.current.node == "conv2"
