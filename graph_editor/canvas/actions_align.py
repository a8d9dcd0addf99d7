"""Lining up the selected nodes: edges, middles, equal gaps, and wires that run straight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import combinations
from typing import Literal, TypeAlias

from PySide6.QtCore import QRectF

from graph_editor.canvas.anatomy import GRID
from graph_editor.canvas.arranging_task import Box
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import meant
from graph_editor.canvas.clearing import turned_over, way_clear
from graph_editor.canvas.editing import edit, moved, named
from graph_editor.document.edits import Point
from graph_editor.document.model import InPort, NodeId, OutPort, Project

Axis: TypeAlias = Literal["x", "y"]
Rects: TypeAlias = Mapping[NodeId, QRectF]
Joint: TypeAlias = tuple[InPort, OutPort]
"""A wire by its ends."""
TOO_FEW = "Select at least two nodes to line them up."
TOO_FEW_GAPS = "Select at least three nodes to even out the gaps between them."
NO_CHAIN = "Select nodes that a wire joins, to straighten it."
LEAST_GAP = 3.0 * GRID
"""Room between nodes for which there is none between the outermost ones."""
IN_LINE = "They are in line already."
"""What is said where nothing has to move."""


def cannot_align(canvas: Canvas) -> str:
    """Return why the selected nodes cannot be lined up."""
    return "" if len(meant(canvas)) > 1 else TOO_FEW


def cannot_distribute(canvas: Canvas) -> str:
    """Return why the gaps between the selected nodes cannot be made equal."""
    return "" if len(meant(canvas)) > 2 else TOO_FEW_GAPS


def cannot_straighten(canvas: Canvas) -> str:
    """Return why no wire can be made straight."""
    return cannot_align(canvas) or ("" if _inner_wires(canvas) else NO_CHAIN)


def _rects(canvas: Canvas) -> dict[NodeId, QRectF]:
    nodes = canvas.world.nodes
    return {node: nodes[node].rect() for node in sorted(meant(canvas))}


def _place(canvas: Canvas, spots: Mapping[NodeId, Point], title: str) -> None:
    """Put nodes where they shall lie, as one step; say so where they lie there already."""
    shown = canvas.places()
    apart = {n: p for n, p in spots.items() if p != shown[n]}
    if not apart:
        canvas.said.emit(IN_LINE)
        return

    def change(now: Project) -> Project:
        return moved(canvas, now, apart)

    edit(canvas, change, title)


# Edges and middles


def _left(every: Rects, one: QRectF) -> Point:
    return min(rect.left() for rect in every.values()), one.top()


def _right(every: Rects, one: QRectF) -> Point:
    return max(rect.right() for rect in every.values()) - one.width(), one.top()


def _top(every: Rects, one: QRectF) -> Point:
    return one.left(), min(rect.top() for rect in every.values())


def _bottom(every: Rects, one: QRectF) -> Point:
    return one.left(), max(rect.bottom() for rect in every.values()) - one.height()


def _centre(every: Rects, one: QRectF) -> Point:
    middle = _extent(every).center().x()
    return float(round(middle - one.width() / 2)), one.top()


def _middle(every: Rects, one: QRectF) -> Point:
    middle = _extent(every).center().y()
    return one.left(), float(round(middle - one.height() / 2))


def _extent(every: Rects) -> QRectF:
    area = QRectF()
    for rect in every.values():
        area = area.united(rect)
    return area


def _align(canvas: Canvas, to: Callable[[Rects, QRectF], Point], where: str) -> None:
    if reason := cannot_align(canvas):
        canvas.said.emit(reason)
        return
    every = _rects(canvas)
    spots = {node: to(every, rect) for node, rect in every.items()}
    _place(canvas, spots, f"Align {named(canvas, every)} {where}")


align_left = partial(_align, to=_left, where="at the left")
align_centre = partial(_align, to=_centre, where="in the centre")
align_right = partial(_align, to=_right, where="at the right")
align_top = partial(_align, to=_top, where="at the top")
align_middle = partial(_align, to=_middle, where="in the middle")
align_bottom = partial(_align, to=_bottom, where="at the bottom")


# Gaps


def _distribute(canvas: Canvas, axis: Axis) -> None:
    """Make the gaps between neighbours equal; the two outermost nodes stay.

    Where there is no room between those, the last ones go further out, and where nodes that are
    not selected are in the way, all go past them, out of the line.
    """
    if reason := cannot_distribute(canvas):
        canvas.said.emit(reason)
        return
    every = _rects(canvas)
    spans = {node: _span(rect, axis) for node, rect in every.items()}
    order = sorted(spans, key=lambda node: (spans[node][0] + spans[node][1], node))
    first, last = spans[order[0]], spans[order[-1]]
    taken = sum(end - begin for begin, end in spans.values())
    gap = (last[1] - first[0] - taken) / (len(order) - 1)
    spots = _spaced(every, order, axis, gap)
    spots[order[-1]] = (every[order[-1]].left(), every[order[-1]].top())
    if gap < 0 and any(one.intersects(two) for one, two in combinations(_there(every, spots), 2)):
        spots = _spaced(every, order, axis, LEAST_GAP)
    spots = _beside_others(canvas, every, spots, "y" if axis == "x" else "x")
    _place(canvas, spots, f"Even out the gaps between {named(canvas, every)}")


def _spaced(every: Rects, order: list[NodeId], axis: Axis, gap: float) -> dict[NodeId, Point]:
    """Return where nodes lie one after another, so far apart, from where the first is."""
    spots: dict[NodeId, Point] = {}
    at = _span(every[order[0]], axis)[0]
    for node in order:
        here, rect = float(round(at)), every[node]
        spots[node] = (here, rect.top()) if axis == "x" else (rect.left(), here)
        begin, end = _span(rect, axis)
        at += end - begin + gap
    return spots


def _there(every: Rects, spots: Mapping[NodeId, Point]) -> list[QRectF]:
    """Return what nodes cover when they lie elsewhere."""
    return [QRectF(*spot, every[n].width(), every[n].height()) for n, spot in spots.items()]


def _box(area: QRectF) -> Box:
    return (area.left(), area.top(), area.width(), area.height())


def _beside_others(
    canvas: Canvas,
    every: Rects,
    spots: Mapping[NodeId, Point],
    axis: Axis,
    others: Iterable[QRectF] = (),
) -> dict[NodeId, Point]:
    """Return places past the nodes that are not moved, on one axis, and past other areas."""
    nodes = canvas.world.nodes.items()
    stay = [_box(item.rect()) for node, item in nodes if node not in every]
    stay += [_box(area) for area in others]
    mine = [_box(area) for area in _there(every, spots)]
    if axis == "x":
        mine, stay = turned_over(mine), turned_over(stay)
    way = way_clear(mine, stay, dear=math.inf)[1]
    step = (way, 0.0) if axis == "x" else (0.0, way)
    return {node: (x + step[0], y + step[1]) for node, (x, y) in spots.items()}


def _span(rect: QRectF, axis: Axis) -> tuple[float, float]:
    return (rect.left(), rect.right()) if axis == "x" else (rect.top(), rect.bottom())


distribute_across = partial(_distribute, axis="x")
distribute_down = partial(_distribute, axis="y")


# Straight wires


def straighten(canvas: Canvas) -> None:
    """Bring the ports of selected nodes that a wire joins into one line, along each chain.

    Where data runs right, that is one height; where it runs down, one upright line. What comes
    first stays; each further node follows the first of its inputs that is wired within the
    selection. Of several nodes behind one output the nearest follows, so that branches
    do not come to lie upon each other. A chain that would lie upon others goes past them as one.
    """
    if reason := cannot_straighten(canvas):
        canvas.said.emit(reason)
        return
    every, shown = _rects(canvas), canvas.places()
    spots = {node: shown[node] for node in every}
    for chain in _chains(canvas, every):
        there = {node: spots[node] for node in every if node not in chain}
        if chain != {node: spots[node] for node in chain}:
            chain = _beside_others(canvas, every, chain, _aside(canvas), _there(every, there))
        spots |= chain
    _place(canvas, spots, f"Straighten the wires of {named(canvas, every)}")


def _aside(canvas: Canvas) -> Axis:
    """Return the axis across which data runs."""
    return "x" if canvas.world.drawing.runs_down else "y"


def _chains(canvas: Canvas, every: Rects) -> list[dict[NodeId, Point]]:
    """Return chains of nodes with the places at which their wires are straight.

    A node that would lie upon one before it in its chain begins another.
    """
    wires, down = _straight(canvas, every), canvas.world.drawing.runs_down
    chains: dict[NodeId, dict[NodeId, Point]] = {}
    for node in sorted(
        every, key=lambda n: (_begin(every[n], down), _begin(every[n], not down), n)
    ):
        here = (every[node].left(), every[node].top())
        chains[node] = {node: here}
        if node in wires:
            end, start = wires[node]
            chain = chains[start.node]
            line = chain[start.node][not down] + _drop(canvas, start) - _drop(canvas, end)
            spot = (line, here[1]) if down else (here[0], line)
            mine, *before = _there(every, {node: spot, **chain})
            if not any(mine.intersects(one) for one in before):
                chain[node], chains[node] = spot, chain
    return [chain for node, chain in chains.items() if node == next(iter(chain))]


def _straight(canvas: Canvas, every: Rects) -> dict[NodeId, Joint]:
    """Return the wire that is to run straight into each node, where there is one."""
    firsts: dict[NodeId, Joint] = {}
    down = canvas.world.drawing.runs_down
    for end, start in _inner_wires(canvas):
        is_back = _begin(every[start.node], down) < _begin(every[end.node], down)
        known = firsts.get(end.node)
        if is_back and (known is None or _rank(canvas, end) < _rank(canvas, known[0])):
            firsts[end.node] = (end, start)
    nearest: dict[OutPort, Joint] = {}
    for end, start in firsts.values():
        known = nearest.get(start)
        if known is None or _rise(canvas, end, start) < _rise(canvas, *known):
            nearest[start] = (end, start)
    return {end.node: (end, start) for end, start in nearest.values()}


def _begin(rect: QRectF, down: bool) -> float:
    """Return where a node begins in the direction in which data runs."""
    return rect.top() if down else rect.left()


def _rise(canvas: Canvas, end: InPort, start: OutPort) -> tuple[float, NodeId]:
    """Return how far a wire is from being straight; of two alike the first by name comes first."""
    way = canvas.world.place_of(end) - canvas.world.place_of(start)
    return abs(way.x() if canvas.world.drawing.runs_down else way.y()), end.node


def _inner_wires(canvas: Canvas) -> list[Joint]:
    """Return the wires between selected nodes that run from an edge to the one opposite it."""
    chosen, scene = meant(canvas), canvas.world
    ends = [(i.target, i.source) for i in scene.wires_at(chosen)]
    return [
        (end, start)
        for end, start in ends
        if end.node in chosen and start.node in chosen and _faces(canvas, end, start)
    ]


def _faces(canvas: Canvas, end: InPort, start: OutPort) -> bool:
    """Whether a wire leaves and enters at the edges between which data runs."""
    into = canvas.world.nodes[end.node].place(end)
    out = canvas.world.nodes[start.node].place(start)
    sides = ("bottom", "top") if canvas.world.drawing.runs_down else ("right", "left")
    return into is not None and out is not None and (out.side, into.side) == sides


def _rank(canvas: Canvas, end: InPort) -> int:
    """Return the place of an input among those of its node."""
    inputs = list(canvas.world.nodes[end.node].anatomy.inputs)
    return inputs.index(end.port) if end.port in inputs else len(inputs)


def _drop(canvas: Canvas, port: InPort | OutPort) -> float:
    """Return how far a port is from where its node begins, across the direction of data."""
    place = canvas.world.nodes[port.node].place(port)
    if place is None:
        return 0.0
    return place.x if canvas.world.drawing.runs_down else place.y
