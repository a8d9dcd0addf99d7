"""Lining up, even gaps and straight wires: each by its key, each one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF, Qt

from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import SHIFT, Hand, digits, drawn, fed, ins, out, placed, running_down

Make = Callable[[Project], Hand]
K = Qt.Key
HELD = Qt.KeyboardModifier.AltModifier | SHIFT
SPOTS = {"a": (0.0, 0.0), "b": (330.0, 90.0), "c": (480.0, 310.0)}


def scattered() -> Project:
    return placed(drawn(a="nn.Conv2d", b="nn.ReLU", c="nn.MultiheadAttention"), SPOTS)


def rects(hand: Hand) -> dict[str, QRectF]:
    return {str(n): QRectF(item.rect()) for n, item in hand.canvas.world.nodes.items()}


EDGES: dict[Qt.Key, Callable[[QRectF], float]] = {
    K.Key_Left: QRectF.left,
    K.Key_Right: QRectF.right,
    K.Key_Up: QRectF.top,
    K.Key_Down: QRectF.bottom,
    K.Key_C: lambda rect: rect.center().x(),
    K.Key_M: lambda rect: rect.center().y(),
}


@pytest.mark.parametrize("key", EDGES)
def test_nodes_are_lined_up_as_one_step_that_is_undone(make_hand: Make, key: Qt.Key) -> None:
    hand = make_hand(scattered())
    before, first = rects(hand), dumps(hand.document.project)
    hand.choose(hand.graph.nodes)
    hand.key(key, HELD)
    edges = [EDGES[key](rect) for rect in rects(hand).values()]
    assert max(edges) - min(edges) <= 0.5
    across = key in (K.Key_Left, K.Key_Right, K.Key_C)
    for node, rect in rects(hand).items():
        kept, was = (
            (rect.top(), before[node].top()) if across else (rect.left(), before[node].left())
        )
        assert kept == was
    assert hand.steps() == 1
    hand.key(key, HELD)
    assert hand.sentences[-1] == "They are in line already."
    assert hand.steps() == 1
    hand.document.undo()
    assert dumps(hand.document.project) == first


@pytest.mark.parametrize("key", [K.Key_H, K.Key_V])
def test_gaps_are_made_equal_and_the_outermost_stay(make_hand: Make, key: Qt.Key) -> None:
    hand = make_hand(scattered())
    before = rects(hand)
    hand.choose(hand.graph.nodes)
    hand.key(key, HELD)
    now = rects(hand)
    assert now["a"] == before["a"]
    assert now["c"] == before["c"]
    if key == K.Key_H:
        gaps = now["b"].left() - now["a"].right(), now["c"].left() - now["b"].right()
    else:
        gaps = now["b"].top() - now["a"].bottom(), now["c"].top() - now["b"].bottom()
    assert abs(gaps[0] - gaps[1]) <= 1
    assert now["b"] != before["b"]
    assert hand.steps() == 1


def test_a_chain_is_straightened(make_hand: Make) -> None:
    chain = [NodeId(n) for n in ("conv1", "bn1", "relu1", "conv2")]
    crooked = {n: (240.0 * k, (-1) ** k * 70.0 + k - 2000) for k, n in enumerate(chain)}
    hand = make_hand(placed(digits(), crooked))
    hand.choose(chain)
    hand.key(K.Key_S, HELD)
    wires = [
        w for w in hand.canvas.world.wires.values() if {w.source.node, w.target.node} <= set(chain)
    ]
    assert len(wires) == 3
    assert all(wire.start[1] == wire.end[1] for wire in wires)
    assert hand.canvas.places()[chain[0]] == crooked[chain[0]]
    assert [hand.canvas.places()[n][0] for n in chain] == [240.0 * k for k in range(4)]
    assert hand.steps() == 1


def test_a_chain_that_runs_down_is_straightened(make_hand: Make) -> None:
    chain = [NodeId(n) for n in ("conv1", "bn1", "relu1", "conv2")]
    crooked = {n: ((-1) ** k * 70.0 + k - 2000, 140.0 * k) for k, n in enumerate(chain)}
    hand = make_hand(running_down(placed(digits(), crooked)))
    hand.choose(chain)
    hand.key(K.Key_S, HELD)
    wires = [
        w for w in hand.canvas.world.wires.values() if {w.source.node, w.target.node} <= set(chain)
    ]
    assert len(wires) == 3
    assert all(wire.start[0] == wire.end[0] for wire in wires)
    assert hand.canvas.places()[chain[0]] == crooked[chain[0]]
    assert [hand.canvas.places()[n][1] for n in chain] == [140.0 * k for k in range(4)]
    assert hand.steps() == 1


def test_branches_of_one_output_are_not_laid_upon_each_other(make_hand: Make) -> None:
    spots = {NodeId("b"): (300.0, -80.0), NodeId("c"): (300.0, 70.0)}
    project = placed(drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU"), spots)
    hand = make_hand(fed(project, out("a"), ins("b"), ins("c")))
    hand.choose(hand.graph.nodes)
    hand.key(K.Key_S, HELD)
    assert hand.canvas.places()[NodeId("c")][1] == hand.canvas.places()[NodeId("a")][1]
    assert hand.canvas.places()[NodeId("b")] == spots[NodeId("b")]


def test_too_few_nodes_are_refused_in_words(make_hand: Make) -> None:
    hand = make_hand(scattered())
    hand.choose([NodeId("a")])
    for key in (K.Key_Left, K.Key_S):
        hand.key(key, HELD)
        assert hand.sentences[-1] == "Select at least two nodes to line them up."
    hand.choose([NodeId("a"), NodeId("b")])
    hand.key(K.Key_H, HELD)
    assert hand.sentences[-1] == "Select at least three nodes to even out the gaps between them."
    hand.key(K.Key_S, HELD)
    assert hand.sentences[-1] == "Select nodes that a wire joins, to straighten it."
    assert hand.steps() == 0
