"""A small picture of a drawing as blocks and wires, made from its file alone: places in 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graph_editor.catalogue.families import Family, family_of
from graph_editor.catalogue.order import Lookup
from graph_editor.document.edits.placing import positions_of
from graph_editor.document.model import Graph, NodeId, Project

MOST_IN_LINE = 8
"""Columns of nodes side by side; longer drawings go on in a line below, as text does."""
ENDS = ("io.input", "io.output")
"""Marks on a wire, not blocks."""
TALL: tuple[Family, ...] = ("data", "loss", "block")
PLAN = ("optim", "lr_scheduler")
BETWEEN = 0.7
"""Free room between two lines, in rows; wires from one to the other run there."""
Place: TypeAlias = tuple[int, int, int]
"""Line, column in the line, and number of a block."""
Link: TypeAlias = tuple[NodeId, NodeId]


@dataclass(frozen=True, slots=True)
class SketchBlock:
    """A node: its middle and half its size, as shares of the picture."""

    node: NodeId
    family: Family
    x: float
    y: float
    half_width: float
    half_height: float


@dataclass(frozen=True, slots=True)
class SketchWire:
    """A wire between two blocks, by their numbers."""

    source: int
    target: int
    lane: float | None = None
    """Height at which it runs to another line; None: it stays in its own."""
    goes_on: bool = True
    """Whether it leads from one column to the next; others are drawn fainter."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """All blocks and wires of the main graph."""

    blocks: tuple[SketchBlock, ...]
    wires: tuple[SketchWire, ...]


def sketch_of(project: Project, lookup: Lookup) -> Sketch:
    """Return the picture of a project's main graph."""
    graph = project.main.graph
    links = _links(graph)
    lines = _lines(_columns(project, graph, links))
    longest = max(map(len, lines), default=1)
    tallest = [max(map(len, line)) for line in lines]
    rows = sum(tallest) + BETWEEN * (len(lines) - 1)
    blocks: list[SketchBlock] = []
    place: dict[NodeId, Place] = {}
    lanes: list[float] = []
    top = 0.0
    for number, line in enumerate(lines):
        shift = (longest - len(line)) / 2 if len(lines) == 1 else 0
        for column, nodes in enumerate(line):
            for row, node in enumerate(nodes):
                family = family_of(lookup(graph.nodes[node].spec), graph.nodes[node].kind)
                y = (top + tallest[number] / 2 + row - (len(nodes) - 1) / 2) / rows
                x = (shift + column + 0.5) / longest
                half = (0.42 if family in TALL else 0.3) / rows
                place[node] = (number, column, len(blocks))
                blocks.append(SketchBlock(node, family, x, y, 0.31 / longest, half))
        top += tallest[number] + BETWEEN
        lanes.append((top - BETWEEN / 2) / rows)
    return Sketch(tuple(blocks), tuple(_wires(links, place, lanes)))


def _columns(project: Project, graph: Graph, wires: Sequence[Link]) -> list[list[NodeId]]:
    """Return the nodes by how far they are from the data; what steps the weights comes last."""
    known = positions_of(project, "main")
    depths = _depths([node for node, value in graph.nodes.items() if value.spec not in ENDS], wires)
    columns: dict[int, list[NodeId]] = {}
    plan = []
    for node in sorted(depths, key=lambda n: (known.get(n, (0.0, 0.0))[1], n)):
        if graph.nodes[node].kind in PLAN:
            plan.append(node)
        else:
            columns.setdefault(depths[node], []).append(node)
    found = [columns[depth] for depth in sorted(columns)]
    return [*found, sorted(plan, key=lambda n: (depths[n], n))] if plan else found


def _depths(nodes: Sequence[NodeId], wires: Sequence[Link]) -> dict[NodeId, int]:
    """Return the length of the longest way to each node; circles are cut where they are met."""
    sources: dict[NodeId, list[NodeId]] = {node: [] for node in nodes}
    targets: dict[NodeId, list[NodeId]] = {node: [] for node in nodes}
    for source, target in wires:
        sources[target].append(source)
        targets[source].append(target)
    waiting = {node: len(found) for node, found in sources.items()}
    ready = [node for node, count in waiting.items() if not count]
    depths = dict.fromkeys(nodes, 0)
    for node in ready:
        for target in targets[node]:
            depths[target] = max(depths[target], depths[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depths


def _links(graph: Graph) -> list[Link]:
    """Return source and target of every wire, past the marks on it."""
    ends = [node for node, value in graph.nodes.items() if value.spec in ENDS]
    through = {port.node: end.node for port, end in graph.wires.items() if port.node in ends}
    found = []
    for port, end in graph.wires.items():
        origin, passed = end.node, set[NodeId]()
        while origin in through and origin not in passed:
            passed.add(origin)
            origin = through[origin]
        if origin not in ends and port.node not in ends and origin in graph.nodes:
            found.append((origin, port.node))
    return found


def _lines(columns: list[list[NodeId]]) -> list[list[list[NodeId]]]:
    count = -(-len(columns) // MOST_IN_LINE)
    size = -(-len(columns) // count) if count else 1
    return [columns[at : at + size] for at in range(0, len(columns), size)]


def _wires(
    wires: Sequence[Link], place: Mapping[NodeId, Place], lanes: Sequence[float]
) -> Iterable[SketchWire]:
    for source, target in wires:
        (line, column, index), (line2, column2, index2) = place[source], place[target]
        follows = (line, column + 1) == (line2, column2) or (line2 == line + 1 and column2 == 0)
        lane = lanes[min(line, line2)] if line != line2 else None
        yield SketchWire(index, index2, lane, follows)
