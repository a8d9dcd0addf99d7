"""Measure how long a project of 10,000 nodes and 15,000 wires takes to load and validate.

Prints one JSON line. ``ours`` is CPU time in seconds, the best of several runs; ``anchor`` is what
``json.loads`` alone takes for the same text, ``ratio`` is ours / anchor, and ``goal`` is the
largest CPU time that is allowed.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from graph_editor.document.files import dumps, loads
from graph_editor.document.model import (
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

BLOCKS, PER_BLOCK = 2500, 4
GOAL = 0.5


def residual_chain() -> Project:
    """Return convolution, norm, activation and sum, 2,500 times: 10,000 nodes, 15,000 wires."""
    nodes: dict[NodeId, Node] = {}
    wires: dict[InPort, OutPort] = {}

    def add(name: str, spec: str, sources: dict[str, str], **args: object) -> str:
        node = NodeId(name)
        nodes[node] = Node(spec, args=FrozenMap(args))  # type: ignore[arg-type]
        for port, source in sources.items():
            wires[InPort(node, PortPath(port))] = OutPort(NodeId(source), "output")
        return name

    last = add("x", "io.input", {}, shape=(Expr("B"), 64, 32, 32))
    before = last
    for k in range(BLOCKS):
        conv = add(
            f"conv_{k}", "nn.Conv2d", {"input": last}, out_channels=64, kernel_size=3, padding=1
        )
        norm = add(f"norm_{k}", "nn.BatchNorm2d", {"input": conv}, momentum=0.1)
        act = add(f"act_{k}", "nn.ReLU", {"input": norm}, inplace=False)
        sources = {"tensors[0]": act, "tensors[1]": last, "tensors[2]": before}
        before, last = last, add(f"sum_{k}", "torch.cat", sources, dim=1)
    at = FrozenMap({node: (160 * i, 40 * (i % 7)) for i, node in enumerate(nodes)})
    main = Block(Graph(FrozenMap(nodes), FrozenMap(wires)), "Main", inputs=(NodeId("x"),))
    return Project(main, layout=FrozenMap({"main": FrozenMap({"at": at})}))


def best(work: Callable[[], object], times: int = 7) -> float:
    """Return the smallest CPU time of some runs, in seconds."""
    found = []
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    project = residual_chain()
    text = dumps(project)
    assert loads(text).project == project
    ours, anchor = best(lambda: loads(text)), best(lambda: json.loads(text))
    graph = project.main.graph
    print(
        json.dumps(
            {
                "name": f"load + validate, {len(graph.nodes)} nodes, {len(graph.wires)} wires",
                "ours": round(ours, 4),
                "anchor": round(anchor, 4),
                "ratio": round(ours / anchor, 2),
                "goal": GOAL,
                "unit": "s CPU; anchor: json.loads alone; goal: ours",
            }
        )
    )


if __name__ == "__main__":
    main()
