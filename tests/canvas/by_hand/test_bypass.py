"""Bypassing by key: one step, back to what it was, refused with the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from graph_editor.document.files import dumps, loads
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import Hand, digits, drawn, said_when

Make = Callable[[Project], Hand]
M = Qt.Key.Key_M
FEW = [NodeId(n) for n in ("conv1", "bn1", "relu1")]


def test_m_switches_nodes_off_and_on_again_as_one_step_each(make_hand: Make) -> None:
    hand = make_hand(digits())
    first = dumps(hand.document.project)
    hand.choose(FEW)
    hand.key(M)
    assert all(hand.canvas.world.nodes[n].state.is_muted for n in FEW)
    assert hand.steps() == 1
    assert hand.document.undo_title == "Bypass 3 nodes"
    hand.key(M)
    assert not any(hand.canvas.world.nodes[n].state.is_muted for n in FEW)
    assert dumps(hand.document.project) == first
    assert hand.steps() == 2


def test_where_some_are_off_already_all_are_off(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("bn1"))
    hand.key(M)
    hand.choose(FEW)
    hand.key(M)
    assert all(hand.canvas.world.nodes[n].state.is_muted for n in FEW)


@pytest.mark.parametrize("condition", ["training", "B > 3"])
def test_a_condition_comes_back_also_from_a_file(make_hand: Make, condition: str) -> None:
    hand = make_hand(said_when(drawn(a="nn.ReLU"), "a", condition))
    before = dumps(hand.document.project)
    hand.click(hand.at("a"))
    hand.key(M)
    text = dumps(hand.document.project)
    assert f'"when_on": "={condition}"' in text
    again = make_hand(loads(text).project)
    again.click(again.at("a"))
    again.key(M)
    assert dumps(again.document.project) == before


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("data.digits", "is where the data comes from"),
        ("optim.AdamW", "trains the model"),
        ("nn.CrossEntropyLoss", "is a loss"),
        ("io.input", "marks where the model begins or ends"),
        ("metric.accuracy", "measures"),
    ],
)
def test_what_nothing_passes_through_is_refused_in_words(
    make_hand: Make, spec: str, reason: str
) -> None:
    hand = make_hand(digits())
    hand.choose([n for n, node in hand.graph.nodes.items() if node.spec == spec])
    assert hand.canvas.selected()
    hand.key(M)
    assert reason in hand.sentences[-1]
    assert hand.steps() == 0


def test_of_several_those_are_bypassed_that_can_be_and_the_rest_is_told(make_hand: Make) -> None:
    hand = make_hand(digits())
    loss = next(n for n, i in hand.canvas.world.nodes.items() if i.anatomy.family == "loss")
    hand.choose([FEW[0], loss])
    hand.key(M)
    assert hand.canvas.world.nodes[FEW[0]].state.is_muted
    assert not hand.canvas.world.nodes[loss].state.is_muted
    assert hand.sentences[-1].startswith("1 of 2 nodes was left as it is:")
    hand.key(M)
    assert not hand.canvas.world.nodes[FEW[0]].state.is_muted


def test_nothing_selected_is_said(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(M)
    assert hand.sentences == ["Select a node first."]
