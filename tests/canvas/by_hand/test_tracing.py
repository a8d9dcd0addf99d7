"""The path of the selection stays bright while the rest is dimmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import networkx
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from graph_editor.document.model import NodeId
from tests.canvas.hand import Hand, digits, ins

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
K = Qt.Key


def dimmed(hand: Hand) -> set[str]:
    return {node for node, item in hand.canvas.world.nodes.items() if item.opacity() < 1}


def off_the_path(hand: Hand, node: str) -> set[str]:
    graph = networkx.DiGraph()
    graph.add_nodes_from(hand.graph.nodes)
    graph.add_edges_from((s.node, t.node) for t, s in hand.graph.wires.items())
    path = {node} | networkx.ancestors(graph, node) | networkx.descendants(graph, node)
    return set(hand.graph.nodes) - path


def test_p_dims_what_is_off_the_path_of_each_selection(make_hand: Make) -> None:
    hand = make_hand(digits())
    metric = next(n for n, use in hand.graph.nodes.items() if use.kind == "metric")
    hand.click(hand.at(metric))
    assert not dimmed(hand)
    hand.key(K.Key_P)
    assert dimmed(hand) == off_the_path(hand, metric) != set()
    for target, wire in hand.canvas.world.wires.items():
        dark = {target.node, wire.source.node} & dimmed(hand)
        assert (wire.opacity() < 1) == bool(dark)
    hand.click(hand.at("conv1"))
    assert dimmed(hand) == off_the_path(hand, "conv1")
    hand.click(hand.empty())
    assert not dimmed(hand)
    hand.click(hand.at(metric))
    hand.key(K.Key_P)
    assert not dimmed(hand)
    assert all(wire.opacity() == 1 for wire in hand.canvas.world.wires.values())
    assert hand.steps() == 0


def test_the_path_of_a_selected_wire_is_that_of_its_ends(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_P)
    hand.click(hand.middle(ins("pool")))
    assert hand.canvas.world.chosen_wire == ins("pool")
    assert dimmed(hand) == off_the_path(hand, "relu2") & off_the_path(hand, "pool")
    assert "conv2" not in dimmed(hand)
    hand.click(hand.middle(ins("optimizer", "losses[0]")))
    assert hand.canvas.world.chosen_wire == ins("optimizer", "losses[0]")
    assert dimmed(hand) == off_the_path(hand, "loss") - {"optimizer"}
    hand.click(hand.empty())
    assert not dimmed(hand)


def test_it_follows_an_edit(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_P)
    hand.choose(["bn1"])
    hand.key(K.Key_Delete)
    hand.click(hand.at("conv1"))
    assert "relu1" in dimmed(hand) == off_the_path(hand, "conv1")
    hand.document.undo()
    hand.click(hand.at("conv1"))
    assert "relu1" not in dimmed(hand)


def test_far_away_it_is_dimmed_as_well(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.3)
    metric = next(n for n, use in hand.graph.nodes.items() if use.kind == "metric")

    def colour(node: str) -> QColor:
        middle = hand.canvas.node_rect(NodeId(node)).center()
        return hand.view.grab().toImage().pixelColor(middle)

    kept = colour("conv1")
    hand.click(hand.at(metric))
    hand.key(K.Key_P)
    dark = min(dimmed(hand))
    assert colour("conv1") == kept
    ground = hand.canvas.look["canvas"]
    seen = colour(dark)
    hand.key(K.Key_P)
    full = colour(dark)
    assert seen != full
    assert _away(seen, ground) < _away(full, ground)


def _away(one: QColor, two: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb(), two.getRgb(), strict=True))
