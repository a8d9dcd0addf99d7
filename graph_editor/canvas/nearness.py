"""What is near a place of the scene: the port or the wire that is meant by it."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from PySide6.QtCore import QLineF, QPointF, QRectF

from graph_editor.canvas.drawn_graph import BOUNDS, DrawnGraph, Spot
from graph_editor.canvas.items.node_item import MARGIN, NodeItem
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.routing import polyline
from graph_editor.document.model import InPort, OutPort

CORE = 0.25
"""How far into a node a port reaches at most, as a share of its smaller side: small marks keep a
middle by which they are taken."""


def port_near(scene: DrawnGraph, at: QPointF, radius: float) -> InPort | OutPort | None:
    """Return the port nearest to a place, of those that are shown."""
    best: InPort | OutPort | None = None
    nearest = radius
    for item in scene.items(_around(at, radius + MARGIN), BOUNDS):
        if not isinstance(item, NodeItem):
            continue
        core = CORE * min(item.anatomy.width, item.anatomy.height)
        quiet = scene.scope.has_wire or item.state.is_selected or item.state.is_hovered
        for places in (item.anatomy.inputs, item.anatomy.outputs):
            for place in places.values():
                if place.quiet and not quiet:
                    continue
                away = hypot(item.x0 + place.x - at.x(), item.y0 + place.y - at.y())
                if away <= nearest and not (away > core and item.rect().contains(at)):
                    best, nearest = place.ref, away
    return best


def wire_near(scene: DrawnGraph, at: QPointF, radius: float) -> InPort | None:
    """Return the wire nearest to a place."""
    near = [
        (_distance(item, at), item.target)
        for item in scene.items(_around(at, radius), BOUNDS)
        if isinstance(item, WireItem)
    ]
    found = min(near, key=lambda pair: pair[0], default=None)
    return found[1] if found is not None and found[0] <= radius else None


def dot_near(scene: DrawnGraph, at: QPointF, radius: float) -> tuple[InPort, int] | None:
    """Return the nearest point that a wire is led past, as the wire and the point's number."""
    best: tuple[InPort, int] | None = None
    nearest = radius
    for item in scene.items(_around(at, radius), BOUNDS):
        if not isinstance(item, WireItem):
            continue
        for index, (x, y) in enumerate(item.bends):
            away = hypot(x - at.x(), y - at.y())
            if away <= nearest:
                best, nearest = (item.target, index), away
    return best


def place_in(wire: WireItem, at: QPointF) -> int:
    """Return after how many of a wire's bends a place on it comes."""
    knots = [wire.start, *wire.bends, wire.end]
    pieces = []
    for index in range(len(knots) - 1):
        ends = (knots[index], knots[index + 1])
        leaves = wire.leaves if index == 0 else "bottom" if wire.runs_down else "right"
        last = index == len(knots) - 2
        enters = wire.enters if last else "top" if wire.runs_down else "left"
        spots = polyline(ends[0], leaves, ends[1], enters)
        pieces.append((min(_to_line(at, a, b) for a, b in pairwise(spots)), index))
    return min(pieces)[1]


def point_on(wire: WireItem, at: QPointF) -> Spot:
    """Return the point of a wire that is nearest to a place."""
    spots = polyline(wire.start, wire.leaves, wire.end, wire.enters, wire.bends)
    feet = [_foot(at, one, two) for one, two in pairwise(spots)]
    return min(feet, key=lambda spot: hypot(spot[0] - at.x(), spot[1] - at.y()))


def wires_across(scene: DrawnGraph, stroke: QLineF) -> list[InPort]:
    """Return the wires that a straight line crosses."""
    area = QRectF(stroke.p1(), stroke.p2()).normalized().adjusted(-1, -1, 1, 1)
    return [
        item.target
        for item in scene.items(area, BOUNDS)
        if isinstance(item, WireItem) and item.isVisible() and _crosses(item, stroke)
    ]


def _crosses(wire: WireItem, stroke: QLineF) -> bool:
    bounded = QLineF.IntersectionType.BoundedIntersection
    return any(line.intersects(stroke)[0] == bounded for line in wire.far_lines())


def _distance(wire: WireItem, at: QPointF) -> float:
    """Return how far a place is from a wire."""
    spots = polyline(wire.start, wire.leaves, wire.end, wire.enters, wire.bends)
    return min(
        (_to_line(at, one, two) for one, two in pairwise(spots)),
        default=float("inf"),
    )


def _to_line(at: QPointF, one: Spot, two: Spot) -> float:
    x, y = _foot(at, one, two)
    return hypot(at.x() - x, at.y() - y)


def _foot(at: QPointF, one: Spot, two: Spot) -> Spot:
    """Return the point of a straight piece that is nearest to a place."""
    dx, dy = two[0] - one[0], two[1] - one[1]
    length = dx * dx + dy * dy
    share = ((at.x() - one[0]) * dx + (at.y() - one[1]) * dy) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return (one[0] + share * dx, one[1] + share * dy)


def _around(at: QPointF, radius: float) -> QRectF:
    return QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
