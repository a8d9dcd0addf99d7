"""How long the code of a large drawing takes, beside torch.fx's for the same graph.

python benchmarks/codegen.py
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Block,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

LAYERS: tuple[tuple[str, dict[str, int]], ...] = (
    ("nn.Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1}),
    ("nn.BatchNorm2d", {"num_features": 8}),
    ("nn.ReLU", {}),
    ("nn.Conv2d", {"in_channels": 8, "out_channels": 8, "kernel_size": 3, "padding": 1}),
    ("nn.BatchNorm2d", {"num_features": 8}),
)
"""One residual block; an addition and an activation follow."""


def drawing(size: int) -> Project:
    """Return a flat residual network of about size nodes."""
    nodes: dict[NodeId, Node] = {NodeId("image"): Node("io.input", name="image")}
    wires: dict[InPort, OutPort] = {}

    def add(spec: str, args: dict[str, int], **sources: NodeId) -> NodeId:
        node = NodeId(f"n{len(nodes)}")
        nodes[node] = Node(spec, args=FrozenMap(args))
        for port, source in sources.items():
            wires[InPort(node, PortPath(port))] = OutPort(source, "output")
        return node

    last = NodeId("image")
    while len(nodes) < size - 1:
        start = last
        for spec, args in LAYERS:
            last = add(spec, args, input=last)
        last = add("op.add", {}, input=last, other=start)
        last = add("nn.ReLU", {}, input=last)
    output = add("io.output", {}, input=last)
    graph = Graph(FrozenMap(nodes), FrozenMap(wires))
    return Project(Block(graph, "Large", (), (NodeId("image"),), (output,)))


def fastest(run: Callable[[], object], times: int = 7) -> float:
    """Return the shortest CPU time of several runs, in seconds."""
    found = []
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def ours(size: int) -> float:
    """Return the time from values to text."""
    project = drawing(size)
    return fastest(lambda: write_model(project, specs_of(project), Verdict()))


def anchor(size: int) -> float:
    """Return the time that torch.fx takes for the text of the same graph."""
    import torch
    from torch import fx

    project = drawing(size)
    space: dict[str, type[torch.nn.Module]] = {}
    text = write_model(project, specs_of(project), Verdict())
    exec(compile(text.source.text, "model.py", "exec"), space)  # noqa: S102  # our own text
    graph = fx.symbolic_trace(space[text.class_name]()).graph
    return fastest(lambda: graph.python_code("self"))


def main() -> None:
    """Print one line of JSON per figure."""
    small, large, theirs = ours(1_000), ours(10_000), anchor(1_000)
    linearity = large / 10 / small
    for line in (
        {"name": "code of 1,000 nodes", "ours": small, "anchor": theirs,
         "ratio": small / theirs, "goal": 0.5},
        {"name": "code of 10,000 nodes, time per node beside 1,000", "ours": large / 10_000,
         "anchor": small / 1_000, "ratio": linearity, "goal": 1.3},
    ):  # fmt: skip
        print(json.dumps(line))


if __name__ == "__main__":
    main()
