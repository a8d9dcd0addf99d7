"""Where something that is moved lines up with what lies near: edges, middles, wires, equal gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[float, float]
"""Begin and end on one axis."""
TOUCH = 0.5
"""So near two places are the same."""
GAP_COST = 1.0
"""How much nearer a gap has to be than an edge to be meant."""
Line: TypeAlias = tuple[float, float, float, float]
"""A line to be shown, by its ends."""


class Box(NamedTuple):
    """What a card takes: its spans on both axes."""

    x: Span
    y: Span


class Level(NamedTuple):
    """A wire that would be straight."""

    port: float
    """How far its port lies from where the box begins, on the axis that is looked at."""
    there: float
    """Where its other end is on that axis."""
    along: float
    """Where that is on the other one."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How far something has to go to line up, and the lines that show with what."""

    step: float
    lines: tuple[Line, ...]


def fit_across(
    mine: Box, others: Sequence[Box], levels: Sequence[Level], reach: float
) -> Fit | None:
    """Return how a box lines up from left to right; None where nothing is within reach."""
    return _fitted(mine, others, levels, reach)


def fit_down(mine: Box, others: Sequence[Box], levels: Sequence[Level], reach: float) -> Fit | None:
    """Return how a box lines up from top to bottom; None where nothing is within reach."""
    found = _fitted(_turned(mine), [_turned(other) for other in others], levels, reach)
    if found is None:
        return None
    return Fit(found.step, tuple((a, b, c, d) for b, a, d, c in found.lines))


def _turned(box: Box) -> Box:
    return Box(box.y, box.x)


def _marks(span: Span) -> tuple[float, float, float]:
    """Return what of a span lines up with the same of another: begin, middle, end."""
    return span[0], (span[0] + span[1]) / 2, span[1]


def _fitted(mine: Box, others: Sequence[Box], levels: Sequence[Level], reach: float) -> Fit | None:
    own = _marks(mine.x)
    steps = [level.there - (mine.x[0] + level.port) for level in levels]
    steps += [
        there - here
        for other in others
        for here, there in zip(own, _marks(other.x), strict=True)
        if abs(there - here) <= reach
    ]
    best = min(steps, key=abs, default=None)
    gaps = list(_gaps(mine, others))
    gap = min(gaps, key=abs, default=None)
    if best is None or abs(best) > reach:
        best = None
    if gap is not None and abs(gap) <= reach and (best is None or abs(gap) + GAP_COST < abs(best)):
        best = gap
    if best is None:
        return None
    there = Box((mine.x[0] + best, mine.x[1] + best), mine.y)
    return Fit(best, tuple(_lines(there, others, levels)))


def _lines(mine: Box, others: Sequence[Box], levels: Iterable[Level]) -> Iterator[Line]:
    """Yield what shows why a box lies where it does: few lines, the most telling ones first.

    Boxes of one size share both edges and the middle, and one line says so.
    """
    straight = list(_level_lines(mine, levels))
    yield from straight or _edge_lines(mine, others)
    yield from _gap_lines(mine, others)


def _edge_lines(mine: Box, others: Iterable[Box]) -> Iterator[Line]:
    """Yield a line along the first of begin, end and middle that others have in the same place."""
    own = _marks(mine.x)
    ends: dict[int, Span] = {}
    for other in others:
        for part, (here, there) in enumerate(zip(own, _marks(other.x), strict=True)):
            if abs(here - there) <= TOUCH:
                begin, end = ends.get(part, mine.y)
                ends[part] = (min(begin, other.y[0]), max(end, other.y[1]))
    for part in (0, 2, 1):
        if part in ends:
            yield (own[part], ends[part][0], own[part], ends[part][1])
            return


def _level_lines(mine: Box, levels: Iterable[Level]) -> Iterator[Line]:
    for level in levels:
        if abs(mine.x[0] + level.port - level.there) <= TOUCH:
            near = mine.y[0] if level.along < mine.y[0] else mine.y[1]
            yield (level.there, min(near, level.along), level.there, max(near, level.along))


# Equal gaps


def _beside(mine: Box, others: Iterable[Box]) -> tuple[list[Box], list[Box]]:
    """Return the boxes before and behind in the same row, each from near to far."""
    row = [o for o in others if o.y[0] < mine.y[1] and mine.y[0] < o.y[1]]
    middle = (mine.x[0] + mine.x[1]) / 2
    before = sorted((o for o in row if o.x[1] <= middle), key=lambda o: -o.x[1])
    behind = sorted((o for o in row if o.x[0] >= middle), key=lambda o: o.x[0])
    return before, behind


def _gaps(mine: Box, others: Sequence[Box]) -> Iterator[float]:
    """Yield how far a box has to go to have equal gaps: between two, or as two before it have."""
    before, behind = _beside(mine, others)
    if before and behind:
        free = behind[0].x[0] - before[0].x[1] - (mine.x[1] - mine.x[0])
        if free >= 0:
            yield before[0].x[1] + free / 2 - mine.x[0]
    if len(before) > 1 and (gap := before[0].x[0] - before[1].x[1]) > 0:
        yield before[0].x[1] + gap - mine.x[0]
    if len(behind) > 1 and (gap := behind[1].x[0] - behind[0].x[1]) > 0:
        yield behind[0].x[0] - gap - mine.x[1]


def _gap_lines(mine: Box, others: Sequence[Box]) -> Iterator[Line]:
    """Yield a line through each of the gaps that are equal now."""
    before, behind = _beside(mine, others)
    row = [*reversed(before[:2]), mine, *behind[:2]]
    at = (mine.y[0] + mine.y[1]) / 2
    gaps = [(one.x[1], two.x[0]) for one, two in pairwise(row)]
    widths = [end - begin for begin, end in gaps]
    for place, (begin, end) in enumerate(gaps):
        next_to = [widths[k] for k in (place - 1, place + 1) if 0 <= k < len(widths)]
        own = mine in row[place : place + 2]
        alike = any(abs(widths[place] - other) <= TOUCH for other in next_to)
        if widths[place] > 0 and alike and (own or _next_is_own(row, mine, place, widths)):
            yield (begin, at, end, at)


def _next_is_own(row: Sequence[Box], mine: Box, place: int, widths: Sequence[float]) -> bool:
    """Whether a gap is as wide as one beside it that the moved box has."""
    for beside in (place - 1, place + 1):
        if 0 <= beside < len(widths) and mine in row[beside : beside + 2]:
            return abs(widths[beside] - widths[place]) <= TOUCH
    return False
