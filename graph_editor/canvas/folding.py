"""Folds a long drawing into rows, as one breaks a line of text; wires run between the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph_editor.document.model import Graph, InPort, NodeId, OutPort

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
MOST_CROSSING = 6
"""Values that may go from row to row at one fold."""
SHARES = (1.0, 0.9, 0.8)
"""Widths of the first rows that are tried; what hangs at the end needs room of its own."""
LANE, MARGIN, TURN, GAP = 24.0, 28.0, 32.0, 80.0


@dataclass(slots=True)
class _Row:
    """Some columns, the lanes for wires below them, and how far all of it has moved."""

    nodes: list[NodeId]
    dx: float = 0.0
    dy: float = 0.0
    lanes: dict[OutPort, float] = field(default_factory=dict)


def folded(
    graph: Graph,
    boxes: Mapping[NodeId, Box],
    columns: Sequence[Sequence[NodeId]],
    bends: Bends,
    below: float = 0.0,
) -> tuple[dict[NodeId, Spot], Bends]:
    """Return where nodes lie and wires bend when the columns are broken into rows.

    Boxes say where nodes are; a drawing that is short, or too much woven to be cut, stays as it is.
    So much room is wanted below all rows.
    """
    stay = {node: (box[0], box[1]) for node, box in boxes.items()}
    tries = [_rows(graph, boxes, columns, share) for share in SHARES]
    for each in tries:
        _stack(graph, boxes, each)
    rows = min(tries, key=lambda each: _size(boxes, each, below))
    if len(rows) < 2:
        return stay, bends
    number = {node: index for index, row in enumerate(rows) for node in row.nodes}
    spots = {
        node: (stay[node][0] + rows[at].dx, stay[node][1] + rows[at].dy)
        for node, at in number.items()
    }
    moved: Bends = {}
    for target, source in graph.wires.items():
        first, last = number[source.node], number[target.node]
        if first == last:
            row = rows[first]
            moved[target] = tuple((x + row.dx, y + row.dy) for x, y in bends.get(target, ()))
        else:
            moved[target] = _way(boxes, rows, source, target, (first, last))
    return spots, moved


def _size(boxes: Mapping[NodeId, Box], rows: Sequence[_Row], below: float) -> float:
    """Return how much of a screen a drawing needs."""
    if not rows:
        return 0.0
    left, right = zip(*(_span(boxes, row.nodes) for row in rows), strict=True)
    wide = max(b + row.dx for b, row in zip(right, rows, strict=True)) - min(left)
    ends = [boxes[n][1] + boxes[n][3] + row.dy for row in rows for n in row.nodes]
    tops = [boxes[n][1] + row.dy for row in rows for n in row.nodes]
    return max(wide, SCREEN * (max(ends) - min(tops) + below))


def _rows(
    graph: Graph,
    boxes: Mapping[NodeId, Box],
    columns: Sequence[Sequence[NodeId]],
    share: float,
) -> list[_Row]:
    """Return the columns in rows of about the same width, a share of an even one."""
    every = [node for column in columns for node in column]
    if not every:
        return []
    left, right = _span(boxes, every)
    if right - left <= FOLD_FROM:
        return []
    tops = [boxes[n][1] for n in every]
    bottoms = [boxes[n][1] + boxes[n][3] for n in every]
    high = max(bottoms) - min(tops) + 3 * LANE
    count = max(2, round(math.sqrt((right - left) / (ASPECT * high))))
    crossing = _crossing(graph, columns)
    rows: list[list[NodeId]] = [[]]
    goal = share * (right - left) / count
    for index, column in enumerate(columns):
        rows[-1].extend(column)
        rest = len(columns) - index - 1
        if not rest or len(rows) == count or crossing[index] > MOST_CROSSING:
            continue
        here = _span(boxes, rows[-1])
        ahead = _span(boxes, columns[index + 1])
        if ahead[1] - here[0] > goal:
            rows.append([])
    return [_Row(row) for row in rows] if len(rows) > 1 else []


def _span(boxes: Mapping[NodeId, Box], nodes: Sequence[NodeId]) -> Spot:
    lefts = [boxes[n][0] for n in nodes]
    rights = [boxes[n][0] + boxes[n][2] for n in nodes]
    return min(lefts), max(rights)


def _crossing(graph: Graph, columns: Sequence[Sequence[NodeId]]) -> list[int]:
    """Return how many values pass from each column, or from before, to later ones."""
    at = {node: index for index, column in enumerate(columns) for node in column}
    last: dict[OutPort, int] = {}
    for target, source in graph.wires.items():
        last[source] = max(last.get(source, 0), at[target.node])
    change = [0] * (len(columns) + 1)
    for source, end in last.items():
        if end > at[source.node]:
            change[at[source.node]] += 1
            change[end] -= 1
    found, now = [], 0
    for step in change:
        now += step
        found.append(now)
    return found


def _stack(graph: Graph, boxes: Mapping[NodeId, Box], rows: Sequence[_Row]) -> None:
    """Put each row below the last one, with lanes for the wires between them."""
    if not rows:
        return
    number = {node: index for index, row in enumerate(rows) for node in row.nodes}
    begin = _span(boxes, rows[0].nodes)[0]
    for target, source in sorted(graph.wires.items(), key=str):
        first, last = number[source.node], number[target.node]
        for index in {first, last - 1} if first < last else ():
            rows[index].lanes.setdefault(source, 0.0)
    for index, row in enumerate(rows):
        row.dx = begin - _span(boxes, row.nodes)[0]
        if index:
            above = rows[index - 1]
            row.dy = _free(boxes, above, row, len(above.lanes))
        bottom = max(boxes[n][1] + boxes[n][3] for n in row.nodes) + row.dy
        ends = {source: number[source.node] != index for source in row.lanes}
        order = sorted(row.lanes, key=lambda s: (not ends[s], -boxes[s.node][0], str(s)))
        for lane, source in enumerate(order):
            row.lanes[source] = float(round(bottom + MARGIN + lane * LANE))


def _free(boxes: Mapping[NodeId, Box], above: _Row, row: _Row, lanes: int) -> float:
    """Return how far down a row must go; beyond the end of the row above it may reach higher."""
    edge = _span(boxes, above.nodes)[1] + above.dx + TURN
    bottom = max(boxes[n][1] + boxes[n][3] for n in above.nodes) + above.dy
    floor = bottom + 2 * MARGIN + max(lanes - 1, 0) * LANE
    tops = [boxes[n][1] for n in row.nodes if boxes[n][0] + row.dx < edge]
    return float(8 * math.ceil((floor - min(tops, default=boxes[row.nodes[0]][1])) / 8))


def _way(
    boxes: Mapping[NodeId, Box],
    rows: Sequence[_Row],
    source: OutPort,
    target: InPort,
    ends: tuple[int, int],
) -> tuple[Spot, ...]:
    """Return the points of a wire from one row to another."""
    first, last = rows[ends[0]], rows[ends[1]]
    out = boxes[source.node][0] + boxes[source.node][2] + first.dx
    into = boxes[target.node][0] + last.dx
    is_end = out >= _span(boxes, first.nodes)[1] + first.dx - 1
    is_begin = into <= _span(boxes, last.nodes)[0] + last.dx + 1
    leave = out + (TURN / 2 if is_end else GAP)
    enter = into - (TURN / 2 if is_begin else GAP)
    if ends[0] > ends[1]:
        return ()
    down = first.lanes[source]
    if ends[1] == ends[0] + 1:
        return ((leave, down), (enter, down))
    up = rows[ends[1] - 1].lanes[source]
    edge = max(_span(boxes, row.nodes)[1] + row.dx for row in rows) + TURN
    return ((leave, down), (edge, down), (edge, up), (enter, up))
