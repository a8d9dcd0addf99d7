"""Where words stand over the canvas: where they cover nothing that is to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QRegion

EDGE, STEP = 12, 24
"""Pixels between words and the edge of the canvas, and between two places that are tried."""
BESIDE = 6
"""Pixels between a node and the words about it."""


def freest(size: QSize, spots: Iterable[QPoint], busy: QRegion, room: QRect) -> QPoint:
    """Return the first place at which nothing is covered; else that at which the least is.

    All places are moved into the room first.
    """
    best, least = room.topLeft(), -1
    for spot in spots:
        box = moved_into(QRect(spot, size), room)
        if not busy.intersects(box):
            return box.topLeft()
        covered = sum(r.width() * r.height() for r in _parts(busy.intersected(box)))
        if least < 0 or covered < least:
            best, least = box.topLeft(), covered
    return best


def _parts(region: QRegion) -> list[QRect]:
    return [QRect(part) for part in region]  # type: ignore[attr-defined]  # the stubs forget it


def moved_into(box: QRect, room: QRect) -> QRect:
    """Return an area moved as little as it takes to lie in another; its corner where it cannot."""
    x = max(min(box.left(), room.right() + 1 - box.width()), room.left())
    y = max(min(box.top(), room.bottom() + 1 - box.height()), room.top())
    return QRect(QPoint(x, y), box.size())


def along_edges(size: QSize, room: QRect) -> Iterator[QPoint]:
    """Yield places at the upper edge, at the lower one, then between, the middle ones first."""
    middle = (room.width() - size.width()) // 2
    last = room.height() - size.height()
    rows = [0, last, *range(STEP, max(last, 0), STEP)]
    for y in rows:
        yield room.topLeft() + QPoint(middle, y)
        for aside in range(STEP, max(middle, 0) + STEP, STEP):
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
