"""How far several things must be moved together so that they cover nothing that stays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QRectF

from graph_editor.canvas.anatomy import GRID
from graph_editor.document.edits import Point

APART = 16.0
"""Left free around what stays."""
FAR = 640.0
"""So far across the direction of data is not beside, where there is room nearer along it."""
MOST_PAIRS = 100_000
"""More pairs than these are not looked at: what is moved counts as one area then."""
Group: TypeAlias = tuple[Sequence[QRectF], Sequence[QRectF]]
"""What is moved, and what it must not cover."""
Span: TypeAlias = tuple[float, float]


def free_offset(groups: Sequence[Group], start: Point = (0.0, 0.0)) -> Point:
    """Return the smallest further step, straight along one axis, after which nothing is covered.

    Start is where the things are moved first.
    """
    across, down = (_nearest(_closed(groups, start, up), ahead=False) for up in (False, True))
    if abs(down) <= abs(across):
        return (start[0], start[1] + down)
    return (start[0] + across, start[1])


def free_beside(groups: Sequence[Group], runs_down: bool) -> Point:
    """Return a step to where things lie beside, across the direction of data where that is near."""
    across, down = (_nearest(_closed(groups, (0.0, 0.0), up), ahead=True) for up in (False, True))
    first, other = (across, down) if runs_down else (down, across)
    is_across = runs_down if first <= max(FAR, other) else not runs_down
    return (across, 0.0) if is_across else (0.0, down)


def _few(own: Sequence[QRectF], others: Sequence[QRectF]) -> Sequence[QRectF]:
    if len(own) * len(others) <= MOST_PAIRS:
        return own
    area = QRectF()
    for box in own:
        area = area.united(box)
    return [area]


def _closed(groups: Iterable[Group], start: Point, upright: bool) -> list[Span]:
    """Return the steps along one axis after which something is covered, in order."""
    spans: list[Span] = []
    for own, others in groups:
        there = [_sides(box, upright) for box in others]
        for box in _few(own, others):
            begin, end, low, high = _sides(box.translated(*start), upright)
            spans += [
                (other[0] - end - APART, other[1] - begin + APART)
                for other in there
                if other[2] - APART < high and low < other[3] + APART
            ]
    return sorted(spans)


def _sides(box: QRectF, upright: bool) -> tuple[float, float, float, float]:
    """Return where a box begins and ends along an axis, then across it."""
    wide, high = (box.left(), box.right()), (box.top(), box.bottom())
    return (*high, *wide) if upright else (*wide, *high)


def _nearest(spans: Iterable[Span], ahead: bool) -> float:
    """Return the step on the grid nearest to none that lies in no span."""
    merged: list[Span] = []
    for begin, end in spans:
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    after = before = 0.0
    for begin, end in merged:
        if begin < after < end:
            after = float(GRID * math.ceil(end / GRID))
    for begin, end in reversed(merged):
        if begin < before < end:
            before = float(GRID * math.floor(begin / GRID))
    return after if ahead or after <= -before else before
