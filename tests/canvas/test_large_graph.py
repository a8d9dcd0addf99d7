"""What a graph costs does not grow faster than it: exact counts, no times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.items.texts import laid_out
from graph_editor.canvas.theme import text_font
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import Hand
from tests.canvas.test_arranging import chain

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]


def test_a_node_is_one_item(make_hand: Make) -> None:
    hand = make_hand(chain(400))
    hand.canvas.arrange_all()
    items = [item for item in hand.canvas.world.items() if isinstance(item, NodeItem)]
    assert len(items) == 400
    assert not any(item.childItems() for item in items)


@pytest.mark.parametrize("count", [40, 800])
def test_what_lies_under_the_pointer_is_few_in_any_graph(make_hand: Make, count: int) -> None:
    hand = make_hand(chain(count))
    hand.canvas.arrange_all()
    hand.canvas.set_zoom(1.0)
    node = NodeId(f"n{count // 2}")
    hand.canvas.centerOn(hand.canvas.world.nodes[node])
    place = hand.canvas.node_place(node)
    assert len(hand.canvas.world.items(hand.canvas.mapToScene(place))) <= 4
    assert hand.canvas.node_at(place) == node


def test_a_text_is_laid_out_once_for_all_nodes_that_say_it() -> None:
    font = text_font("caption")
    assert laid_out("Conv2d", font) is laid_out("Conv2d", font)
    assert laid_out("Conv2d", font) is not laid_out("Conv2d", text_font("node_title"))
