"""Where words stand over the canvas: where they cover nothing that is to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QLineF, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QRegion

EDGE, STEP, ROW = 12, 24, 4
"""Pixels between words and the edge of the canvas, and between places that are tried, across and
down."""
BESIDE = 6
"""Pixels between a node and the words about it."""


def free_place(size: QSize, spots: Iterable[QPoint], busy: QRegion, room: QRect) -> QPoint | None:
    """Return the first place at which nothing is covered; all are moved into the room first."""
    moved = (moved_into(QRect(spot, size), room) for spot in spots)
    return next((box.topLeft() for box in moved if not busy.intersects(box)), None)


def least_covering(size: QSize, spots: Iterable[QPoint], busy: QRegion, room: QRect) -> QPoint:
    """Return the place at which the least is covered, the first of equals."""
    boxes = [moved_into(QRect(spot, size), room) for spot in spots]
    return min(boxes, key=lambda box: _area(busy.intersected(box))).topLeft()


def freest(size: QSize, spots: Iterable[QPoint], busy: QRegion, room: QRect) -> QPoint:
    """Return the first place at which nothing is covered, else that at which the least is."""
    tried = list(spots)
    found = free_place(size, tried, busy, room)
    return least_covering(size, tried, busy, room) if found is None else found


def shortest(one: QRectF, other: QRectF) -> QLineF:
    """Return the shortest line from the edge of an area to another, upright where it can be."""
    x1, x2 = _gap(one.left(), one.right(), other.left(), other.right())
    y1, y2 = _gap(one.top(), one.bottom(), other.top(), other.bottom())
    return QLineF(x1, y1, x2, y2)


def _gap(low: float, high: float, other_low: float, other_high: float) -> tuple[float, float]:
    """Return the ends that face each other; twice the middle of what both cover, if they do."""
    if high < other_low:
        return high, other_low
    if other_high < low:
        return low, other_high
    middle = (max(low, other_low) + min(high, other_high)) / 2
    return middle, middle


def _area(region: QRegion) -> int:
    return sum(part.width() * part.height() for part in _parts(region))


def _parts(region: QRegion) -> list[QRect]:
    return [QRect(part) for part in region]  # type: ignore[attr-defined]  # the stubs forget it


def moved_into(box: QRect, room: QRect) -> QRect:
    """Return an area moved as little as it takes to lie in another; its corner where it cannot."""
    x = max(min(box.left(), room.right() + 1 - box.width()), room.left())
    y = max(min(box.top(), room.bottom() + 1 - box.height()), room.top())
    return QRect(QPoint(x, y), box.size())


def along_edges(size: QSize, room: QRect) -> Iterator[QPoint]:
    """Yield places at the upper edge and the lower one, the middle ones first."""
    yield from _row(size, room, 0)
    yield from _row(size, room, room.height() - size.height())


def between_edges(size: QSize, room: QRect) -> Iterator[QPoint]:
    """Yield places between the edges, from above."""
    for y in range(ROW, max(room.height() - size.height(), 0), ROW):
        yield from _row(size, room, y)


def _row(size: QSize, room: QRect, y: int) -> Iterator[QPoint]:
    middle = max(room.width() - size.width(), 0) // 2
    yield room.topLeft() + QPoint(middle, y)
    for aside in range(STEP, middle + STEP, STEP):
        for way in (-1, 1):
            yield room.topLeft() + QPoint(middle + way * min(aside, middle), y)


def beside(size: QSize, node: QRect) -> Iterator[QPoint]:
    """Yield places above a node, below it, and at its sides."""
    above = node.top() - BESIDE - size.height()
    below = node.bottom() + 1 + BESIDE
    right, left = node.right() + 1 + BESIDE, node.left() - BESIDE - size.width()
    ends = node.right() + 1 - size.width()
    yield from (QPoint(x, y) for y in (above, below) for x in (node.left(), ends))
    yield from (QPoint(x, node.center().y() - size.height() // 2) for x in (right, left))
    yield from (QPoint(x, y) for x in (right, left) for y in (above, below))
