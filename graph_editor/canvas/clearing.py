"""Finds room for boxes that are moved as one among those that stay where they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from graph_editor.canvas.anatomy import GRID
from graph_editor.canvas.arranging_task import Box, Spot, overlap

APART = 3.0 * GRID
"""Room that is left to what stays; what lies a step of the grid from it already is let be."""
MANY = 20_000
"""Pairs of boxes above which those that move are taken as the one area that they span."""
TRIED = 400
"""Columns that are tried at most, from near to far."""


class Barred(NamedTuple):
    """The steps across and down, from first to last, that bring a box too near to another."""

    left: int
    right: int
    top: int
    bottom: int


def way_clear(mine: Sequence[Box], others: Sequence[Box], dear: float = 1.0) -> Spot:
    """Return the shortest way on which boxes come clear of others; none where they are.

    A step across counts so many times as one down; where that is infinite, none is taken.
    """
    if not any(overlap(one, other) for one in mine for other in others):
        return (0.0, 0.0)
    if len(mine) * len(others) > MANY:
        mine = [_spanned(mine)]
    barred = [_barred(one, other) for one in mine for other in others]
    best: tuple[float, int, int] | None = None
    for column in _columns(barred) if math.isfinite(dear) else (0,):
        far = dear * abs(column) if column else 0.0
        if best is not None and far >= best[0]:
            break
        row = _row(barred, column)
        if best is None or far + abs(row) < best[0]:
            best = (far + abs(row), column, row)
            barred = [one for one in barred if _is_within(one, best[0], dear)]
    assert best is not None  # a column has a free row, if far away
    return (best[1] * GRID, best[2] * GRID)


def turned_over(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes with across and down exchanged."""
    return [(top, left, height, width) for left, top, width, height in boxes]


def _barred(one: Box, other: Box) -> Barred:
    left, right = _steps(other[0] - one[0] - one[2], other[0] + other[2] - one[0])
    top, bottom = _steps(other[1] - one[1] - one[3], other[1] + other[3] - one[1])
    return Barred(left, right, top, bottom)


def _steps(low: float, high: float) -> tuple[int, int]:
    """Return the first and last step of the grid between two ways, and what is too near them."""
    return math.floor((low - APART) / GRID) + 1, math.ceil((high + APART) / GRID) - 1


def _columns(barred: Iterable[Barred]) -> Iterator[int]:
    """Yield the steps across at which something begins to be free, from near to far."""
    found = {0, *(step for one in barred for step in (one.left - 1, one.right + 1))}
    yield from sorted(found, key=lambda step: (abs(step), step))[:TRIED]


def _row(barred: Iterable[Barred], column: int) -> int:
    """Return the shortest step down, or up, that is free in a column."""
    spans = [(one.top, one.bottom) for one in barred if one.left <= column <= one.right]
    down = _past(sorted(spans))
    up = -_past(sorted((-bottom, -top) for top, bottom in spans))
    return down if down <= -up else up


def _past(spans: Iterable[tuple[int, int]]) -> int:
    """Return the first step from none on that is in no span."""
    step = 0
    for first, last in spans:
        if first > step:
            break
        step = max(step, last + 1)
    return step


def _is_within(one: Barred, reach: float, dear: float) -> bool:
    """Whether something is met on a way of that length."""
    across = reach / dear if dear else math.inf
    return one.left <= across and -across <= one.right and one.top <= reach and -reach <= one.bottom


def _spanned(boxes: Iterable[Box]) -> Box:
    """Return the area that boxes span."""
    listed = list(boxes)
    left, top = (min(box[axis] for box in listed) for axis in (0, 1))
    right, bottom = (max(box[axis] + box[axis + 2] for box in listed) for axis in (0, 1))
    return (left, top, right - left, bottom - top)
