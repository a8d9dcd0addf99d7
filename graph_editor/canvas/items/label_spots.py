"""Where the label of a wire may stand, the best places first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QLineF, QRectF

from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.paints import PORT

HEIGHT = 15.0
AWAY = 4.0
"""From a level wire to the plate above or below it."""
ROOM = 4.0
NEXT = 14.0
"""From a port down to the middle of the label of a wire that turns away."""
SHARES = (0.5, 0.42, 0.58, 0.34, 0.66)
"""Of the length of a curved wire."""
STEPS = (0, -1, 1, -2, 2)
"""By how many widths a label stands away from the middle of its run."""


def straight_spots(wire: WireItem, width: float) -> list[QRectF]:
    """Return the places along a straight wire: above and below it, or on one that runs down."""
    if wire.runs_down:
        return spots_below(wire, width)
    (left, y), (right, _) = wire.start, wire.end
    spare = (right - left - PORT - width) / 2
    if spare < 0:
        return []
    tops = (y - AWAY - HEIGHT, y + AWAY)
    middle = (left + right) / 2 - width / 2
    shifts = (0.0, spare, -spare) if spare > AWAY else (0.0,)
    return [QRectF(middle + by, top, width, HEIGHT) for by in shifts for top in tops]


def spots_below(wire: WireItem, width: float) -> list[QRectF]:
    """Return the places on a wire that runs down, where it has just left its port."""
    x, y = wire.start
    if not wire.is_upright:
        return [_plate(x, y + NEXT, width)]
    room = wire.end[1] - y
    if room < 2 * HEIGHT:
        return []
    first = min(room / 2, 2 * NEXT)
    steps = range(max(1, min(4, int((room - first) // HEIGHT))))
    return [_plate(x, y + first + HEIGHT * step, width) for step in steps]


def spots_upon(wire: WireItem, width: float, only: int | None = None) -> list[QRectF]:
    """Return the places on the longest level run of a wire, else on its middle.

    There each costs much, so that one can be asked for alone.
    """
    spots = [wire.start, *wire.bends, wire.end]
    runs = [
        (two[0] - one[0], one, two)
        for one, two in pairwise(spots)
        if one[1] == two[1] and two[0] > one[0]
    ]
    if runs:
        length, one, two = max(runs)
        spare = (length - width) / 2 - ROOM
        if spare >= 0:
            middle = (one[0] + two[0]) / 2
            shifts = [step * (width + ROOM) for step in STEPS]
            return [_plate(middle + by, one[1], width) for by in shifts if abs(by) <= spare]
    path = wire.path()
    if path.length() < width + 40:
        return []
    shares = SHARES if only is None else SHARES[only : only + 1]
    points = [path.pointAtPercent(share) for share in shares]
    return [_plate(point.x(), point.y(), width) for point in points]


def passes(lines: Iterable[QLineF], area: QRectF) -> bool:
    """Whether one of some straight lines passes through an area."""
    left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
    for line in lines:
        x1, x2 = line.x1(), line.x2()
        if (x1 < left and x2 < left) or (x1 > right and x2 > right):
            continue
        y1, y2 = line.y1(), line.y2()
        if (y1 < top and y2 < top) or (y1 > bottom and y2 > bottom):
            continue
        dx, dy = x2 - x1, y2 - y1  # corners on both sides of it: it does not pass them by
        sides = [dx * (y - y1) - dy * (x - x1) for x in (left, right) for y in (top, bottom)]
        if min(sides) <= 0 <= max(sides):
            return True
    return False


def _plate(x: float, y: float, width: float) -> QRectF:
    return QRectF(x - width / 2, y - HEIGHT / 2, width, HEIGHT)
