"""Copies and shared weights by hand: R repeats, T ties, Shift+T calls one layer twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.engine.judge import Judge
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Expr, NodeId, Project, Repeat, Weights
from tests.canvas.hand import CTRL, SHIFT, Hand, digits, drawn
from tests.engine.drawings import chain, node, project

Make = Callable[[Project], Hand]
K = Qt.Key
TIES = "tests/projects/ties.netwright"


def repeat(hand: Hand, text: str) -> None:
    hand.key(K.Key_R)
    line = hand.rename_line()
    QTest.keyClick(line, K.Key_A, CTRL)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, K.Key_Return)


@pytest.mark.parametrize(
    ("typed", "wanted", "shown"),
    [
        ("3", Repeat(3), "×3"),
        ("x3", Repeat(3), "×3"),
        ("4 shared", Repeat(4, shared=True), "×4"),
        ("=2 * 2", Repeat(Expr("2 * 2")), "×2 * 2"),
        ("=2 + 1 shared", Repeat(Expr("2 + 1"), shared=True), "×2 + 1"),
    ],
)
def test_r_asks_how_many_copies(make_hand: Make, typed: str, wanted: Repeat, shown: str) -> None:
    hand = make_hand(digits())
    hand.choose([NodeId("relu1")])
    repeat(hand, typed)
    assert hand.graph.nodes[NodeId("relu1")].repeat == wanted
    assert hand.canvas.world.nodes[NodeId("relu1")].anatomy.copies == shown
    assert hand.steps() == 1
    hand.choose([NodeId("relu1")])
    hand.key(K.Key_R)
    assert hand.rename_line().text() == typed.lstrip("x")
    QTest.keyClick(hand.rename_line(), K.Key_Escape)
    repeat(hand, "1")
    assert hand.graph.nodes[NodeId("relu1")].repeat is None


@pytest.mark.parametrize("typed", ["0", "many", "-2", "3.5", "= + shared"])
def test_what_is_no_number_of_copies_is_said_and_changes_nothing(
    make_hand: Make, typed: str
) -> None:
    hand = make_hand(digits())
    hand.choose([NodeId("relu1")])
    repeat(hand, typed)
    assert hand.graph.nodes[NodeId("relu1")].repeat is None
    assert hand.steps() == 0
    assert "whole number" in hand.sentences[-1] or "no formula" in hand.sentences[-1]


def test_what_cannot_be_repeated_says_why(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.choose([NodeId("digits")])
    hand.key(K.Key_R)
    expected = "Digits cannot be repeated: nothing goes from copy to copy."
    assert hand.sentences == [expected]


def test_t_ties_two_weights_that_fit_and_unties_them_again(make_hand: Make) -> None:
    before = load(TIES).project
    hand = make_hand(before)
    hand.choose([NodeId("embed"), NodeId("decode")])
    hand.key(K.Key_T)
    assert not hand.graph.ties
    hand.choose([NodeId("embed"), NodeId("decode")])
    hand.key(K.Key_T)
    assert dict(hand.graph.ties) == {"decode.weight": "embed.weight"}
    verdict = Judge().judge(hand.document.project)
    assert not [d for d in verdict.diagnostics if d.severity == "error"]
    project = hand.document.project
    text = generate(project, specs_of(project), verdict).files["model.py"].text
    assert "self.linear2.weight = self.embedding.weight" in text
    hand.choose([NodeId("decode")])
    hand.key(K.Key_T)
    assert not hand.graph.ties
    assert hand.steps() == 3


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        ({"a": "nn.Linear", "b": "nn.LSTM"}, "LSTM has no single weight that could be tied."),
        ({"a": "nn.Linear", "b": "nn.ReLU"}, "ReLU has no single weight that could be tied."),
        (
            {"a": "nn.Conv1d", "b": "nn.Linear"},
            "The weight of Linear is ? × ?, and that of Conv1d is ? × ? × ?.",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_in_words(
    make_hand: Make, specs: dict[str, str], reason: str
) -> None:
    hand = make_hand(drawn(**specs))
    hand.key(K.Key_A, CTRL)
    hand.key(K.Key_T)
    assert hand.sentences == [reason]
    assert hand.steps() == 0


def test_shift_t_calls_one_layer_twice_and_gives_it_back(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.Linear", b="nn.Linear", c="nn.ReLU"))
    pair = [NodeId("a"), NodeId("b")]
    hand.choose(pair)
    hand.key(K.Key_T, SHIFT)
    assert hand.graph.nodes[NodeId("b")].weights == Weights(same_as=NodeId("a"))
    assert hand.steps() == 1
    hand.choose([NodeId("b")])
    hand.key(K.Key_T, SHIFT)
    assert hand.graph.nodes[NodeId("b")].weights is None
    hand.choose([NodeId("a"), NodeId("c")])
    hand.key(K.Key_T, SHIFT)
    assert "different kinds" in hand.sentences[-1]


def test_two_tied_layers_become_calls_of_one_and_the_drawing_is_judged(make_hand: Make) -> None:
    layers = [node("nn.Linear", in_features=8, out_features=8) for _ in range(2)]
    hand = make_hand(project(chain(*layers)))
    pair = [NodeId("n0"), NodeId("n1")]
    hand.choose(pair)
    hand.key(K.Key_T)
    assert dict(hand.graph.ties) == {"n1.weight": "n0.weight"}
    tied = dumps(hand.document.project)
    hand.choose(pair)
    hand.key(K.Key_T, SHIFT)
    assert not hand.graph.ties, "two calls of one layer have one weight"
    assert hand.graph.nodes[NodeId("n1")].weights == Weights(same_as=NodeId("n0"))
    verdict = Judge().judge(hand.document.project)
    assert not verdict.has_errors
    hand.choose(pair)
    hand.key(K.Key_T)
    assert hand.sentences[-1] == "These are calls of one layer: they have one weight already."
    hand.document.undo()
    assert dumps(hand.document.project) == tied
    assert not Judge().judge(hand.document.project).has_errors


def test_what_keeps_calls_of_one_layer_from_a_block_is_said_in_names(make_hand: Make) -> None:
    layers = [node("nn.Linear", in_features=8, out_features=8) for _ in range(2)]
    hand = make_hand(project(chain(*layers)))
    hand.choose([NodeId("n0"), NodeId("n1")])
    hand.key(K.Key_T, SHIFT)
    hand.choose([NodeId("n1")])
    hand.key(K.Key_G, CTRL)
    assert hand.sentences[-1] == "Linear calls Linear's module: group both, or neither."
