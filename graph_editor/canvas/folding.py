"""Folds a long drawing into rows, as one breaks a line of text; wires run between the rows.

All that passes a fold does so as a ribbon: what is lowest in a row turns innermost at its end, and
outermost where the next row begins. So wires that did not cross before do not cross then.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph_editor.document.model import NOTHING, Graph, InPort, NodeId, OutPort

Spot = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width and height."""
Bends = dict[InPort, tuple[Spot, ...]]
FOLD_FROM = 1500.0
"""A drawing up to this wide is left in one row."""
ASPECT = 2.2
"""How much wider than high a folded drawing is meant to be."""
SCREEN = 2.0
"""How much wider than high the canvas is in a small window."""
FEW_PASSING, MOST_PASSING = 2, 6
"""Values that may go from row to row at one fold; most where the drawing is very long."""
LONG = 6000.0
SHARES = (1.0, 0.9, 0.8)
"""Widths of the first rows that are tried; what hangs at the end needs room of its own."""
WORTH = 0.9
"""The part of a screen's width that a folded drawing may need at most of what it needs else."""
LANE, MARGIN, TURN = 24.0, 28.0, 32.0


@dataclass(slots=True)
class _Row:
    """Some columns, the lanes for wires below them, and how far all of it has moved."""

    nodes: list[NodeId]
    left: float
    right: float
    first: float
    """Where the first column ends, and where the last one begins."""
    last: float
    dx: float = 0.0
    dy: float = 0.0
    lanes: dict[OutPort, float] = field(default_factory=dict)
    short: set[OutPort] = field(default_factory=set)
    """What turns at its source, since nothing lies below it up to the end of the row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing in one row: where its nodes are, and the way of each wire with both its ends."""

    graph: Graph
    boxes: Mapping[NodeId, Box]
    columns: Sequence[Sequence[NodeId]]
    ways: Mapping[InPort, Sequence[Spot]]
    hanging: Mapping[NodeId, float] = NOTHING
    """Room that is wanted below nodes."""
    upright: bool = False
    """Whether the sheet stands on its side: its rows are columns on the screen."""

    @property
    def aspect(self) -> float:
        """How much wider than high the sheet is meant to be when it is folded."""
        return 1 / ASPECT if self.upright else ASPECT

    @property
    def screen(self) -> float:
        """How much wider than high a small window is, as the sheet lies."""
        return 1 / SCREEN if self.upright else SCREEN

    def span(self, nodes: Sequence[NodeId]) -> Spot:
        """Return where nodes begin and end along the row."""
        lefts = [self.boxes[n][0] for n in nodes]
        rights = [self.boxes[n][0] + self.boxes[n][2] for n in nodes]
        return min(lefts), max(rights)

    def bottom(self, nodes: Sequence[NodeId]) -> float:
        """Return where the lowest of nodes, and of what hangs there, ends."""
        return max(self.boxes[n][1] + self.boxes[n][3] + self.hanging.get(n, 0.0) for n in nodes)


def folded(sheet: Sheet, bends: Bends) -> tuple[dict[NodeId, Spot], Bends]:
    """Return where nodes lie and wires bend when the columns are broken into rows.

    A drawing that is short, or too much woven to be cut, stays as it is.
    """
    stay = {node: (box[0], box[1]) for node, box in sheet.boxes.items()}
    tries = [_rows(sheet, share) for share in SHARES]
    for each in tries:
        _stack(sheet, each)
    rows = min(tries, key=lambda each: _size(sheet, each))
    whole = [_row(sheet, sheet.columns)] if rows else []
    if len(rows) < 2 or _size(sheet, rows) > WORTH * _size(sheet, whole):
        return stay, bends
    number = {node: index for index, row in enumerate(rows) for node in row.nodes}
    spots = {
        node: (stay[node][0] + rows[at].dx, stay[node][1] + rows[at].dy)
        for node, at in number.items()
    }
    moved: Bends = {}
    for target, source in sheet.graph.wires.items():
        first, last = number[source.node], number[target.node]
        if first == last:
            row = rows[first]
            moved[target] = tuple((x + row.dx, y + row.dy) for x, y in bends.get(target, ()))
        else:
            way = sheet.ways.get(target, ())
            moved[target] = _way(rows, source, way, (first, last)) if first < last else ()
    return spots, moved


def _size(sheet: Sheet, rows: Sequence[_Row]) -> float:
    """Return how much of a screen a drawing needs."""
    if not rows:
        return 0.0
    wide = max(row.right + row.dx for row in rows) - min(row.left for row in rows)
    end = max(sheet.bottom(row.nodes) + row.dy for row in rows)
    tops = [sheet.boxes[n][1] + row.dy for row in rows for n in row.nodes]
    return max(wide, sheet.screen * (end - min(tops)))


def _rows(sheet: Sheet, share: float) -> list[_Row]:
    """Return the columns in rows of about the same width, a share of an even one."""
    every = [node for column in sheet.columns for node in column]
    if not every:
        return []
    left, right = sheet.span(every)
    if right - left <= FOLD_FROM:
        return []
    tops = [sheet.boxes[n][1] for n in every]
    high = sheet.bottom(every) - min(tops) + 3 * LANE
    count = max(2, round(math.sqrt((right - left) / (sheet.aspect * high))))
    most = MOST_PASSING if right - left > LONG else FEW_PASSING
    passing = _passing(sheet)
    rows: list[list[Sequence[NodeId]]] = [[]]
    goal = share * (right - left) / count
    for index, column in enumerate(sheet.columns):
        rows[-1].append(column)
        rest = len(sheet.columns) - index - 1
        if not rest or len(rows) == count or passing[index] > most:
            continue
        here = sheet.span(rows[-1][0])
        ahead = sheet.span(sheet.columns[index + 1])
        if ahead[1] - here[0] > goal:
            rows.append([])
    return [_row(sheet, row) for row in rows] if len(rows) > 1 else []


def _row(sheet: Sheet, columns: Sequence[Sequence[NodeId]]) -> _Row:
    nodes = [node for column in columns for node in column]
    first, last = sheet.span(columns[0]), sheet.span(columns[-1])
    return _Row(nodes, *sheet.span(nodes), first[1], last[0])


def _passing(sheet: Sheet) -> list[int]:
    """Return how many values pass from each column, or from before, to later ones."""
    at = {node: index for index, column in enumerate(sheet.columns) for node in column}
    last: dict[OutPort, int] = {}
    for target, source in sheet.graph.wires.items():
        last[source] = max(last.get(source, 0), at[target.node])
    change = [0] * (len(sheet.columns) + 1)
    for source, end in last.items():
        if end > at[source.node]:
            change[at[source.node]] += 1
            change[end] -= 1
    found, now = [], 0
    for step in change:
        now += step
        found.append(now)
    return found


def _stack(sheet: Sheet, rows: Sequence[_Row]) -> None:
    """Put each row below the last one, with lanes for the wires between them."""
    number = {node: index for index, row in enumerate(rows) for node in row.nodes}
    leaving: list[dict[OutPort, Sequence[Spot]]] = [{} for _ in rows]
    low = [-math.inf for _ in rows]
    begins = [row.left for row in rows[1:]]
    corners: list[list[tuple[OutPort, Spot]]] = [[] for _ in rows]
    for target, way in sheet.ways.items() if rows else ():
        for spot in way:
            at = bisect_right(begins, spot[0])
            low[at] = max(low[at], spot[1])
        for spot in way[:-1]:
            corners[bisect_right(begins, spot[0])].append((sheet.graph.wires[target], spot))
    for target, source in sorted(sheet.graph.wires.items(), key=str):
        for index in range(number[source.node], number[target.node]) if rows else ():
            leaving[index].setdefault(source, sheet.ways.get(target, ()))
    for index, row in enumerate(rows):
        row.dx = rows[0].left - row.left
        lowest = max(sheet.bottom(row.nodes), low[index])
        if index:
            row.dy = _free(sheet, rows[index - 1], row)
        ways = leaving[index]
        order = sorted(ways, key=lambda s: (-_height(ways[s], row.right), str(s)))
        row.short = _short(sheet, row, order, ways, corners[index])
        for lane, source in enumerate(order):
            row.lanes[source] = float(round(lowest + row.dy + MARGIN + lane * LANE))


def _short(
    sheet: Sheet,
    row: _Row,
    order: Sequence[OutPort],
    ways: Mapping[OutPort, Sequence[Spot]],
    corners: Sequence[tuple[OutPort, Spot]],
) -> set[OutPort]:
    """Return what may turn at its source, as nothing lies below it up to the end of the row."""
    found: set[OutPort] = set()
    reach = -math.inf
    for source in order:
        way = ways[source]
        if not way or source.node not in row.nodes or way[0][0] < reach:
            break
        ends = (
            (x + w, y + h) for x, y, w, h in (sheet.boxes[n] for n in row.nodes if n != source.node)
        )
        others = (spot for other, spot in corners if other != source and other not in found)
        spots = (*ends, *others)
        if any(way[0][0] < x <= row.right and y > _height(way, x) for x, y in spots):
            break
        found.add(source)
        reach = way[0][0]
    return found


def _height(way: Sequence[Spot], x: float) -> float:
    """Return how high a way is at a place along the row."""
    for (x1, y1), (x2, y2) in pairwise(way):
        if x1 <= x <= x2:
            return y1 if x1 == x2 else y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return way[-1][1] if way else 0.0


def _free(sheet: Sheet, above: _Row, row: _Row) -> float:
    """Return how far down a row must go; beyond the end of the row above it may reach higher."""
    edge = above.right + above.dx + TURN
    lanes = above.lanes.values()
    floor = max(lanes, default=sheet.bottom(above.nodes) + above.dy) + MARGIN
    ways = [y for way in sheet.ways.values() for x, y in way if row.left <= x and x + row.dx < edge]
    tops = [sheet.boxes[n][1] for n in row.nodes if sheet.boxes[n][0] + row.dx < edge]
    tops += [y for y in ways if y < min(tops, default=math.inf)]
    return float(8 * math.ceil((floor - min(tops, default=sheet.boxes[row.nodes[0]][1])) / 8))


def _way(
    rows: Sequence[_Row], source: OutPort, way: Sequence[Spot], ends: tuple[int, int]
) -> tuple[Spot, ...]:
    """Return the points of a wire from one row to another, without its ends."""
    points: list[Spot] = []
    first, last = ends
    for index in range(first, last + 1):
        row = rows[index]
        inner = [spot for spot in way[1:-1] if row.left <= spot[0] <= row.right]
        if index > first:
            edge = (row.left, _height(way, row.left))
            is_free = index == last and way[-1][0] <= row.first
            inner = _from_edge(inner, edge, way[-1], is_free)
        right = row.right
        if source in row.short and index == first:
            inner, right = [], way[0][0]
        elif index < last:
            edge = (row.right, _height(way, row.right))
            is_free = index == first and way[0][0] >= row.last
            inner = _from_edge(inner[::-1], edge, way[0], is_free)[::-1]
        points += [(x + row.dx, y + row.dy) for x, y in inner]
        if index < last:
            lane = row.lanes[source]
            left = rows[index + 1].left + rows[index + 1].dx
            points += [(right + row.dx + TURN / 2, lane), (left - TURN / 2, lane)]
    return tuple((float(round(x)), float(round(y))) for x, y in points)


def _from_edge(inner: list[Spot], edge: Spot, end: Spot, is_free: bool) -> list[Spot]:
    """Return the points of a row from its edge; a wire that is free to its end needs none."""
    if inner and inner[0] == edge:
        return inner
    return inner if is_free and not inner and edge[1] == end[1] else [edge, *inner]
