"""Selecting by what the drawing says, with keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import CTRL, NONE, SHIFT, Hand, digits

Make = Callable[[Project], Hand]
K = Qt.Key


def reached(hand: Hand, begin: set[NodeId], back: bool) -> set[NodeId]:
    """Return what wires lead to or from some nodes, by going on until nothing is new."""
    found = set(begin)
    while True:
        pairs = [(start.node, end.node) for end, start in hand.graph.wires.items()]
        more = {a if back else b for a, b in pairs if (b if back else a) in found} - found
        if not more:
            return found
        found |= more


def test_brackets_add_all_that_leads_there_and_on(make_hand: Make) -> None:
    hand = make_hand(digits())
    nodes = sorted(hand.graph.nodes)

    @settings(max_examples=15, deadline=None)
    @given(begin=st.sets(st.sampled_from(nodes), min_size=1, max_size=3))
    def check(begin: set[NodeId]) -> None:
        hand.choose(begin)
        hand.key(K.Key_BracketLeft)
        assert hand.canvas.selected() == reached(hand, begin, back=True)
        hand.choose(begin)
        hand.key(K.Key_BracketRight)
        assert hand.canvas.selected() == reached(hand, begin, back=False)

    check()
    assert hand.steps() == 0


def test_similar_selects_what_has_the_same_spec(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_G, SHIFT)
    specs = {hand.graph.nodes[node].spec for node in hand.canvas.selected()}
    assert specs == {"nn.Conv2d"}
    others = hand.graph.nodes.keys() - hand.canvas.selected()
    assert all(hand.graph.nodes[node].spec != "nn.Conv2d" for node in others)
    assert hand.sentences[-1] == f"Selected {len(hand.canvas.selected())} nodes."


def test_the_others_and_all_that_hangs_together(make_hand: Make) -> None:
    hand = make_hand(digits())
    every = set(hand.graph.nodes)
    hand.click(hand.at("conv1"))
    hand.key(K.Key_I, CTRL)
    assert hand.canvas.selected() == every - {"conv1"}
    hand.choose([NodeId("conv1")])
    hand.key(K.Key_A, CTRL | SHIFT)
    assert hand.canvas.selected() == every
    hand.key(K.Key_I, CTRL)
    assert hand.canvas.selected() == frozenset()
    assert hand.sentences[-1] == "Nothing is selected."


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(K.Key_BracketLeft, NONE), (K.Key_BracketRight, NONE), (K.Key_G, SHIFT),
     (K.Key_A, CTRL | SHIFT)],
)  # fmt: skip
def test_without_a_selection_these_say_so(
    make_hand: Make, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    hand = make_hand(digits())
    hand.key(key, modifiers)
    assert hand.sentences == ["Select a node first."]
