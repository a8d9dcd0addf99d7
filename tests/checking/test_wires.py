"""Wires that close a circle or come from nowhere: one red node, one cause, one cure."""

from __future__ import annotations

import warnings

import pytest
import torch

from app.engine.judge import Judge
from graph_editor.checking.lints.softmax_without_dim import guessed
from graph_editor.document.files import apply_change
from graph_editor.document.model import Project
from graph_editor.document.topology import Topology
from tests.checking.drawings import FLAT, HEAD, codes, cured, drawing, judged, one
from tests.corpus import nets
from tests.corpus.form import adding, linear, net, nn, op, relu, two, wired

RING = drawing(
    FLAT, ("a", "nn.ReLU", {}), ("b", "nn.ReLU", {}), HEAD, wires={"a.input": "b.output"}
)
SELF = drawing(FLAT, ("a", "nn.ReLU", {}), HEAD, wires={"a.input": "a.output"})
BESIDE = drawing(
    FLAT,
    ("a", "op.add", {}),
    ("b", "nn.ReLU", {}),
    HEAD,
    wires={"a.input": "flat.output", "a.other": "b.output"},
)

BRANCHES = wired(
    net(
        linear("a", 8, "x"),
        linear("b", 8, "x"),
        op("ad", "op.add", two("a", "b")),
        linear("h", 4),
        x=nets.TABLE,
        classes=4,
    ),
    x__input="ad",
)
"""Two circles with the one wire in common that leads back into the input of the model."""
ENTERED = net(
    op("j", "op.add", two("x", "ad")),
    nn("a", "Tanh", "j"),
    nn("b", "Sigmoid", "j"),
    op("ad", "op.add", two("a", "b")),
    relu("act", "a"),
    linear("h", 4),
    x=nets.TABLE,
    classes=4,
)
"""The output is reached through one of two branches, so that the way to it starts amid them."""
CROSSED = wired(
    net(
        nn("a", "Tanh", "x"),
        op("p", "op.add", two("a", "x")),
        op("q", "op.mul", two("p", "a")),
        op("r", "op.sub", two("q", "p")),
        linear("h", 4),
        x=nets.TABLE,
        classes=4,
    ),
    p__other="q",
    q__other="r",
)
"""Two circles of which no wire is in both."""


@pytest.mark.parametrize("drawn", [RING, SELF, BESIDE], ids=["ring", "self", "beside"])
def test_a_circle_has_one_red_node_and_the_others_wait(drawn: Project) -> None:
    verdict = judged(drawn)
    assert [d.code for d in verdict.diagnostics] == ["cycle"]
    red = [address for address, word in verdict.status.items() if word == "error"]
    assert red == [one(verdict, "cycle").node]
    after = cured(drawn, one(verdict, "cycle"), one(verdict, "cycle").fixes[0].title)
    assert "cycle" not in codes(after)
    assert [d.code for d in after.diagnostics if d.severity == "error"] == ["missing-input"]


@pytest.mark.parametrize(
    ("drawn", "node", "titles"),
    [
        (BRANCHES, "x", ["Remove the wire from “ad”"]),
        (ENTERED, "j", ["Remove the wire from “ad”"]),
        (CROSSED, "p", ["Remove these 2 wires"]),
    ],
    ids=["branches", "entered", "crossed"],
)
def test_circles_with_a_node_in_common_are_told_once_and_all_ended(
    drawn: Project, node: str, titles: list[str]
) -> None:
    verdict = judged(drawn)
    assert [(d.code, d.node) for d in verdict.diagnostics] == [("cycle", node)]
    assert [a for a, word in verdict.status.items() if word == "error"] == [node]
    found = one(verdict, "cycle")
    assert [fix.title for fix in found.fixes] == titles
    after = apply_change(drawn, dict(found.fixes[0].patch))
    assert "cycle" not in codes(judged(after))
    assert Topology(after.main.graph).order is not None


def test_one_judge_blames_another_node_once_a_further_wire_closes_a_circle() -> None:
    judge, single = Judge(), wired(BRANCHES, x__input="data.x", a__input="ad")
    judge.judge(single)
    more = wired(single, x__input="ad")
    assert judge.judge(more).status == judged(more).status
    assert judge.judge(single).status == judged(single).status


def test_the_wire_that_closes_the_circle_is_named() -> None:
    found = one(judged(BESIDE), "cycle")
    assert (found.node, found.port) == ("a", "other")
    assert "“b” into other of “a”" in found.message
    assert [f.title for f in found.fixes] == ["Remove the wire from “b”"]


def test_a_wire_from_an_output_that_does_not_exist_is_led_from_the_one_there_is() -> None:
    drawn = drawing(FLAT, ("a", "nn.ReLU", {}), HEAD, wires={"head.input": "a.outputx"})
    found = one(judged(drawn), "unknown-output")
    assert (found.node, found.port) == ("head", "input")
    assert "outputx of “a”" in found.message
    assert judged(drawn).status["out"] == "waiting"
    assert cured(drawn, found, "Lead the wire from output").diagnostics == ()


def test_where_there_are_several_outputs_the_likeliest_comes_first() -> None:
    lstm = ("a", "nn.LSTM", {"hidden_size": 4, "batch_first": True})
    drawn = drawing(lstm, FLAT, HEAD, x=(16, 5, 6), wires={"flat.input": "a.outputx"})
    found = one(judged(drawn), "unknown-output")
    assert "output, h_n or c_n" in found.message
    assert found.fixes[0].title == "Lead the wire from output"


def test_a_schedule_that_waits_for_a_loss_is_in_no_other_one() -> None:
    optimizer = {"optimizer": "adam.optimizer"}
    parts = {"schedulers[0]": "wait.scheduler", "schedulers[1]": "fall.scheduler"}
    drawn = adding(
        nets.mlp(),
        op("wait", "lr_scheduler.ReduceLROnPlateau", optimizer),
        op("fall", "lr_scheduler.StepLR", optimizer, step_size=2),
        op("plan", "lr_scheduler.SequentialLR", parts, milestones=(3,)),
    )
    found = one(judged(drawn), "unknown-output")
    assert found.node == "plan"
    assert "“wait”, a ReduceLROnPlateau: it waits for the value of a loss" in found.message


@pytest.mark.parametrize("rank", [1, 2, 3, 4, 5])
def test_the_axis_said_to_be_guessed_is_the_one_that_torch_guesses(rank: int) -> None:
    values = torch.randn(*[2 + k for k in range(rank)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = torch.nn.Softmax()(values)
    assert torch.equal(theirs, torch.softmax(values, guessed(rank)))
