"""Weights that a node follows, reads or steps and that are another's, held to eager torch."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.document.addresses import HERE
from graph_editor.document.model import FrozenMap, NodeId
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()


def read_and_tied(rests: bool) -> dict[str, Any]:
    """Return a training whose loss hangs on a bias that is another layer's, which may rest."""
    return {
        "x": node("io.input", shape=["=B", 3]),
        "learner": node("nn.Linear", "x", out_features=2),
        "owner": node("nn.Linear", "x", out_features=2, **({"freeze": ["."]} if rests else {})),
        "bias": node("param.of", of={"$at": "learner"}, parameter="bias"),
        "y": node("io.output", "learner"),
        "z": node("io.output", "owner"),
        "loss": node("torch.mean", "bias"),
        "step": node("optim.SGD", {"losses[0]": "loss"}),
    }


@pytest.mark.parametrize("copies", [0, 1, 2])
def test_what_follows_a_layer_without_copies_follows_nothing(copies: int) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "lead": node("nn.Linear", "x", out_features=4, repeat={"count": copies}),
        "n": node("nn.Linear", "x", out_features=4, weights={"follows": "lead", "decay": 0.9}),
        "y": node("io.output", "n"),
        "z": node("io.output", "lead"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    lost = [d.severity for d in found.verdict.diagnostics if d.code == "no-such-weight"]
    assert lost == ([] if copies else ["warning"])


@pytest.mark.parametrize("rests", [False, True])
def test_a_weight_that_is_read_rests_with_the_one_that_it_is(rests: bool) -> None:
    ties = {"learner.bias": "owner.bias"}
    found = compare_project(JUDGE, project(read_and_tied(rests), ties=ties))
    assert found.verdict.stop == ("step" if rests else ""), found.text()
    assert [stop.tried for stop in found.stops[:1]] == (["batch"] if rests else [])
    assert found.word == "agreed", found.text()


@pytest.mark.parametrize("caller", ["b", "a"])
@pytest.mark.parametrize("ends", list(permutations("abc", 2)), ids="".join)
@pytest.mark.parametrize("width", [4, 5])
def test_a_layer_that_is_called_again_may_be_tied_too(
    caller: str, ends: tuple[str, str], width: int
) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "a": node("nn.Linear", "x", out_features=4),
        "b": node("nn.Linear", "a", out_features=4),
        "c": node("nn.Linear", "b", out_features=width),
        "y": node("io.output", "c"),
    }
    drawing[caller]["weights"] = {"same_as": "a" if caller == "b" else "b"}
    ties = {f"{ends[0]}.weight": f"{ends[1]}.weight"}
    found = compare_project(JUDGE, project(drawing, ties=ties))
    if width == 4:
        assert found.word == "agreed", found.text()
    wrong = [d.code for d in found.verdict.diagnostics if d.severity == "error"]
    assert wrong == (["tie-mismatch"] if width == 5 and "c" in ends else [])


def test_what_rests_by_a_tie_is_known_after_each_edit() -> None:
    judge, begun, ties = (
        Judge(),
        project(read_and_tied(rests=False)),
        {"learner.bias": "owner.bias"},
    )
    owner = begun.main.graph.nodes[NodeId("owner")]
    resting = replace(owner, freeze=(HERE,))
    cases = ((owner, ties), (resting, ties), (resting, {}), (resting, ties), (owner, ties))
    for layer, tied in cases:
        graph = begun.main.graph
        nodes = graph.nodes.set(NodeId("owner"), layer)
        graph = replace(graph, nodes=nodes, ties=FrozenMap(tied))
        edited = begun.with_block("main", replace(begun.main, graph=graph))
        verdict = judge.judge(edited, batch=4, fixes=False)
        assert verdict.stop == ("step" if layer is resting and tied else "")


@pytest.mark.parametrize("when", ["=B > 4", "=B == 4", "=not training", "=B > 40", None])
@pytest.mark.parametrize("differentiable", [False, True])
def test_a_weight_is_stepped_where_its_layer_is_switched_on(
    when: str | None, differentiable: bool
) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "layer": node("nn.Linear", "x", out_features=4, **({"when": when} if when else {})),
        "y": node("io.output", "layer"),
        "labels": node("torch.zeros", size=["=B"], dtype={"$name": "int64"}),
        "loss": node(
            "nn.LinearCrossEntropyLoss", {"input": "layer", "target": "labels"}, num_classes=5
        ),
        "step": node("optim.ASGD", {"losses[0]": "loss"}, differentiable=differentiable),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    is_reached = when not in ("=not training", "=B > 40")
    assert found.verdict.stop == ("step" if is_reached and differentiable else "")


def slopes(rests: bool) -> dict[str, Any]:
    """Return two layers of one weight each, one of which may rest, and a loss of the other."""
    return {
        "x": node("io.input", shape=["=B", 3]),
        "other": node("nn.PReLU", "x", **({"freeze": ["."]} if rests else {})),
        "learner": node("nn.PReLU", "x"),
        "y": node("io.output", "learner"),
        "z": node("io.output", "other"),
        "loss": node("torch.mean", "learner"),
        "step": node("optim.SGD", {"losses[0]": "loss"}),
    }


@pytest.mark.parametrize("rests", [False, True])
@pytest.mark.parametrize("tie", [("learner", "other"), ("other", "learner")])
def test_a_layer_rests_whose_only_weight_is_that_of_one_that_rests(
    rests: bool, tie: tuple[str, str]
) -> None:
    ties = {f"{tie[0]}.weight": f"{tie[1]}.weight"}
    found = compare_project(JUDGE, project(slopes(rests), ties=ties))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == ("step" if rests else "")


def test_that_a_layer_rests_by_a_tie_is_known_after_each_edit() -> None:
    judge, begun, tied = Judge(), project(slopes(rests=False)), {"learner.weight": "other.weight"}
    other = begun.main.graph.nodes[NodeId("other")]
    resting = replace(other, freeze=(HERE,))
    for layer, ties in (
        (other, tied),
        (resting, tied),
        (resting, {}),
        (resting, tied),
        (other, tied),
    ):
        graph = begun.main.graph
        nodes = graph.nodes.set(NodeId("other"), layer)
        graph = replace(graph, nodes=nodes, ties=FrozenMap(ties))
        edited = begun.with_block("main", replace(begun.main, graph=graph))
        verdict = judge.judge(edited, batch=4, fixes=False)
        assert verdict.stop == ("step" if layer is resting and ties else "")


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_second_call_makes_the_layer_of_one_that_is_off_for_good(is_shown: bool) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "off": node("nn.Linear", "x", out_features=3, when="=False"),
        "again": node("nn.Linear", "x", weights={"same_as": "off"}),
        "y": node("io.output", "again"),
        "loss": node("torch.mean", "again"),
        "step": node("optim.SGD", {"losses[0]": "loss"}),
        **({"z": node("io.output", "off")} if is_shown else {}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == ("" if is_shown else "step")


@pytest.mark.parametrize("optimizer", ["optim.SGD", "optim.Muon"])
@pytest.mark.parametrize("rests", [False, True])
def test_a_layer_outside_the_model_lends_it_the_weight_that_is_one_by_a_tie(
    optimizer: str, rests: bool
) -> None:
    # the bias of the lender, which only the target needs, is no part of the model: Muon, which
    # takes matrices alone, never sees it
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "learner": node("nn.Linear", "x", out_features=2, bias=False),
        "lender": node("nn.Linear", "x", out_features=2, **({"freeze": ["."]} if rests else {})),
        "again": node("nn.Linear", "x", weights={"same_as": "learner"}),
        "loss": node("nn.MSELoss", {"input": "learner", "target": "lender"}),
        "y": node("io.output", "learner"),
        "z": node("io.output", "again"),
        "step": node(optimizer, {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing, ties={"learner.weight": "lender.weight"}))
    assert found.word == "agreed", found.text()


def test_a_weight_that_is_called_otherwise_where_it_is_read_has_that_gradient() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "lent": node("nn.BatchNorm1d", "x"),
        "has": node("nn.BatchNorm1d", "x"),
        "read": node("param.of", of={"$at": "has"}, parameter="weight"),
        "y": node("io.output", "lent"),
        "z": node("io.output", "has"),
        "loss": node("torch.mean", "read"),
        "step": node("optim.SparseAdam", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing, ties={"has.weight": "lent.bias"}))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "step"


def test_a_copy_that_cannot_follow_hides_nothing_that_torch_stops_for() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 6]),
        "lead": node("nn.Linear", "x", out_features=4),
        "n": node("nn.Linear", "x", out_features=3, weights={"follows": "lead", "decay": 0.9}),
        "seen": node("metric.accuracy", {"input": "n", "target": "x"}),
        "y": node("io.output", "lead"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert (found.word, found.verdict.stop) == ("agreed", "seen"), found.text()
    errors = {(d.code, d.node) for d in found.verdict.diagnostics if d.severity == "error"}
    assert errors == {("unlike-follower", "n"), ("metric-does-not-fit", "seen")}


def test_who_calls_the_layer_of_a_follower_learns_as_little() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "lead": node("nn.Linear", "x", out_features=4),
        "again": node("nn.Linear", "x", weights={"same_as": "slow"}),
        "slow": node(
            "nn.Linear", "again", out_features=4, weights={"follows": "lead", "decay": 0.9}
        ),
        "y": node("io.output", "slow"),
        "z": node("io.output", "lead"),
        "loss": node("torch.mean", "slow"),
        "step": node("optim.SGD", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert (found.word, found.verdict.stop) == ("agreed", "step"), found.text()
