"""What enters: inputs that hold what they declare, and arguments that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Diagnostic
from tests.engine.drawings import node, project, training

INT64 = {"$name": "int64"}
FLOAT32 = {"$name": "float32"}


def digits(**changes: dict[str, Any]) -> dict[str, Any]:
    """Return a whole classifier; a change adds arguments to a node."""
    nodes = training({
        "x": node("io.input", "data.image", shape=["=B", 1, 8, 8]),
        "flat": node("nn.Flatten", "x"),
        "head": node("nn.Linear", "flat", out_features=10),
        "y": node("io.output", "head"),
        "right": node("metric.accuracy", {"input": "y", "target": "data.label"}),
    })  # fmt: skip
    for name, args in changes.items():
        nodes[name]["args"] = {**nodes[name].get("args", {}), **args}
    return nodes


def problems(nodes: dict[str, Any], **more: Any) -> list[Diagnostic]:
    return list(Judge().judge(project(nodes, **more), fixes=False).diagnostics)


def test_the_drawing_itself_is_sound() -> None:
    assert problems(digits()) == []


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("data", "batch"), ("data", "shuffle"), ("x", "foo"), ("y", "foo"), ("flat", "foo"),
        ("loss", "foo"), ("right", "foo"), ("adam", "foo"),
    ],
)  # fmt: skip
def test_an_argument_that_nobody_knows_is_named_whatever_the_node(name: str, argument: str) -> None:
    (found,) = problems(digits(**{name: {argument: 1}}))
    assert (found.code, found.severity, found.node) == ("unknown-argument", "error", name)
    assert found.argument == argument
    assert argument in found.message


def test_so_it_is_of_a_transform_a_schedule_a_block_and_what_is_inside_it() -> None:
    nodes = digits()
    nodes["scaled"] = node("transform.normalize", "data.image", foo=1)
    nodes["x"]["in"] = {"input": "scaled.output"}
    (found,) = problems(nodes)
    assert (found.code, found.node) == ("unknown-argument", "scaled")
    nodes = digits()
    nodes["slower"] = node("lr_scheduler.ConstantLR", {"optimizer": "adam.optimizer"}, foo=1)
    (found,) = problems(nodes)
    assert (found.code, found.node) == ("unknown-argument", "slower")
    inside = {"a": node("io.input", foo=1), "b": node("io.output", "a")}
    nodes = digits()
    nodes["flat"]["in"] = {"input": "own.b"}
    nodes["own"] = node("block.own", {"a": "x"})
    (found_inside,) = problems(nodes, blocks={"own": {"nodes": inside}})
    assert (found_inside.code, found_inside.node) == ("unknown-argument", "own/a")
    inside["a"] = node("io.input")
    nodes["own"]["args"] = {"foo": 1}
    (outside,) = problems(nodes, blocks={"own": {"nodes": inside}})
    assert (outside.node, outside.argument) == ("own", "foo")
    assert "has no parameter foo" in outside.message


def test_a_wire_into_a_port_that_is_not_there_is_named() -> None:
    nodes = digits()
    nodes["noise"] = node("torch.rand", size=[3])
    nodes["data"]["in"] = {"more": "noise.output"}
    (found,) = problems(nodes)
    assert (found.code, found.node, found.port) == ("unknown-port", "data", "more")


@pytest.mark.parametrize(("declared", "sound"), [(FLOAT32, True), (INT64, False)])
def test_an_input_holds_the_dtype_that_it_declares(declared: object, sound: bool) -> None:
    found = problems(digits(x={"dtype": declared}))
    assert not found if sound else [(d.code, d.node) for d in found] == [("input-type", "x")]
    if not sound:
        assert found[0].message == "This input declares int64, but float32 arrives."


def test_an_input_for_a_size_takes_no_tensor_and_one_for_a_tensor_no_size() -> None:
    (found,) = problems(digits(x={"kind": "size", "shape": []}))
    assert (found.code, found.node) == ("input-type", "x")
    assert "takes a size" in found.message
    assert "B×1×8×8" in found.message
    nodes = digits()
    nodes["count"] = node("Tensor.size", "flat", dim=1)
    nodes["own"] = node("block.own", {"a": "flat", "n": "count"})
    nodes["head"]["in"] = {"input": "own.b"}
    inside = {
        "a": node("io.input"), "n": node("io.input", kind="size"),
        "view": node("Tensor.view", {"input": "a", "args[1]": "n"}, args=[-1, "=?"]),
        "b": node("io.output", "view"),
    }  # fmt: skip
    assert problems(nodes, blocks={"own": {"nodes": inside}}) == []
    inside["n"] = node("io.input")
    (found,) = problems(nodes, blocks={"own": {"nodes": inside}})
    assert (found.code, found.node, found.port) == ("input-type", "own", "n")
    assert "takes a tensor, but a number arrives" in found.message


def test_the_input_of_a_block_holds_its_dtype_too() -> None:
    inside = {"a": node("io.input", dtype=INT64), "b": node("io.output", "a")}
    nodes = digits()
    nodes["own"] = node("block.own", {"a": "flat"})
    nodes["head"]["in"] = {"input": "own.b"}
    (found,) = problems(nodes, blocks={"own": {"nodes": inside}})
    assert (found.code, found.node, found.port) == ("input-type", "own", "a")
    assert found.message == "The input a of Own declares int64, but float32 arrives."


def table(source: dict[str, Any]) -> dict[str, Any]:
    """Return a sum of what arrives and the first T rows of a table of weights."""
    return {
        "data": source,
        "x": node("io.input", "data.x", shape=["=B", "=T", 4]),
        "rows": node("param.tensor", shape=[30, 4]),
        "cut": node("op.getitem", "rows", index=[{"$slice": [None, "=T", None]}]),
        "more": node("torch.zeros", size=["=T", 4]),
        "sum": node("op.add", {"input": "cut", "other": "more"}),
        "all": node("op.add", {"input": "x", "other": "sum"}),
        "y": node("io.output", "all"),
    }


def test_a_size_of_an_input_that_nothing_reaches_is_waited_for() -> None:
    known = node("data.random", ports={"x": ["=B", 6, 4]})
    judge = Judge()
    sound = judge.judge(project(table(known)))
    assert not sound.has_errors
    assert sound.types["cut.output"].text() == "6×4"
    broken = {
        "unknown-spec": node("data.nobody_knows"),
        "unknown-argument": {**known, "args": {**known["args"], "foo": 1}},
        "unknown-output": node("data.random", ports={"z": ["=B", 6, 4]}),
        "input-shape": node("data.random", ports={"x": ["=B", 6, 5]}),
    }
    for code, source in broken.items():
        drawn = project(table(source))
        verdict = judge.judge(drawn, fixes=False)
        assert [d.code for d in verdict.diagnostics if d.severity == "error"] == [code]
        assert verdict.status["cut"] == verdict.status["more"] == "waiting"
        assert verdict.status["rows"] == "ok"
        assert not judge.judge(project(table(known))).has_errors


def test_a_name_that_no_input_gives_is_still_an_error() -> None:
    nodes = table(node("data.nobody_knows"))
    nodes["more"]["args"]["size"] = ["=S", 4]
    assert ("expression", "more") in {(d.code, d.node) for d in problems(nodes)}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (["=B", 1, 8, 8], "This input declares B×1×8×8, but B arrives."),
        ([3], "This input declares 3, but B arrives: 3 is not B."),
        (["=B"], ""),
    ],
)
def test_what_arrives_is_said_in_the_names_that_its_wire_has(
    declared: list[object], message: str
) -> None:
    nodes = digits()
    nodes["labels"] = node("io.input", "data.label", shape=declared, dtype=INT64)
    nodes["same"] = node("nn.Identity", "labels")
    nodes["other"] = node("io.output", "same")
    found = [p.message for p in problems(nodes) if p.node == "labels"]
    assert found == ([message] if message else [])


def test_what_a_block_is_given_is_said_in_names_too() -> None:
    inside = {"a": node("io.input", shape=["=B", 7]), "b": node("io.output", "a")}
    nodes = digits()
    nodes["flat"]["in"] = {"input": "own.b"}
    nodes["own"] = node("block.own", {"a": "x"})
    found = problems(nodes, blocks={"own": {"name": "Own", "nodes": inside}})
    assert [p.message for p in found if p.node == "own"] == [
        "The input a of Own declares B×7, but B×1×8×8 arrives."
    ]
