"""Conditions that hold at sizes which no try has: what they switch on is looked at all the same."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from tests.engine.differential import compare_project
from tests.engine.drawings import chain, node, project
from tests.engine.eager import Try
from tests.engine.eager_run import Execution

LONG = ("=B", "=T", 8)
FLAT = ("=B", 8)


def judged(shape: tuple[Any, ...], step: dict[str, Any], **main: Any) -> Verdict:
    """Return what is said of one node with a condition."""
    return Judge().judge(project(chain(step, shape=shape), **main), batch=4, fixes=False)


@pytest.mark.parametrize(
    ("shape", "condition", "size"),
    [
        (LONG, "input.shape[1] > 100", "T is 101"),
        (LONG, "T > 100", "T is 101"),
        (LONG, "T < 5", "T is 4"),
        (LONG, "2 * input.shape[1] + 1 == 401", "T is 200"),
        (FLAT, "input.shape[0] == 7", "B is 7"),
        (FLAT, "B > 64", "B is 65"),
        (FLAT, "epoch > 3", "epoch is 4"),
    ],
)
def test_what_no_try_switches_on_is_tried_where_it_is_on(
    shape: tuple[Any, ...], condition: str, size: str
) -> None:
    wrong = node("nn.Linear", in_features=77, out_features=8, when=f"={condition}")
    verdict = judged(shape, wrong)
    *others, found = verdict.diagnostics
    assert (found.code, found.node, found.severity) == ("refused-where-on", "n0", "warning")
    assert [d.code for d in others] == ["name-not-known"] * size.startswith("epoch")
    assert size in found.message
    assert verdict.types["n0.output"].text() == "?"
    named = {"T": int(size.split()[-1])} if size.startswith("T") else {}
    if not size.startswith("epoch"):
        batch = int(size.split()[-1]) if size.startswith("B") else 4
        stop = Execution(project(chain(wrong, shape=shape))).once(Try("", batch, True, named))
        assert stop is not None
        assert stop.node == "n0"


@pytest.mark.parametrize(
    ("shape", "step", "text"),
    [
        (LONG, node("nn.Linear", out_features=9, when="=T > 100"), "B×T×?"),
        (LONG, node("nn.Linear", out_features=8, when="=T > 100"), "B×T×8"),
        (FLAT, node("nn.Linear", out_features=9, when="=B > 1"), "B×?"),
        (FLAT, node("nn.BatchNorm1d", when="=B > 1"), "B×8"),
        (FLAT, node("nn.Linear", out_features=9, when="=B > 0"), "B×9"),
        (LONG, node("nn.AvgPool1d", kernel_size=4, when="=input.shape[-1] > 100"), "B×T×8"),
    ],
)
def test_a_wire_says_what_holds_for_both_truths(
    shape: tuple[Any, ...], step: dict[str, Any], text: str
) -> None:
    verdict = judged(shape, step)
    assert verdict.diagnostics == ()
    assert verdict.types["n0.output"].text() == text


def test_what_is_large_enough_only_where_it_is_on_is_no_fault() -> None:
    step = node("nn.AvgPool1d", kernel_size=64, when="=input.shape[-1] >= 64")
    verdict = judged(("=B", 3, "=T"), step)
    assert verdict.diagnostics == ()
    assert verdict.types["n0.output"].text() == "B×3×?"


@pytest.mark.parametrize("condition", ["False", "1 > 2", "wide", "input.shape[-1] != 8"])
def test_what_is_off_for_good_is_not_tried(condition: str) -> None:
    wrong = node("nn.Linear", in_features=77, out_features=8, when=f"={condition}")
    verdict = judged(LONG, wrong, parameters=[{"name": "wide", "type": "bool", "default": False}])
    assert verdict.diagnostics == ()
    assert verdict.types["n0.output"].text() == "B×T×8"


def test_a_block_that_no_try_switches_on_is_tried_inside() -> None:
    inner = {
        "a": node("io.input", shape=["=B", "=L", "=w"]),
        "fc": node("nn.Linear", "a", in_features=77, out_features=8),
        "b": node("io.output", "fc"),
    }
    nodes = chain(node("block.one", {"a": "x"}, when="=T > 100"), shape=LONG)
    nodes["y"] = node("io.output", "n0.b")
    drawn = project(nodes, {"one": {"nodes": inner}})
    (found,) = Judge().judge(drawn, batch=4, fixes=False).diagnostics
    assert (found.code, found.node) == ("refused-where-on", "n0")
    assert "n0/fc" in found.message


def test_a_layer_in_a_block_that_is_off_at_first_is_made_for_what_arrives_then() -> None:
    # as code is written: what a batch of four leaves out has weights for it, and fails for five
    block = {
        "in0": node("io.input"),
        "conv": node("nn.Conv1d", "in0", out_channels=2, kernel_size=3),
        "out0": node("io.output", "conv"),
    }
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "part": {"spec": "block.part", "in": {"in0": "x.output"}, "when": "=B > 4"},
        "y": node("io.output", "part.out0"),
    }
    blocks = {"part": {"nodes": block}}
    found = compare_project(Judge(), project(drawing, blocks))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "part/conv"


def test_what_a_block_that_is_off_writes_over_is_left_to_others() -> None:
    block = {
        "in0": node("io.input"),
        "over": node("nn.SELU", "in0", inplace=True),
        "out0": node("io.output", "over"),
    }
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "n": node("nn.Linear", "x", out_features=3),
        "s": node("torch.sigmoid", "n"),
        "part": {"spec": "block.part", "in": {"in0": "s.output"}, "when": "=not training"},
        "y": node("io.output", "part.out0"),
        "loss": node("torch.mean", "s"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    }
    found = compare_project(Judge(), project(drawing, {"part": {"nodes": block}}))
    assert found.word == "agreed", found.text()
    assert found.stops == ()
