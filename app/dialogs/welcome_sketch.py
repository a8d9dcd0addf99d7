"""A small picture of a drawing as blocks and wires, made from its file alone: places in 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
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
    lines = _lines(_columns(project, graph))
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
    return Sketch(tuple(blocks), tuple(_wires(graph, place, lanes)))


def _columns(project: Project, graph: Graph) -> list[list[NodeId]]:
    """Return the nodes from left to right; what steps the weights stands in the last column."""
    known = positions_of(project, "main")
    at = {node: known.get(node, (0.0, 0.0)) for node in graph.nodes}
    shown = sorted((n for n in at if graph.nodes[n].spec not in ENDS), key=lambda n: (at[n], n))
    plan = [node for node in shown if graph.nodes[node].kind in PLAN]
    body = [node for node in shown if graph.nodes[node].kind not in PLAN]
    columns = [list(nodes) for _, nodes in groupby(body, key=lambda n: at[n][0])]
    return [*columns, plan] if plan else columns


def _lines(columns: list[list[NodeId]]) -> list[list[list[NodeId]]]:
    count = -(-len(columns) // MOST_IN_LINE)
    size = -(-len(columns) // count) if count else 1
    return [columns[at : at + size] for at in range(0, len(columns), size)]


def _wires(
    graph: Graph, place: Mapping[NodeId, Place], lanes: Sequence[float]
) -> Iterable[SketchWire]:
    ends = [node for node, value in graph.nodes.items() if value.spec in ENDS]
    through = {port.node: end.node for port, end in graph.wires.items() if port.node in ends}
    for port, end in graph.wires.items():
        origin, passed = end.node, set[NodeId]()
        while origin in through and origin not in passed:
            passed.add(origin)
            origin = through[origin]
        if origin in place and port.node in place:
            (line, column, index), (line2, column2, index2) = place[origin], place[port.node]
            follows = (line, column + 1) == (line2, column2) or (line2 == line + 1 and column2 == 0)
            lane = lanes[min(line, line2)] if line != line2 else None
            yield SketchWire(index, index2, lane, follows)
