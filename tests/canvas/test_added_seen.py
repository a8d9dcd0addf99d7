"""What is added by key is brought into view, in the same zoom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.document.model import NodeId
from tests.canvas.hand import CTRL, NONE, SHIFT, Hand, digits, drawn

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
KEY = Qt.Key


def add(hand: Hand, words: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Add a node with the palette that Tab opens."""
    hand.key(KEY.Key_Tab)
    palette = hand.palette()
    QTest.keyClicks(palette.focusWidget() or palette, words)
    QTest.keyClick(palette.focusWidget() or palette, KEY.Key_Return, modifiers)


def seen(hand: Hand) -> bool:
    (node,) = hand.canvas.selected()
    return hand.view.rect().contains(hand.canvas.node_rect(node))


def test_a_chain_by_shift_and_return_stays_in_view(make_hand: Make) -> None:
    hand = make_hand(drawn(first="nn.ReLU"))
    hand.canvas.set_zoom(1.5)
    hand.canvas.select([NodeId("first")])
    for _ in range(7):
        add(hand, "relu", SHIFT)
        assert seen(hand)
        assert hand.canvas.zoom() == 1.5
    assert len(hand.graph.wires) == 7


def test_nodes_by_tab_stay_in_view_where_they_go_down_for_want_of_room(make_hand: Make) -> None:
    hand = make_hand(drawn(first="nn.ReLU"))
    for _ in range(9):
        add(hand, "relu")
        assert seen(hand)
    assert len(hand.graph.nodes) == 10


def test_a_view_in_which_the_new_node_is_seen_stays(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.canvas.viewportTransform()
    hand.hover(hand.view.rect().center())
    add(hand, "relu")
    assert seen(hand)
    assert hand.canvas.viewportTransform() == before


def test_what_is_duplicated_at_the_edge_is_seen(make_hand: Make) -> None:
    hand = make_hand(drawn(first="nn.ReLU"))
    hand.canvas.set_zoom(1.0)
    rect, room = hand.canvas.node_rect(NodeId("first")), hand.view.rect()
    way = room.bottomRight() - QPoint(2, 2) - rect.bottomRight()
    hand.canvas.pan_by(way.x(), way.y())
    hand.canvas.select([NodeId("first")])
    hand.key(KEY.Key_D, CTRL)
    assert seen(hand)
