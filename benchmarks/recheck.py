"""Time of a re-check after one edit in a 999-node residual network, against ``torchinfo.summary``.

Run as ``python -m benchmarks.recheck``. Prints one JSON line for the time and one for the exact
number of operations that were executed.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import nn
from torchinfo import summary

from app.engine.judge import Judge
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

STAGES = 4
NODES = 999
BATCH = 16
GOAL = 1 / 40
ROUNDS = 15


class Drawing:
    """Nodes and wires as they are added, and the same network as a module."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[InPort, OutPort] = {}

    def add(self, name: str, spec: str, wires: dict[str, str], **args: object) -> str:
        """Add a node and return its name; a source without a port is its ``output``."""
        self.nodes[NodeId(name)] = Node(spec, args=FrozenMap(args))  # type: ignore[arg-type]
        for port, source in wires.items():
            node, _, made = source.partition(".")
            output = OutPort(NodeId(node), made or "output")
            self.wires[InPort(NodeId(name), PortPath(port))] = output
        return name

    def project(self) -> Project:
        """Return the project drawn so far."""
        graph = Graph(FrozenMap(self.nodes), FrozenMap(self.wires))
        main = Block(graph, "Main", (), (NodeId("x"),), (NodeId("y"),))
        return Project(main, run=FrozenMap({"batch_size": BATCH}))


class Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x and what the convolutions add to it."""
        return self.relu2(x + self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x))))))


def drawn() -> tuple[Project, nn.Module]:
    """Return a network of NODES nodes as a project, and the same one as a module."""
    drawing, modules, channels = Drawing(), list[nn.Module](), 8
    drawing.add("x", "io.input", {}, shape=(Expr("B"), 3, 32, 32))
    last, before = (
        drawing.add("stem", "nn.Conv2d", {"input": "x"}, out_channels=8, kernel_size=1),
        3,
    )
    modules.append(nn.Conv2d(3, channels, 1))
    blocks = (NODES - 3 - 2 * (STAGES - 1) - 3) // 7
    for index in range(blocks):
        if index and index % (blocks // STAGES) == 0 and channels < 8 * 2 ** (STAGES - 1):
            before, channels = channels, channels * 2
            strided = {"out_channels": channels, "kernel_size": 1, "stride": 2}
            last = drawing.add(f"d{index}", "nn.Conv2d", {"input": last}, **strided)
            last = drawing.add(f"e{index}", "nn.ReLU", {"input": last})
            modules += [nn.Conv2d(before, channels, 1, 2), nn.ReLU()]
        last = residual(drawing, index, last, channels)
        modules.append(Residual(channels))
    last = drawing.add("pool", "nn.AdaptiveAvgPool2d", {"input": last}, output_size=1)
    last = drawing.add("flat", "nn.Flatten", {"input": last})
    last = drawing.add("head", "nn.Linear", {"input": last}, out_features=10)
    modules += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    while len(drawing.nodes) < NODES - 1:
        last = drawing.add(f"z{len(drawing.nodes)}", "nn.Identity", {"input": last})
        modules.append(nn.Identity())
    drawing.add("y", "io.output", {"input": last})
    return drawing.project(), nn.Sequential(*modules)


def residual(drawing: Drawing, index: int, last: str, channels: int) -> str:
    """Add the seven nodes of a residual block."""
    same = {"out_channels": channels, "kernel_size": 3, "padding": 1, "bias": False}
    inner = drawing.add(f"a{index}", "nn.Conv2d", {"input": last}, **same)
    inner = drawing.add(f"b{index}", "nn.BatchNorm2d", {"input": inner})
    inner = drawing.add(f"c{index}", "nn.ReLU", {"input": inner})
    inner = drawing.add(f"f{index}", "nn.Conv2d", {"input": inner}, **same)
    inner = drawing.add(f"g{index}", "nn.BatchNorm2d", {"input": inner})
    inner = drawing.add(f"h{index}", "op.add", {"input": last, "other": inner})
    return drawing.add(f"i{index}", "nn.ReLU", {"input": inner})


def edited(project: Project, node: str, name: str, value: object) -> Project:
    """Return the project with one argument changed."""
    graph = project.main.graph
    before = graph.nodes[NodeId(node)]
    after = replace(before, args=before.args.set(name, value))  # type: ignore[arg-type]
    graph = replace(graph, nodes=graph.nodes.set(NodeId(node), after))
    return project.with_block("main", replace(project.main, graph=graph))


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    project, module = drawn()
    judge = Judge()
    cold = seconds(lambda: judge.judge(project))
    ours, counts = [], []
    for turn in range(ROUNDS):
        project = edited(project, "b50", "eps", 1e-5 * (turn + 2))

        def recheck(project: Project = project) -> None:
            counts.append(judge.judge(project).evaluated)

        ours.append(seconds(recheck))
    nodes = len(project.main.graph.nodes)
    for batch in (BATCH, 1):
        shape = (batch, 3, 32, 32)
        found = [seconds(partial(summary, module, shape, verbose=0, device="cpu")) for _ in "abc"]
        time_, anchor = statistics.median(ours), statistics.median(found)
        print(json.dumps({
            "name": f"recheck of {nodes} nodes after one edit; summary with batch {batch}",
            "ours": time_, "anchor": anchor, "ratio": time_ / anchor, "goal": GOAL, "cold": cold,
        }))  # fmt: skip
    print(json.dumps({
        "name": "operations executed for one edit", "ours": max(counts), "anchor": 3,
        "ratio": max(counts) / 3, "goal": 1,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
