"""What is wrong with a drawing as it is drawn: nodes upon nodes, wires through nodes, crossings."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TypeAlias

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.document.model import InPort, NodeId

Spot: TypeAlias = tuple[float, float]
EVERY = 10.0
"""Pixels between points of a wire that are looked at."""


def overlapping(canvas: Canvas) -> list[tuple[NodeId, NodeId]]:
    """Return pairs of nodes that lie upon each other."""
    rects = {node: item.rect() for node, item in canvas.world.nodes.items()}
    return [(a, b) for a, b in combinations(rects, 2) if rects[a].intersects(rects[b])]


def points_of(wire: WireItem) -> list[Spot]:
    """Return points along a wire as it is painted."""
    path = wire.path()
    count = max(int(path.length() / EVERY), 2)
    points = [path.pointAtPercent(step / count) for step in range(count + 1)]
    return [(point.x(), point.y()) for point in points]


def through(canvas: Canvas) -> list[tuple[InPort, NodeId]]:
    """Return the wires that pass a node which they neither leave nor enter."""
    found = []
    for target, wire in canvas.world.wires.items():
        points = points_of(wire)
        for node, item in canvas.world.nodes.items():
            rect = item.rect().adjusted(1, 1, -1, -1)
            own = node in (wire.source.node, target.node)
            if not own and any(rect.contains(*point) for point in points):
                found.append((target, node))
    return found


def crossings(canvas: Canvas) -> list[tuple[InPort, InPort]]:
    """Return pairs of wires from different outputs that cross."""
    wires = [(target, wire.source, points_of(wire)) for target, wire in canvas.world.wires.items()]
    found = []
    for (one, source, way), (two, other, road) in combinations(wires, 2):
        if source != other and _meet(way, road):
            found.append((one, two))
    return found


def _meet(way: list[Spot], road: list[Spot]) -> bool:
    for axis in (0, 1):
        here, there = [spot[axis] for spot in way], [spot[axis] for spot in road]
        if max(here) < min(there) or max(there) < min(here):
            return False
    return any(_cross(*one, *two) for one in pairwise(way) for two in pairwise(road))


def _cross(a: Spot, b: Spot, c: Spot, d: Spot) -> bool:
    return _side(a, b, c) * _side(a, b, d) < -1e-6 and _side(c, d, a) * _side(c, d, b) < -1e-6


def _side(a: Spot, b: Spot, c: Spot) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
