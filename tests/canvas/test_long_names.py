"""A node with a long name does not reach over the node at its right; it has room where there is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, move_nodes, remove_nodes, rename_node
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import Hand, digits, out

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

LONG = "the very first convolution of the whole long network"
CONV, NORM = NodeId("conv1"), NodeId("bn1")


def named(project: Project, *nodes: str) -> Project:
    for node in nodes:
        project = in_block(project, "main", partial(rename_node, node_id=NodeId(node), name=LONG))
    return project


@pytest.fixture
def hand(make_hand: Make) -> Hand:
    made = make_hand(digits())
    made.document.apply(lambda p: named(p, "conv1"), "Rename")
    return made


def width(hand: Hand, node: NodeId = CONV) -> float:
    return hand.canvas.world.nodes[node].rect().width()


def overlaps(hand: Hand) -> list[tuple[NodeId, NodeId]]:
    items = sorted(hand.canvas.world.nodes.items())
    return [
        (one, two)
        for index, (one, first) in enumerate(items)
        for two, second in items[index + 1 :]
        if first.rect().intersects(second.rect())
    ]


def test_no_long_name_makes_a_node_overlap_the_next(make_hand: Make) -> None:
    names = [str(node) for node in digits().main.graph.nodes]
    hand = make_hand(digits())
    hand.document.apply(lambda p: named(p, *names), "Rename all")
    assert overlaps(hand) == []
    again = make_hand(hand.document.project)  # as it is after the file was opened anew
    for node in again.canvas.world.nodes:
        assert width(again, node) == width(hand, node)


def test_the_wire_leaves_the_edge_that_is_seen(hand: Hand) -> None:
    item, canvas = hand.canvas.world.nodes[CONV], hand.canvas
    assert width(hand) < item.natural.width
    assert canvas.world.place_of(out("conv1")).x() == item.rect().right()
    wire = next(w for w in canvas.world.wires.values() if w.source.node == CONV)
    assert wire.start[0] == item.rect().right()


def test_it_takes_the_room_that_it_gets(hand: Hand) -> None:
    x, y = hand.canvas.places()[NORM]
    x += 40
    hand.document.apply(lambda p: move_nodes(p, "main", {NORM: (x, y)}), "Move")
    before = width(hand)
    natural = hand.canvas.world.nodes[CONV].natural.width
    hand.document.apply(lambda p: move_nodes(p, "main", {NORM: (x + 40, y)}), "Move")
    assert width(hand) == before + 40
    hand.document.apply(lambda p: move_nodes(p, "main", {NORM: (x, y + 400)}), "Move")
    assert width(hand) == natural
    hand.document.undo()
    hand.document.undo()
    assert width(hand) == before
    hand.document.apply(
        lambda p: in_block(p, "main", lambda g: remove_nodes(g, [NORM, NodeId("relu1")])), "Delete"
    )
    assert width(hand) > before


def test_to_arrange_makes_room_for_the_whole_name(hand: Hand) -> None:
    hand.canvas.arrange_all()
    item = hand.canvas.world.nodes[CONV]
    assert item.rect().width() == item.natural.width
    assert overlaps(hand) == []


def test_it_is_never_narrower_than_without_a_name(hand: Hand) -> None:
    x, y = hand.canvas.places()[CONV]
    hand.document.apply(lambda p: move_nodes(p, "main", {NORM: (x + 30, y)}), "Move")
    assert width(hand) == width_in(digits())


def width_in(project: Project) -> float:
    scene = Scene(theme("dark"))
    scene.show_graph(project, "main", specs_of(project))
    found = scene.nodes[CONV].rect().width()
    scene.deleteLater()
    return found
