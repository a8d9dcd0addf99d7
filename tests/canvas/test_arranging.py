"""Arranging: chains on one level, plans below their losses, nothing upon anything."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.folding import FOLD_FROM
from graph_editor.document.edits import add_node, connect, in_block, layout_of, move_nodes
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Graph, Node, NodeId, Project
from tests.canvas.drawn import crossings, overlapping, through
from tests.canvas.hand import Hand, digits, ins, out
from tests.first_examples import FIRST_EXAMPLES, FOLDER

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

PLAIN = ("resnet18", "unet", "inception", "densenet", "digits_cnn", "mobilenet", "vgg", "diabetes")
"""Examples that can be drawn without a crossing."""
EXAMPLES = sorted(FOLDER.glob("*.netwright"))


def chain(count: int) -> Project:
    """Return a chain of layers."""

    def edit(graph: Graph) -> Graph:
        for index in range(count):
            node = NodeId(f"n{index}")
            graph = add_node(graph, node, Node("nn.ReLU"))
            if index:
                graph = connect(graph, out(f"n{index - 1}"), ins(f"n{index}"))
        return graph

    return in_block(Project(), "main", edit)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_open_well_arranged(make_hand: Make, path: Path) -> None:
    hand = make_hand(load(path).project)
    for key in ("main", *hand.document.project.blocks):
        hand.canvas.show_graph(key)
        places = layout_of(hand.document.project, key)["at"]
        assert set(places) == set(hand.graph.nodes)
        assert not overlapping(hand.canvas)
        if path in FIRST_EXAMPLES:  # the others are no chains
            level = [wire for wire in hand.canvas.world.wires.values() if wire.is_level]
            assert len(level) >= len(hand.graph.nodes) / 2


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_wire_passes_through_a_node(make_hand: Make, path: Path) -> None:
    hand = make_hand(load(path).project)
    for key in ("main", *hand.document.project.blocks):
        hand.canvas.show_graph(key)
        hand.canvas.arrange_all()
        assert not overlapping(hand.canvas)
        assert not through(hand.canvas)
        if path.stem in PLAIN:
            assert not crossings(hand.canvas)


@pytest.mark.parametrize("path", FIRST_EXAMPLES, ids=lambda path: path.stem)
def test_arranging_puts_nothing_upon_anything_and_is_one_step(make_hand: Make, path: Path) -> None:
    hand = make_hand(load(path).project)
    hand.document.apply(lambda p: move_nodes(p, "main", {NodeId("loss"): (0.0, 0.0)}), "Move")
    before = dumps(hand.document.project)
    hand.canvas.arrange_all()
    assert not overlapping(hand.canvas)
    hand.document.undo()
    assert dumps(hand.document.project) == before


def test_all_ports_of_a_chain_are_on_one_height(make_hand: Make) -> None:
    hand = make_hand(chain(6))
    hand.canvas.arrange_all()
    assert all(wire.is_level for wire in hand.canvas.world.wires.values())
    assert len({y for _, y in hand.canvas.places().values()}) == 1


def test_the_plan_hangs_below_its_loss(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.arrange_all()
    rect = {node: item.rect() for node, item in hand.canvas.world.nodes.items()}
    loss, optimizer = rect[NodeId("loss")], rect[NodeId("optimizer")]
    schedule, metric = rect[NodeId("schedule")], rect[NodeId("accuracy")]
    assert loss.bottom() < optimizer.top() < optimizer.bottom() < schedule.top()
    assert abs(loss.center().x() - optimizer.center().x()) <= 1
    assert metric.right() < loss.left(), "between the two wires that both read"
    down = hand.canvas.world.wires[ins("optimizer", "losses[0]")]
    assert abs(down.start[0] - down.end[0]) <= 1


def test_a_long_chain_is_folded_into_rows(make_hand: Make) -> None:
    hand = make_hand(chain(60))
    hand.canvas.arrange_all()
    extent = hand.canvas.world.extent()
    heights = {y for _, y in hand.canvas.places().values()}
    assert len(heights) > 2
    assert extent.width() < 60 * 176 / 2
    assert extent.width() / extent.height() < 6
    assert not overlapping(hand.canvas)
    for wire in hand.canvas.world.wires.values():
        assert wire.is_level or len(wire.bends) == 2
    turns = [wire for wire in hand.canvas.world.wires.values() if wire.bends]
    assert len(turns) == len(heights) - 1
    for wire in turns:
        lane = wire.bends[0][1]
        cards = [item.rect() for item in hand.canvas.world.nodes.values()]
        assert not any(card.top() <= lane <= card.bottom() for card in cards)


def test_a_short_chain_is_not_folded(make_hand: Make) -> None:
    hand = make_hand(chain(8))
    hand.canvas.arrange_all()
    assert hand.canvas.world.extent().width() < FOLD_FROM
    assert len({y for _, y in hand.canvas.places().values()}) == 1


def test_arranging_twice_changes_nothing_more(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.arrange_all()
    once = dumps(hand.document.project)
    hand.canvas.arrange_all()
    assert dumps(hand.document.project) == once


def test_only_some_nodes_are_arranged(make_hand: Make) -> None:
    hand = make_hand(digits())
    some = [NodeId("conv1"), NodeId("bn1"), NodeId("relu1")]
    before = hand.canvas.places()
    hand.canvas.arrange_all(some)
    after = hand.canvas.places()
    assert {node for node in before if before[node] != after[node]} <= set(some)


def test_parts_that_do_not_hang_together_lie_apart(make_hand: Make) -> None:
    project = chain(4)
    for name in ("a", "b", "c"):
        project = in_block(
            project, "main", lambda g, n=name: add_node(g, NodeId(n), Node("nn.Linear"))
        )
    hand = make_hand(project)
    assert not overlapping(hand.canvas), "unplaced nodes are shown apart"
    hand.canvas.arrange_all()
    assert not overlapping(hand.canvas)


def tangle(count: int) -> Project:
    """Return a drawing whose nodes read others near them, so that no order is the only one."""
    chance = random.Random(1)

    def edit(graph: Graph) -> Graph:
        for index in range(count):
            graph = add_node(graph, NodeId(f"n{index}"), Node("nn.ReLU"))
            if index and chance.random() < 0.95:
                source = chance.randrange(max(0, index - 5), index)
                graph = connect(graph, out(f"n{source}"), ins(f"n{index}"))
        return graph

    return in_block(Project(), "main", edit)


def in_view(canvas: Canvas) -> list[NodeId]:
    seen = canvas.viewport().rect()
    return [node for node in canvas.places() if canvas.node_rect(node).intersects(seen)]


@pytest.mark.parametrize("make", [tangle, chain])
def test_a_large_graph_is_in_view_when_it_was_arranged_and_in_order_then(
    make_hand: Make, make: Callable[[int], Project]
) -> None:
    hand = make_hand(make(1000))
    hand.canvas.set_zoom(1.0)
    hand.canvas.arrange_all()
    assert in_view(hand.canvas)
    assert hand.sentences == []
    once, steps, zoom = hand.document.project, hand.steps(), hand.canvas.zoom()
    hand.canvas.arrange_all()
    assert hand.document.project is once
    assert hand.steps() == steps
    assert hand.canvas.zoom() == zoom
    assert hand.sentences == ["Everything is in order already."]


def test_a_graph_in_order_that_is_out_of_view_is_brought_there(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.arrange_all()
    hand.canvas.pan_by(-9000, 0)
    assert not in_view(hand.canvas)
    hand.canvas.arrange_all()
    assert set(in_view(hand.canvas)) == set(hand.graph.nodes)


def test_the_view_stays_where_something_of_the_graph_is_in_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.arrange_all()
    hand.document.apply(lambda p: move_nodes(p, "main", {NodeId("loss"): (0.0, 0.0)}), "Move")
    hand.canvas.set_zoom(1.5)
    before = hand.canvas.mapToScene(0, 0)
    hand.canvas.arrange_all()
    assert in_view(hand.canvas)
    assert (hand.canvas.zoom(), hand.canvas.mapToScene(0, 0)) == (1.5, before)


def test_nothing_is_said_of_an_empty_graph(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.canvas.pan_by(50, 50)
    before = hand.canvas.mapToScene(0, 0)
    hand.canvas.arrange_all()
    assert hand.sentences == []
    assert hand.canvas.mapToScene(0, 0) == before
