"""Measure the automatic layout of 1,000 nodes: CPU seconds, and wires that pass through a node.

Prints two JSON lines. ``ours`` is CPU time in seconds, the best of several runs, then a count;
``anchor`` and ``goal`` are the most that is allowed, and ``ratio`` is ours / anchor (for the count,
which may only be 0, one more than it).
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from graph_editor.document import edits
from graph_editor.document.layout import Arrangement, Point, arrange
from graph_editor.document.model import Graph, InPort, Node, NodeId, OutPort, PortPath

NODES, GOAL, ROUNDS = 1000, 0.5, 3
SIZES = ((160.0, 48.0), (140.0, 64.0), (200.0, 96.0))


def residual_graph(count: int) -> Graph:
    """Return a network of residual stages with skips over one stage, three and eight."""
    graph, last, joints = Graph(), NodeId("n0"), [NodeId("n0")]
    graph = edits.add_node(graph, last, Node("io.input"))
    for number in range(1, count):
        node_id = NodeId(f"n{number}")
        joint = number % 5 == 0
        graph = edits.add_node(graph, node_id, Node("op.add" if joint else "nn.Conv2d"))
        graph = edits.connect(graph, OutPort(last, "output"), InPort(node_id, PortPath("input")))
        if joint:
            back = joints[-min(len(joints), (1, 3, 8)[number // 5 % 3])]
            other = InPort(node_id, PortPath("other"))
            graph = edits.connect(graph, OutPort(back, "output"), other)
            joints.append(node_id)
        # every fourth joint starts a side branch, as towers and heads do
        last = joints[-4] if joint and number % 20 == 0 and len(joints) > 4 else node_id
    return graph


def wires_through_nodes(
    graph: Graph, made: Arrangement, sizes: dict[NodeId, tuple[float, float]]
) -> int:
    """Return how many pairs of a wire and a node there are in which the wire passes inside."""
    corners = [(made.positions[n], sizes[n]) for n in graph.nodes]
    boxes = sorted((x, y, x + w, y + h) for (x, y), (w, h) in corners)
    return sum(
        any(_enters(one, two, box) for one, two in pairwise(route))
        for route in made.routes.values()
        for box in boxes
    )


def _enters(one: Point, two: Point, box: tuple[float, float, float, float]) -> bool:
    """Whether a line passes through the inside of a box; touching its edge does not count."""
    left, top, right, bottom = box
    low, high = 0.0, 1.0
    for start, way, near, far in (
        (one[0], two[0] - one[0], left, right),
        (one[1], two[1] - one[1], top, bottom),
    ):
        if not way:
            if not near < start < far:
                return False
            continue
        first, last = sorted(((near - start) / way, (far - start) / way))
        low, high = max(low, first), min(high, last)
    return high - low > 1e-9


def main() -> None:
    graph = residual_graph(NODES)
    sizes = {node: SIZES[index % 3] for index, node in enumerate(graph.nodes)}
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        made = arrange(graph, sizes)
        seconds.append(time.process_time() - start)
    ours = min(seconds)
    through = wires_through_nodes(graph, made, sizes)
    line = {"name": "layout_1000_nodes_cpu_seconds", "ours": round(ours, 4), "anchor": GOAL}
    line |= {"ratio": round(ours / GOAL, 3), "goal": GOAL}
    print(json.dumps(line))
    line = {"name": "layout_1000_nodes_wires_through_nodes", "ours": through, "anchor": 0}
    print(json.dumps({**line, "ratio": 1.0 + through, "goal": 0}))


if __name__ == "__main__":
    main()
