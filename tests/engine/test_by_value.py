"""Where the numbers in a tensor decide: what is compared, and where the judge says torch stops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.model import Address, RuleId
from tests.engine.differential import Comparison, compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()


def scored(target: dict[str, Any], width: int, port: str = "d.t") -> dict[str, Any]:
    """Return a classifier of so many scores that is trained on labels."""
    return {
        "d": node("data.random", ports={"p": ["=B", 4], "t": ["=B"]}, classes={"t": 5}),
        "n": node("nn.Linear", "d.p", out_features=width),
        **target,
        "y": node("io.output", "n"),
        "loss": node("nn.CrossEntropyLoss", {"input": "n", "target": port}),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


def chances(reduction: str = "mean") -> dict[str, Any]:
    """Return a loss of chances that is given raw scores, of which nobody knows the range."""
    return {
        "x": node("io.input", shape=["=B", 4]),
        "t": node("io.input", shape=["=B", 2]),
        "s": node("torch.sigmoid", "t"),
        "n": node("nn.Linear", "x", out_features=2),
        "loss": node("nn.BCELoss", {"input": "n", "target": "s"}, reduction=reduction),
        "y": node("io.output", "n"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


NOISE = {
    "d": node("data.random", ports={"p": ["=B", 2]}),
    "n": node("nn.Linear", "d.p", out_features=2),
    "s": node("torch.sigmoid", "n"),
    "y": node("io.output", "s"),
    "loss": node("nn.BCELoss", {"input": "s", "target": "d.p"}),
    "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
}
BLAMED = {
    "fewer scores than classes": (scored({}, 3), "n"),
    "labels counted from 1": (
        scored({"add": node("op.add", {"input": "d.t"}, other=1)}, 5, "add"),
        "add",
    ),
    "noise taken for chances": (NOISE, "d"),
}


@pytest.mark.parametrize("case", BLAMED)
def test_torch_stops_at_the_loss_whoever_is_blamed(case: str) -> None:
    drawing, blamed = BLAMED[case]
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "loss"
    assert {d.node for d in found.verdict.diagnostics if d.severity == "error"} == {blamed}


def refusing(found: Comparison, at: str, stop: str) -> Comparison:
    """Return the comparison with a judge that refuses at a node, and stops at another one."""
    error = Diagnostic(RuleId("made-up"), "error", Address(at), "")
    return replace(found, verdict=Verdict(diagnostics=(error,), stop=Address(stop)))


def test_a_refusal_counts_where_numbers_are_refused_and_nowhere_else() -> None:
    found = compare_project(JUDGE, project(chances()))
    assert found.word == "value", found.text()
    assert found.doubted == {"loss"}
    assert refusing(found, "n", "loss").word == "agreed"
    assert refusing(found, "o", "loss").word == "wrong blame"
    assert refusing(found, "n", "n").word == "false reject"
    assert refusing(found, "o", "o").word == "false reject"


@pytest.mark.parametrize("table", ["nn.Embedding", "nn.EmbeddingBag"])
def test_numbers_decide_too_where_vectors_are_made_shorter(table: str) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", "=T"]),
        "places": node("torch.argsort", "x"),
        "n": node(table, "places", num_embeddings=5, embedding_dim=3, max_norm=1.0),
        "y": node("io.output", "n"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert (found.word, [(s.node, s.tried) for s in found.stops]) == ("value", [("n", "sizes")])


def test_what_torch_says_behind_refused_numbers_is_compared() -> None:
    found = compare_project(JUDGE, project(chances("none")))
    assert found.word == "agreed", found.text()
    assert [stop.node for stop in found.mild if not stop.by_value][:1] == ["o"]
    assert found.verdict.stop == "o"
    silent = replace(found, verdict=Verdict())
    assert silent.word == "false accept"


def test_what_lies_behind_a_truth_that_is_divided_by_is_compared() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "n": node("nn.Linear", "x", out_features=3),
        "whole": node("Tensor.to", "x", dtype={"$name": "int32"}),
        "never": node("torch.isnan", "x"),
        "divided": node("op.floordiv", {"input": "whole", "other": "never"}),
        "y": node("io.output", "divided"),
        "z": node("io.output", "n"),
        "loss": node("torch.mean", "n"),
        "o": node("optim.Muon", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.doubted == {"divided"}
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "o"


def test_milder_numbers_stand_in_the_memory_that_another_writes_over() -> None:
    drawing = {
        **chances(),
        "shown": node("io.output", "loss"),  # so that the model computes it, before what follows
        "over": node("nn.Mish", "n", inplace=True),
        "z": node("io.output", "over"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.doubted == {"loss"}
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "o"
