"""Copies of copies are reckoned before they are made; too many are named, the rest is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.engine.evaluate_count import MOST, Count
from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    BlockId,
    Expr,
    Node,
    NodeId,
    Parameter,
    Project,
    Repeat,
)
from tests.checking.drawings import FLAT, HEAD, drawing, judged
from tests.corpus.form import Layer, adding, having, op, relu, with_block
from tests.engine.drawings import node
from tests.engine.drawings import project as project_of

SOUND = drawing(FLAT, HEAD)


def nested(*counts: int | Expr, parameters: tuple[Parameter, ...] = ()) -> Project:
    """Return a sound drawing that has a block in a block beside it, each so many times."""
    entry, project = op("x", "io.input"), SOUND
    for level, count in enumerate((None, *counts[:-1])):
        inner = relu("a") if count is None else copies("a", level - 1, count, "x")
        last = op("y", "io.output", "a" if count is None else "a.y")
        project = with_block(project, f"b{level}", entry, inner, last, parameters=parameters)
    return adding(project, copies("deep", len(counts) - 1, counts[-1], "flat"))


def copies(name: str, level: int, count: int | Expr, source: str) -> Layer:
    """Return a node that is so many copies of a block, one after another."""
    return Layer(name, f"block.b{level}", {}, {"x": source}, {"repeat": Repeat(count)})


def told(verdict: Verdict) -> dict[str, str]:
    return {str(d.node): d.message for d in verdict.diagnostics if d.code == "too-many-copies"}


@pytest.mark.parametrize(
    ("counts", "nodes"),
    [((30, 30, 30), "110,790"), ((100, 100), "40,300"), ((1000,) * 12, None)],
)
def test_the_outermost_is_named_and_the_rest_is_judged(
    counts: tuple[int, ...], nodes: str | None
) -> None:
    verdict = judged(nested(*counts))
    found = told(verdict)
    assert list(found) == ["deep"]
    assert nodes is None or f"comes to {nodes} nodes" in found["deep"]
    assert verdict.status[Address("deep")] == "unknown"
    assert verdict.status[Address("head")] == "ok"
    assert not verdict.has_errors


def test_fewer_are_judged() -> None:
    verdict = judged(nested(4, 3, 2))
    assert not told(verdict)
    found = [a for a in verdict.status if a.startswith("deep[")]
    assert "deep[1]/a[2]/a[3]/a" in found
    assert len(found) == 120 + 2 + 6  # those that are repeated have a word for all copies as well


def test_what_is_in_a_block_is_named_there() -> None:
    once = having(nested(300, 300, 1), "deep", repeat=None)
    assert list(told(judged(once))) == ["deep/a"]


def test_numbers_of_copies_that_parameters_say_count() -> None:
    many = nested(Expr("depth"), 200, parameters=(Parameter("depth", "int", default=300),))
    assert list(told(judged(many))) == ["deep"]
    few = nested(Expr("depth"), 2, parameters=(Parameter("depth", "int", default=3),))
    assert not told(judged(few))


def test_what_is_switched_off_counts_as_one() -> None:
    project = nested(300, 300)
    deep = project.main.graph.nodes[NodeId("deep")]
    count = Count(project)
    assert count.of(deep, {}) > MOST
    assert count.of(replace(deep, when=Expr("False")), {}) == 1
    assert count.of(replace(deep, repeat=Repeat(10**9)), {}) < MOST  # refused for itself


def test_a_block_within_itself_is_counted_once() -> None:
    again = copies("a", 0, 1000, "x")
    project = with_block(SOUND, "b0", op("x", "io.input"), again, op("y", "io.output", "a.y"))
    assert Count(project).of(Node("block.b0"), {}) <= 1003
    assert BlockId("b0") in project.blocks


@pytest.mark.parametrize(("depth", "refused"), [(22, False), (60, False), (62, True)])
def test_blocks_in_blocks(depth: int, refused: bool) -> None:
    def inside(place: int) -> dict[str, Any]:
        inner = node(f"block.b{place + 1}", {"x": "x"}) if place < depth - 1 else node("nn.ReLU")
        inner.setdefault("in", {"input": "x.output"})
        end = "u.y" if place < depth - 1 else "u"
        return {"x": node("io.input"), "u": inner, "y": node("io.output", end)}

    outer = {"x": node("io.input", shape=["=B", 3]), "u": node("block.b0", {"x": "x"})}
    outer["y"] = node("io.output", "u.y")
    blocks = {f"b{place}": {"nodes": inside(place)} for place in range(depth)}
    found = Judge().judge(project_of(outer, blocks))
    assert found.has_errors == refused
    assert all("60 are the most" in told.message for told in found.diagnostics)
