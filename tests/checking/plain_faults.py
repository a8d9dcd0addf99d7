"""Drawings of the faults that the judge itself finds, which have no file of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph_editor.document.model import (
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Node,
    NodeId,
    Project,
    Repeat,
)
from tests.checking.drawings import FLAT, HEAD, B, drawing, project, with_node

SOUND = drawing(FLAT, HEAD)


@dataclass(frozen=True)
class Fault:
    """A drawing, and the code of what is wrong with it."""

    code: str
    project: Project


def changed(
    nodes: Mapping[str, Node | None] = FrozenMap(), wires: Mapping[str, str] = FrozenMap()
) -> Project:
    """Return the sound drawing with nodes added or (None) taken away, and wires added."""
    graph = SOUND.main.graph
    kept = {str(k): n for k, n in graph.nodes.items() if nodes.get(str(k), n) is not None}
    kept |= {k: n for k, n in nodes.items() if n is not None}
    joined = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in graph.wires.items()}
    joined |= wires
    joined = {
        t: s for t, s in joined.items() if {t.partition(".")[0], s.partition(".")[0]} <= set(kept)
    }
    return project(kept, joined, SOUND.run)


def argument(node: str, **args: Any) -> Project:
    """Return the sound drawing with arguments of a node changed."""
    before = SOUND.main.graph.nodes[NodeId(node)].args
    return with_node(SOUND, node, args=before.merged(args))


def looking_up(optimizer: str, **args: Any) -> Project:
    """Return a drawing in which rows are looked up for classes, with sparse gradients."""
    rows = {"num_embeddings": 10, "embedding_dim": 10, "sparse": True}
    layers = (("rows", "nn.Embedding", rows),)
    drawn = drawing(*layers, x=(B,), x_dtype="int64", y=(B, 10), loss="nn.MSELoss", classes=None)
    return with_node(drawn, "adam", spec=optimizer, args=FrozenMap(args))


def empty() -> Project:
    """Return a drawing in which a weight without any number is put beside the scores."""
    nodes = {
        "none": Node("param.tensor", args=FrozenMap({"shape": (0, 10)})),
        "cat": Node("torch.cat", args=FrozenMap({"dim": 0})),
    }
    wires = {
        "cat.tensors[0]": "head.output",
        "cat.tensors[1]": "none.output",
        "out.input": "cat.output",
    }
    return changed(nodes, wires)


def itself() -> Project:
    """Return a drawing with a block that contains itself."""
    inner = changed({"data": None, "loss": None, "adam": None, "deep": Node("block.ring")},
                    {"deep.x": "x.output"})  # fmt: skip
    wires = {"ring.x": "x.output", "flat.input": "ring.out"}
    drawn = drawing(("ring", "block.ring", {}), FLAT, HEAD, wires=wires)
    ring = Block(inner.main.graph, "Ring", inputs=(NodeId("x"),), outputs=(NodeId("out"),))
    return replace(drawn, blocks=FrozenMap({BlockId("ring"): ring}))


def copied() -> Project:
    """Return a drawing with copies of a block that holds a thousand copies of another."""
    core = changed({"data": None, "loss": None, "adam": None})
    inner = changed({"data": None, "loss": None, "adam": None,
                     "deep": Node("block.core", repeat=Repeat(1000))},
                    {"deep.x": "x.output"})  # fmt: skip
    wires = {"ring.x": "x.output", "flat.input": "ring.out"}
    drawn = drawing(("ring", "block.ring", {}), FLAT, HEAD, wires=wires)
    inputs, outputs = (NodeId("x"),), (NodeId("out"),)
    ring = Block(inner.main.graph, "Ring", inputs=inputs, outputs=outputs)
    blocks = {"ring": ring, "core": Block(core.main.graph, "Core", inputs=inputs, outputs=outputs)}
    drawn = replace(drawn, blocks=FrozenMap({BlockId(k): b for k, b in blocks.items()}))
    return with_node(drawn, "ring", repeat=Repeat(12))


def tied(one: str, other: str) -> Project:
    """Return a drawing with two layers, in which one weight is said to be another."""
    drawn = drawing(FLAT, ("a", "nn.Linear", {"out_features": 8}), HEAD)
    graph = replace(drawn.main.graph, ties=FrozenMap({one: other}))
    return drawn.with_block("main", replace(drawn.main, graph=graph))


def picked() -> Project:
    """Return a drawing in which numbers are picked by a mask: how many is not known before."""
    layers = (FLAT, ("mask", "op.gt", {"other": 0.0}), ("pick", "op.getitem", {"index": (Hole(),)}))
    wires = {"pick.input": "flat.output", "pick.index[0]": "mask.output"}
    return drawing(*layers, HEAD, wires=wires)


def foreign() -> Project:
    """Return a drawing with a schedule that is made of one of another optimizer."""
    part = Node("lr_scheduler.ConstantLR")
    return changed(
        {"other": Node("optim.SGD"), "part": part, "plan": Node("lr_scheduler.ChainedScheduler")},
        {"other.losses[0]": "loss.output", "part.optimizer": "other.optimizer",
         "plan.optimizer": "adam.optimizer", "plan.schedulers[0]": "part.scheduler"},
    )  # fmt: skip


PLATEAU = Node("lr_scheduler.ReduceLROnPlateau")
FAULTS = [
    Fault("missing-input", changed({"flat": None})),
    Fault("missing-input", with_node(changed({"data": None}), "x", args=FrozenMap())),
    Fault("missing-argument", with_node(SOUND, "head", args=FrozenMap())),
    Fault("expression", argument("head", out_features=Expr("width * 2"))),
    Fault("expression", argument("head", out_features=Expr("4 *"))),
    Fault("expression", argument("head", out_features=Expr("1 // 0"))),
    Fault("expression", with_node(SOUND, "flat", when=Expr("depth > 2"))),
    Fault("unknown-spec", with_node(SOUND, "flat", spec="nn.Flaten")),
    Fault("unknown-argument", argument("head", out_feature=10)),
    Fault("unknown-port", changed(wires={"head.other": "flat.output"})),
    Fault("input-shape", argument("x", shape=(B, 1, 28, 28))),
    Fault("input-shape", argument("x", shape=(B, 3, 1024))),
    Fault("input-type", argument("x", dtype=Name("int64"))),
    Fault("repeat-count", with_node(SOUND, "flat", repeat=Repeat(-1))),
    Fault("repeat-count", with_node(SOUND, "flat", repeat=Repeat(100_000))),
    Fault("too-many-copies", copied()),
    Fault("repeat-scan", with_node(SOUND, "flat", repeat=Repeat(2, over=FrozenMap({"input": 1})))),
    Fault("loss-not-scalar", argument("loss", reduction="none")),
    Fault("metric-not-scalar", changed({"plan": PLATEAU},
          {"plan.optimizer": "adam.optimizer", "plan.metrics": "out.output"})),
    Fault("wrong-kind", changed({"plan": Node("lr_scheduler.CosineAnnealingLR",
                                              args=FrozenMap({"T_max": 10}))},
          {"plan.optimizer": "loss.output"})),
    Fault("recursive-block", itself()),
    Fault("batch-of-one", drawing(FLAT, ("norm", "nn.BatchNorm1d", {}), HEAD,
                                  run={"batch_size": 1})),
    Fault("cycle", drawing(FLAT, ("a", "nn.ReLU", {}), ("b", "nn.ReLU", {}), HEAD,
                           wires={"a.input": "b.output"})),
    Fault("unknown-output", drawing(FLAT, HEAD, wires={"head.input": "flat.result"})),
    Fault("depends-on-data", picked()),
    Fault("tie-mismatch", tied("a.weight", "head.weight")),
    Fault("refused-where-on", with_node(
        drawing(FLAT, ("wide", "nn.Linear", {"in_features": 77, "out_features": 8}), HEAD),
        "wide", when=Expr("B > 100"))),
    Fault("no-such-weight", tied("a.weight", "head.wait")),
    Fault("not-a-loss", changed({"one": Node("const.value", args=FrozenMap({"value": 1}))},
                                {"adam.losses[0]": "one.output"})),
    Fault("foreign-scheduler", foreign()),
    Fault("gradient-not-sparse", with_node(SOUND, "adam", spec="optim.SparseAdam")),
    Fault("gradient-sparse", looking_up("optim.Adam")),
    Fault("gradient-sparse", looking_up("optim.SGD", weight_decay=0.1)),
    Fault("weight-not-matrix", with_node(SOUND, "adam", spec="optim.Muon")),
    Fault("weight-empty", with_node(empty(), "adam", spec="optim.Adafactor")),
]  # fmt: skip
"""One drawing or more for each code."""
