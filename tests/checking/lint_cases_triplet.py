"""Triplets of which two are one, and sound ones."""

from __future__ import annotations

from dataclasses import replace

from graph_editor.document.model import Arg, FrozenMap, InPort, Node, NodeId, PortPath, Project
from tests.checking.drawings import FLAT, HEAD, B, drawing, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

CODE = "loss-of-itself"


def triplet(positive: str, negative: str, *between: str, **args: Arg) -> Project:
    """Return a triplet of what one layer gives of samples, and of the next ones of a batch."""
    made = drawing(FLAT, HEAD, loss="nn.TripletMarginLoss", y=(B, 10), classes=None)
    steps = {"near": 1, "far": 2}
    nodes = {
        name: Node("torch.roll", args=FrozenMap({"shifts": steps[name], "dims": 0}))
        for name in (positive, negative)
    }
    wires = {f"{name}.input": "head.output" for name in nodes}
    nodes |= {f"node{k}": Node(spec) for k, spec in enumerate(between)}
    for k, _ in enumerate(between):
        wires[f"node{k}.input"] = f"node{k - 1}.output" if k else f"{negative}.output"
    last = f"node{len(between) - 1}" if between else negative
    wires |= {"loss.anchor": "out.output", "loss.positive": f"{positive}.output"}
    made = more(made, nodes, {**wires, "loss.negative": f"{last}.output"})
    graph = made.main.graph
    ports = [InPort(NodeId("loss"), PortPath(port)) for port in ("input", "target")]
    kept = FrozenMap({k: v for k, v in graph.wires.items() if k not in ports})
    made = made.with_block("main", replace(made.main, graph=replace(graph, wires=kept)))
    return with_node(made, "loss", args=FrozenMap(args))


CASES = [
    Case(CODE, "warning", "loss", ("“near” as positive and as negative", "B×10", "margin 1.0"), (),
         triplet("near", "near")),
    Case(CODE, "warning", "loss", ("“near” as positive", "margin 0.2"), (),
         triplet("near", "near", "nn.Identity", margin=0.2)),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, triplet("near", "far")),
    (CODE, triplet("far", "near", margin=0.2)),
    (CODE, triplet("near", "far", "nn.Identity")),
    (CODE, triplet("near", "near", "nn.Dropout")),
    (CODE, triplet("near", "far", swap=True)),
]
