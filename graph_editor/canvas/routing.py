"""The way of a wire from port to port, past its bends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from PySide6.QtGui import QPainterPath

from graph_editor.canvas.anatomy import Side

Spot: TypeAlias = tuple[float, float]
WAYS: dict[Side, Spot] = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
NEAR, FAR = 24.0, 160.0
STEPS = 6
"""Straight pieces that stand for a curve in the far view."""


def route(
    start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot] = ()
) -> QPainterPath:
    """Return the path of a wire, straight where it can be.

    It is level at its bends; one that leaves and enters at tops and bottoms is upright there.
    """
    path = QPainterPath()
    path.moveTo(*start)
    for one, two in pairwise(_knots(start, leaves, end, enters, bends)):
        _join(path, one, two)
    return path


Knot: TypeAlias = tuple[Spot, Spot, Spot]
"""A point, and the ways in which a wire arrives there and goes on."""


def _knots(start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot]) -> list[Knot]:
    out = WAYS[leaves]
    back = WAYS[enters]
    into = (-back[0], -back[1])
    if not bends:
        return [(start, out, out), (end, into, into)]
    spots = [start, *bends, end]
    knots: list[Knot] = [(start, out, out)]
    upright = not out[0] and not back[0]
    for before, here, after in zip(spots, bends, spots[2:], strict=False):
        run = after[upright] - before[upright]
        on = 1.0 if run >= 0 else -1.0
        way = (0.0, on) if upright else (on, 0.0)
        knots.append((here, way, way))
    knots.append((end, into, into))
    return knots


def _join(path: QPainterPath, one: Knot, two: Knot) -> None:
    handles = _handles(one, two)
    if handles is None:
        path.lineTo(*two[0])
    else:
        path.cubicTo(*handles[0], *handles[1], *two[0])


def _handles(one: Knot, two: Knot) -> tuple[Spot, Spot] | None:
    """Return the points that a curve is drawn to; None where the piece is straight."""
    (x1, y1), _, (ax, ay) = one
    (x2, y2), (bx, by), _ = two
    dx, dy = x2 - x1, y2 - y1
    if ax == bx and ay == by:  # it goes on the same way
        if not dx * ay + dy * ax and dx * ax + dy * ay >= 0:
            return None
        reach1 = reach2 = _reach(dx, dy, ax, ay)
    elif ax == -bx and ay == -by:  # it turns back
        reach1 = reach2 = min(FAR / 2, max(NEAR, abs(dx * ay + dy * ax) / 3))
    else:
        reach1, reach2 = _reach(dx, dy, ax, ay), _reach(dx, dy, bx, by)
    return (x1 + ax * reach1, y1 + ay * reach1), (x2 - bx * reach2, y2 - by * reach2)


def _reach(dx: float, dy: float, ax: float, ay: float) -> float:
    """Return how far a curve goes on in the way it has before it turns."""
    along = dx * ax + dy * ay
    across = abs(dx * ay) + abs(dy * ax)
    if along > 0:
        return max(along / 2, min(NEAR, across / 2))
    return min(FAR, max(NEAR, across / 3, -along / 2))


def is_level(start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot]) -> bool:
    """Whether a wire is one straight line to the right."""
    level = start[1] == end[1] and start[0] < end[0]
    return level and not bends and leaves == "right" and enters == "left"


def is_upright(start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot]) -> bool:
    """Whether a wire is one straight line down."""
    upright = start[0] == end[0] and start[1] < end[1]
    return upright and not bends and leaves == "bottom" and enters == "top"


def polyline(
    start: Spot, leaves: Side, end: Spot, enters: Side, bends: Sequence[Spot] = ()
) -> list[Spot]:
    """Return points along a wire: its corners, and some on its curves."""
    spots = [start]
    for one, two in pairwise(_knots(start, leaves, end, enters, bends)):
        handles = _handles(one, two)
        if handles is not None:
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = one[0], *handles, two[0]
            spots.extend(
                (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3)
                for a, b, c, d in WEIGHTS
            )
        spots.append(two[0])
    return spots


WEIGHTS = tuple(
    ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    for t in (step / STEPS for step in range(1, STEPS))
)
