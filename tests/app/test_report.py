"""What people and programs are told of a verdict."""

from dataclasses import replace

from app.report import label, memory_line, problem_line, table, verdict_json
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Diagnostic, Fix, TensorType, Verdict
from graph_editor.document.model import (
    Address,
    Block,
    BlockId,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    RuleId,
)


def wire(source: str, port: str, target: str, path: str) -> tuple[InPort, OutPort]:
    return InPort(NodeId(target), PortPath(path)), OutPort(NodeId(source), port)


INNER = Block(
    Graph(
        FrozenMap(
            {
                NodeId("x"): Node("io.input"),
                NodeId("fc"): Node(
                    "nn.Linear", name="squeeze", args=FrozenMap({"out_features": 4})
                ),
                NodeId("y"): Node("io.output"),
            }
        ),
        FrozenMap([wire("x", "output", "fc", "input"), wire("fc", "output", "y", "input")]),
    ),
    "Inner",
    inputs=(NodeId("x"),),
    outputs=(NodeId("y"),),
)
PROJECT = Project(
    Block(
        Graph(
            FrozenMap(
                {
                    NodeId("image"): Node("io.input", name="picture"),
                    NodeId("stage"): Node("block.inner", name="stage one"),
                    NodeId("out"): Node("io.output"),
                }
            ),
            FrozenMap([wire("image", "output", "stage", "x"), wire("stage", "y", "out", "input")]),
        ),
        "Main",
        inputs=(NodeId("image"),),
        outputs=(NodeId("out"),),
    ),
    FrozenMap({BlockId("inner"): INNER}),
)
PROBLEM = Diagnostic(
    RuleId("linear-in-features"),
    "error",
    Address("stage/fc"),
    "in_features is 7, but 9 arrive.",
    fixes=(Fix("a", "Set in_features to 9"), Fix("b", "Let it follow")),
)
HINT = Diagnostic(RuleId("idle"), "info", Address("image"), "Nothing reads it.")
VERDICT = Verdict(
    types=FrozenMap(
        {
            "image.output": TensorType(("B", 9)),
            "stage.y": TensorType(("B", 4)),
            "out.output": TensorType(("B", 4)),
        }
    ),
    parameters=FrozenMap({Address("stage/fc"): 1440}),
    flops=FrozenMap({Address("stage/fc"): 72}),
    diagnostics=(HINT, PROBLEM),
)


def test_a_node_is_named_by_its_path_of_display_names() -> None:
    assert label(PROJECT, Address("image")) == "picture"
    assert label(PROJECT, Address("stage/fc")) == "stage one / squeeze"
    assert label(PROJECT, Address("stage[1]/x")) == "stage one / x"
    assert label(PROJECT, Address("gone/fc")) == "gone/fc"


def test_a_problem_is_one_line_with_node_reason_and_fixes() -> None:
    assert problem_line(PROJECT, PROBLEM) == (
        "error: stage one / squeeze: in_features is 7, but 9 arrive. "
        "Fix: Set in_features to 9 (--fix a) or Let it follow (--fix b)"
    )
    assert problem_line(PROJECT, HINT) == "info: picture: Nothing reads it."


def test_json_has_errors_first_and_all_shapes() -> None:
    found = verdict_json(VERDICT)
    problems = found["problems"]
    assert isinstance(problems, list)
    assert [p["severity"] for p in problems] == ["error", "info"]
    assert problems[0]["fixes"][1] == {"id": "b", "title": "Let it follow"}
    assert found["shapes"] == {
        "image.output": ["B", 9],
        "stage.y": ["B", 4],
        "out.output": ["B", 4],
    }
    assert found["parameters"] == 1440


def test_the_table_sums_what_lies_inside_a_block() -> None:
    lines = table(PROJECT, specs_of(PROJECT), VERDICT).splitlines()
    assert [line.split()[0] for line in (lines[2], lines[3], lines[4])] == [
        "picture",
        "stage",
        "out",
    ]
    assert "B×4" in lines[3]
    assert "1,440" in lines[3]
    assert lines[-1].split() == ["total", "1,440", "72"]


def test_the_table_and_a_line_below_say_what_a_training_needs() -> None:
    kept = replace(VERDICT, activations=FrozenMap({Address("stage/fc"): 2304}))
    lines = table(PROJECT, specs_of(PROJECT), kept).splitlines()
    assert lines[3].endswith("2.2 KiB")
    assert lines[-1].split() == ["total", "1,440", "72", "2.2", "KiB"]
    assert memory_line(PROJECT, kept) == (
        "Memory to train with batches of 64: 11.2 KiB to 19.8 KiB "
        "(weights 5.6 KiB, gradients 5.6 KiB, optimizer 0 bytes, activations 2.2 KiB)."
    )
    assert verdict_json(kept)["activations"] == 2304


def test_the_table_says_why_a_shape_is_missing() -> None:
    waiting = Verdict(status=FrozenMap({Address("stage"): "error", Address("out"): "waiting"}))
    lines = table(PROJECT, specs_of(PROJECT), waiting).splitlines()
    assert "error" in lines[3]
    assert "waiting" in lines[4]
