"""The place of a node that is put into a wire: in it where there is room, else close above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import TypeAlias

from graph_editor.canvas.anatomy import GRID, Anatomy, Place, Side
from graph_editor.canvas.routing import WAYS, Spot

Box: TypeAlias = tuple[float, float, float, float]
CLEAR, TIGHT = 3 * GRID, 1.5 * GRID
"""Room that a node keeps to every other, so that rings and wires between them are seen; and the
least, which it has where it would have to stand far off else."""
LEAD = 3.0 * GRID
"""How far a wire goes on in its way before it turns."""
DETOUR, BELOW, CENTRE, OUTSIDE = 4.0, 1.0, 0.05, 1.0
"""What it costs a place that a wire goes back, that it is below the wire, not in its middle, and
outside of the area of all nodes, which is what is in view."""
SQUEEZE = 100.0
"""What it may cost more to stand with all the room."""
REACH, STEP = (320, 256), 2 * GRID
"""How far from the middle of the wire a place is looked for, across and down."""
FAR_SHARE = 0.3
"""What the way to a node counts that begins a new row: it stands by what it leads to."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a wire begins or ends, and on which side of a node."""

    x: float
    y: float
    side: Side


def box_of(spot: Spot, build: Anatomy) -> Box:
    """Return what a node covers."""
    return (spot[0], spot[1], spot[0] + build.width, spot[1] + build.height)


def overlaps(one: Box, other: Box, room: float = 0.0) -> bool:
    """Whether two areas are nearer to each other than some room."""
    return (
        one[0] < other[2] + room
        and other[0] < one[2] + room
        and one[1] < other[3] + room
        and other[1] < one[3] + room
    )


def place_between(
    build: Anatomy, ports: tuple[Place, Place], ends: tuple[End, End], boxes: Iterable[Box]
) -> Spot | None:
    """Return the nearest place on a wire at which a node covers no other; None: there is none.

    ``ports`` are the node's own through which the wire will go, ``ends`` those of the wire now.
    """
    start, end = ends
    taken = list(boxes)
    area = area_of(taken)
    starts_row = end.x - start.x < -build.width and end.side == "left"
    share = FAR_SHARE if starts_row else 1.0
    middle = ((start.x + end.x) / 2, (start.y + end.y) / 2)
    if starts_row:
        middle = (end.x - LEAD - build.width / 2, end.y)

    def cost(spot: Spot) -> float:
        enter, leave = (End(spot[0] + p.x, spot[1] + p.y, p.side) for p in ports)
        aside = abs(spot[0] + build.width / 2 - middle[0])
        below = BELOW if spot[1] + ports[0].y > middle[1] else 0.0
        rest = CENTRE * aside + below + OUTSIDE * _beyond(box_of(spot, build), area)
        return share * _way(start, enter) + _way(leave, end) + rest

    corner = (middle[0] - build.width / 2, middle[1] - ports[0].y)
    wide, high = REACH[0] + build.width, REACH[1] + build.height
    around = (middle[0] - wide, middle[1] - high, middle[0] + wide, middle[1] + high)
    near = [box for box in taken if overlaps(box, around)]
    spots = sorted(_spots(corner), key=cost)
    wide_free, tight = (
        next((s for s in spots if not _is_taken(box_of(s, build), near, room)), None)
        for room in (CLEAR, TIGHT)
    )
    if wide_free is None or tight is None:
        return tight
    return tight if cost(tight) + SQUEEZE < cost(wide_free) else wide_free


def area_of(boxes: Iterable[Box]) -> Box:
    """Return the area around some others."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def _beyond(box: Box, area: Box) -> float:
    """Return how far an area sticks out of another."""
    before = max(area[0] - box[0], 0.0) + max(area[1] - box[1], 0.0)
    return before + max(box[2] - area[2], 0.0) + max(box[3] - area[3], 0.0)


def _spots(corner: Spot) -> Iterator[Spot]:
    """Yield corners around one; those in its own row are as high as it is exactly."""
    for right in range(-REACH[0], REACH[0] + 1, STEP):
        for down in range(-REACH[1], REACH[1] + 1, STEP):
            yield (corner[0] + right, corner[1] + down)


def _is_taken(box: Box, boxes: Iterable[Box], room: float) -> bool:
    return any(overlaps(box, other, room) for other in boxes)


def _way(start: End, end: End) -> float:
    """Return what a wire costs: its length, and more where it has to turn back."""
    right, down = end.x - start.x, end.y - start.y
    out, into = WAYS[start.side], WAYS[end.side]
    leaving = right * out[0] + down * out[1]
    entering = -(right * into[0] + down * into[1])
    back = max(LEAD - leaving, 0.0) + max(LEAD - entering, 0.0)
    return hypot(right, down) + DETOUR * back
