"""Wires that close a circle or come from nowhere: one red node, one cause, one cure."""

from __future__ import annotations

import warnings

import pytest
import torch

from graph_editor.checking.lints.softmax_without_dim import guessed
from graph_editor.document.model import Project
from tests.checking.drawings import FLAT, HEAD, codes, cured, drawing, judged, one
from tests.corpus import nets
from tests.corpus.form import adding, op

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


@pytest.mark.parametrize("drawn", [RING, SELF, BESIDE], ids=["ring", "self", "beside"])
def test_a_circle_has_one_red_node_and_the_others_wait(drawn: Project) -> None:
    verdict = judged(drawn)
    assert [d.code for d in verdict.diagnostics] == ["cycle"]
    red = [address for address, word in verdict.status.items() if word == "error"]
    assert red == [one(verdict, "cycle").node]
    after = cured(drawn, one(verdict, "cycle"), one(verdict, "cycle").fixes[0].title)
    assert "cycle" not in codes(after)
    assert [d.code for d in after.diagnostics if d.severity == "error"] == ["missing-input"]


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
