"""A module or block that is called once more is made once, and takes what its first call takes."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Project
from tests.codegen.sameness import check
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project, with_argument

JUDGE = Judge()
WIDTHS: dict[str, tuple[dict[str, Any], list[list[int]]]] = {
    "Linear": (node("nn.Linear", "in", out_features=4), [[16], [20]]),
    "Conv2d": (node("nn.Conv2d", "in", out_channels=4, kernel_size=3), [[3, 8, 8], [1, 8, 8]]),
    "BatchNorm2d": (node("nn.BatchNorm2d", "in"), [[3, 8, 8], [1, 8, 8]]),
    "LayerNorm": (node("nn.LayerNorm", "in"), [[16], [20]]),
    "LSTM": (node("nn.LSTM", "in", hidden_size=4, batch_first=True), [[5, 3], [5, 4]]),
}


def used_twice(layer: dict[str, Any], one: list[int], other: list[int], deep: bool) -> Any:
    """Return a drawing in which a block is called with two widths and the weights of one."""
    inner = {"in": node("io.input"), "layer": layer, "out": node("io.output", "layer")}
    around = {
        "in": node("io.input"),
        "layer": node("block.inner", {"in": "in"}),
        "out": node("io.output", "layer.out"),
    }
    blocks = {"inner": {"nodes": inner}, "outer": {"nodes": around}}
    name = "outer" if deep else "inner"
    return project(
        {
            "x": node("io.input", shape=["=B", *one]),
            "z": node("io.input", shape=["=B", *other]),
            "first": node(f"block.{name}", {"in": "x"}),
            "again": node(f"block.{name}", {"in": "z"}, weights={"same_as": "first"}),
            "y": node("io.output", "first.out"),
            "y2": node("io.output", "again.out"),
        },
        blocks if deep else {"inner": blocks["inner"]},
    )


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("case", WIDTHS)
def test_a_block_is_not_called_again_with_another_width(case: str, deep: bool) -> None:
    layer, (one, other) = WIDTHS[case]
    at = "again/layer/layer" if deep else "again/layer"
    found = compare_project(JUDGE, used_twice(layer, one, other, deep))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == at
    assert [(d.code, d.node) for d in found.verdict.diagnostics] == [("shared-weights", at)]
    sound = compare_project(JUDGE, used_twice(layer, one, one, deep))
    assert (sound.word, sound.stop) == ("agreed", None)


def test_what_is_said_of_how_a_module_is_made_holds_for_all_its_calls() -> None:
    drawing = project(
        {
            "x": node("io.input", shape=["=B", 3]),
            "n": node("nn.Linear", "x", out_features=2),
            "again": node("nn.Linear", "x", out_features=8, weights={"same_as": "n"}),
            "y": node("io.output", "again"),
        }
    )
    found = compare_project(JUDGE, drawing)
    assert (found.word, found.stop) == ("agreed", None)
    assert found.verdict.types["again.output"].shape == ("B", 2)


def called_before_it_is_made(
    layer: dict[str, Any], shape: list[int], width: int, port: str = "output"
) -> dict[str, Any]:
    """Return nodes that go through a layer's module, through another one, then the layer itself."""
    spec, is_map = layer["spec"], len(shape) == 3
    between: dict[str, Any] = {"out_channels": width, "kernel_size": 1}
    if not is_map:
        between = {"out_features": width}
    return {
        "x": node("io.input", shape=["=B", *shape]),
        "before": node(spec, "x", weights={"same_as": "owner"}),
        "z": node("nn.Conv2d" if is_map else "nn.Linear", f"before.{port}", **between),
        "owner": layer,
        "y": node("io.output", f"owner.{port}"),
    }


BACKWARDS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "Linear": (node("nn.Linear", "z", out_features=5), [12]),
    "Conv2d": (node("nn.Conv2d", "z", out_channels=5, kernel_size=3), [12, 8, 8]),
    "BatchNorm2d": (node("nn.BatchNorm2d", "z"), [12, 8, 8]),
    "LayerNorm": (node("nn.LayerNorm", "z"), [12]),
    "GRU": (node("nn.GRU", "z", hidden_size=5, batch_first=True), [6, 12]),
}


def backwards(case: str, width: int) -> Project:
    layer, shape = BACKWARDS[case]
    return project(called_before_it_is_made(layer, shape, width))


@pytest.mark.parametrize("case", BACKWARDS)
def test_a_layer_is_made_for_the_call_that_comes_first(case: str) -> None:
    found = compare_project(JUDGE, backwards(case, 8))
    assert (found.word, found.verdict.stop) == ("agreed", "owner"), found.text()
    taken = backwards(case, 12)
    sound = compare_project(JUDGE, taken)
    assert (sound.word, sound.stop, sound.verdict.diagnostics) == ("agreed", None, ())
    check(taken, sound.verdict)


def test_the_code_is_told_of_the_width_that_arrives_first() -> None:
    drawing = backwards("Linear", 12)
    verdict = JUDGE.judge(drawing)
    assert dict(verdict.inferred[Address("owner")]) == {"in_features": 12}
    assert verdict.parameters[Address("owner")] == 12 * 5 + 5
    assert "before" not in verdict.parameters
    assert "nn.Linear(12, 5)" in check(drawing, verdict).source.text


SHARED = {"same_as": "owner"}
INNER = {"in": node("io.input"), "n": node("nn.Linear", "in", out_features=12)}
INNER["out"] = node("io.output", "n")


def turned_round(where: str, width: int) -> Project:
    """Return a drawing in which what calls a module comes before the node that owns it."""
    x, z = node("io.input", shape=["=B", 12]), node("nn.Linear", "before", out_features=width)
    linear = called_before_it_is_made(node("nn.Linear", "z", out_features=12), [12], width)
    if where == "a block":
        before = node("block.inner", {"in": "x"}, weights=SHARED)
        owner = node("block.inner", {"in": "z"})
        z = node("nn.Linear", "before.out", out_features=width)
        y = node("io.output", "owner.out")
        drawn = {"x": x, "before": before, "z": z, "owner": owner, "y": y}
        return project(drawn, {"inner": {"nodes": INNER}})
    if where == "inside a block":
        inside = {**linear, "x": node("io.input")}
        drawn = {"x": x, "n": node("block.inner", {"x": "x"}), "y": node("io.output", "n.y")}
        return project(drawn, {"inner": {"nodes": inside}})
    more: dict[str, dict[str, Any]] = {
        "copies": {"repeat": {"count": 2}},
        "shared copies": {"repeat": {"count": 2, "shared": True}},
        "training": {"when": "=training"},
    }
    said = more.get(where, {})
    before = node("nn.Linear", "x", weights=SHARED, **said)
    owner = node("nn.Linear", "z", out_features=12, **(said if where != "training" else {}))
    drawn = {**linear, "before": before, "owner": owner}
    if where == "a third":
        drawn["third"] = node("nn.Linear", "q", weights=SHARED)
        drawn["z"]["args"]["out_features"] = 12
        drawn["q"] = node("nn.Linear", "owner", out_features=width)
        drawn["y"] = node("io.output", "third")
    if where == "beside":  # a cone of another owner, which has no part in its own input
        drawn["other"] = node("nn.Linear", "x", out_features=12)
        drawn["again"] = node("nn.Linear", "owner", weights={"same_as": "other"})
        drawn["y"] = node("io.output", "again")
    return project(drawn)


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ("a block", "owner/n"),
        ("inside a block", "n/owner"),
        ("copies", "owner[0]"),
        ("shared copies", "owner[0]"),
        ("training", "owner"),
        ("a third", "third"),
        ("beside", "owner"),
    ],
)
def test_it_is_so_wherever_the_calls_stand(where: str, at: str) -> None:
    found = compare_project(JUDGE, turned_round(where, 8))
    assert (found.word, found.verdict.stop) == ("agreed", at), found.text()
    errors = [d.node for d in found.verdict.diagnostics if d.severity == "error"]
    assert errors == [at]
    taken = turned_round(where, 12)
    sound = compare_project(JUDGE, taken)
    assert (sound.word, sound.stop) == ("agreed", None), sound.text()
    if where != "training":  # which no code is written for
        check(taken, sound.verdict)


def told(verdict: Verdict) -> list[Any]:
    """Return what one verdict has to have in common with another of the same drawing."""
    said = [(d.code, d.node, d.message) for d in verdict.diagnostics]
    return [said, verdict.stop, verdict.status, verdict.inferred, verdict.types, verdict.parameters]


READ_FIRST = {
    "x": node("io.input", shape=["=B", 12]),
    "p": node("param.of", of={"$at": "owner"}),
    "f": node("F.linear", {"input": "x", "weight": "p"}),
    "owner": node("nn.Linear", "f", in_features=12, out_features=12),
    "y": node("io.output", "owner"),
}


def revisions(case: str) -> list[Project]:
    """Return drawings that follow each other in one window."""
    linear, wide = backwards("Linear", 8), backwards("Linear", 12)
    if case == "widths":
        return [wide, linear, wide, linear]
    if case == "kinds":
        return [linear, backwards("Conv2d", 8), wide, backwards("BatchNorm2d", 8), wide]
    if case == "what the owner says":
        said = [("in_features", 8), ("in_features", 12), ("out_features", 7), ("bias", False)]
        return [wide, *(with_argument(wide, "owner", name, value) for name, value in said), wide]
    if case == "what arrives first":
        linears = turned_round("a third", 12)
        before = node("nn.Linear", "x", out_features=12)
        graph = called_before_it_is_made(node("nn.Linear", "z", out_features=5), [9], 12)
        graph["before"]["in"]["input"] = "first.output"
        begun = project({**graph, "first": before})
        return [
            begun,
            with_argument(begun, "first", "out_features", 8),
            with_argument(begun, "z", "out_features", 8),
            linears,
            begun,
        ]
    read = project(READ_FIRST)
    return [read, with_argument(read, "owner", "bias", False), read]


@pytest.mark.parametrize(
    "case", ["widths", "kinds", "what the owner says", "what arrives first", "a weight read before"]
)
def test_a_verdict_is_that_of_a_fresh_judge(case: str) -> None:
    judge = Judge()
    for drawing in revisions(case):
        assert told(judge.judge(drawing)) == told(Judge().judge(drawing))
