"""Copies of copies are reckoned before they are made; too many are named, the rest is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.evaluate_count import MOST, Count
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
)
from tests.checking.drawings import FLAT, HEAD, drawing, judged

SOUND = drawing(FLAT, HEAD)


def chain(inner: Node, **said: object) -> Block:
    """Return a block of one node between an input and an output."""
    nodes = {"x": Node("io.input"), "a": inner, "y": Node("io.output")}
    wires = {("a", "input"): ("x", "output"), ("y", "input"): ("a", "output")}
    if inner.kind == "block":
        wires = {("a", "x"): ("x", "output"), ("y", "input"): ("a", "y")}
    graph = Graph(
        FrozenMap({NodeId(k): n for k, n in nodes.items()}),
        FrozenMap(
            {
                InPort(NodeId(t), PortPath(p)): OutPort(NodeId(s), o)
                for (t, p), (s, o) in wires.items()
            }
        ),
    )
    return Block(graph=graph, inputs=(NodeId("x"),), outputs=(NodeId("y"),), **said)  # type: ignore[arg-type]  # fields


def nested(*counts: int | Expr, **said: object) -> Project:
    """Return a sound drawing that has a block in a block beside it, each so many times."""
    project = SOUND.with_block("b0", chain(Node("nn.ReLU")))
    for level, count in enumerate(counts[:-1], 1):
        inner = Node(f"block.b{level - 1}", repeat=Repeat(count))
        project = project.with_block(f"b{level}", chain(inner, **said))
    deep = Node(f"block.b{len(counts) - 1}", repeat=Repeat(counts[-1]))
    graph = project.main.graph
    wire = InPort(NodeId("deep"), PortPath("x"))
    graph = replace(
        graph,
        nodes=graph.nodes.set(NodeId("deep"), deep),
        wires=graph.wires.set(wire, OutPort(NodeId("flat"), "output")),
    )
    return project.with_block("main", replace(project.main, graph=graph))


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
    copies = [a for a in verdict.status if a.startswith("deep[")]
    assert "deep[1]/a[2]/a[3]/a" in copies
    assert len(copies) == 120 + 2 + 6  # those that are repeated have a word for all copies as well


def test_what_is_in_a_block_is_named_there() -> None:
    project = nested(300, 300, 1)
    graph = project.main.graph
    once = replace(graph.nodes[NodeId("deep")], repeat=None)
    graph = replace(graph, nodes=graph.nodes.set(NodeId("deep"), once))
    verdict = judged(project.with_block("main", replace(project.main, graph=graph)))
    assert list(told(verdict)) == ["deep/a"]


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
    project = SOUND.with_block("b0", chain(Node("block.b0", repeat=Repeat(1000))))
    assert Count(project).of(Node("block.b0"), {}) <= 1003
    assert BlockId("b0") in project.blocks
