"""A wire is selected by a click and deleted by key, as one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt

from graph_editor.document.model import NodeId
from tests.canvas.hand import Hand, digits, ins, out

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
WIRE = ins("relu1")


def middle(hand: Hand) -> QPoint:
    return (hand.port(out("bn1")) + hand.port(WIRE)) / 2


def test_a_click_selects_a_wire_and_del_deletes_it_alone(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = dict(hand.graph.wires)
    hand.choose([NodeId("head")])
    hand.click(middle(hand))
    assert hand.canvas.world.chosen_wire == WIRE
    assert not hand.canvas.selected()
    hand.hover(hand.empty())
    assert hand.canvas.world.wires[WIRE].state == "lit"
    hand.key(Qt.Key.Key_Delete)
    assert set(before) - set(hand.graph.wires) == {WIRE}
    assert hand.canvas.world.chosen_wire is None
    assert hand.steps() == 1
    hand.document.undo()
    assert dict(hand.graph.wires) == before


def test_a_selected_wire_is_let_go_by_a_click_elsewhere(make_hand: Make) -> None:
    hand = make_hand(digits())
    for elsewhere in (hand.empty(), hand.at("head")):
        hand.click(middle(hand))
        assert hand.canvas.world.chosen_wire == WIRE
        hand.click(elsewhere)
        assert hand.canvas.world.chosen_wire is None
        assert hand.canvas.world.wires[WIRE].state != "lit"
    hand.choose([])
    hand.key(Qt.Key.Key_Delete)
    assert hand.steps() == 0
