"""Lays the training plan out: optimizers below their losses, schedulers below those."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from graph_editor.canvas.anatomy import GRID
from graph_editor.canvas.arranging_task import Box, Spot, Task, meets, overlap
from graph_editor.canvas.routing import polyline
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

PLAN = ("optim", "lr_scheduler")
DOWN = 32.0
"""From a loss down to its optimizer, and on to the scheduler."""


def hanging(task: Task, plan: Graph) -> dict[NodeId, Spot]:
    """Return the width and height that the optimizers and schedulers below each loss take."""
    heads: dict[NodeId, set[NodeId]] = {node: set() for node in plan.nodes}
    for target, source in task.graph.wires.items():
        if target.node in heads:
            heads[target.node].add(source.node)
    found: dict[NodeId, Spot] = {}
    for node in plan.nodes:
        top = {node}
        while len(top) == 1 and (one := next(iter(top))) in heads:
            top = heads[one]
        width, height = task.size(node) if len(top) == 1 else (0.0, 0.0)
        for loss in top - plan.nodes.keys():
            wide, high = found.get(loss, (0.0, 0.0))
            found[loss] = (max(wide, width), high + DOWN + height)
    return found


def around(
    task: Task, wires: Mapping[InPort, OutPort], spots: Mapping[NodeId, Spot]
) -> dict[InPort, tuple[Spot, ...]]:
    """Return the points that wires of the plan are led past where nodes lie in their way."""
    boxes = {node: (*spot, *task.size(node)) for node, spot in spots.items()}
    found: dict[InPort, tuple[Spot, ...]] = {}
    for target, source in wires.items():
        start, end = (
            (spots[port.node][0] + x, spots[port.node][1] + y)
            for port, (x, y) in ((source, task.at(source)), (target, task.at(target)))
        )
        own = (source.node, target.node)
        others = [box for node, box in boxes.items() if node not in own]
        if start[1] < end[1] and _is_hit((start, end), (), others):
            found[target] = _past(start, end, others)
    return found


def _past(start: Spot, end: Spot, boxes: list[Box]) -> tuple[Spot, ...]:
    """Return the two ends of the nearest free way down; none where there is none."""
    first, last = start[1] + DOWN, max(end[1] - DOWN, start[1] + DOWN)
    ways = {start[0], end[0]}
    ways |= {x - 2 * GRID for x, *_ in boxes} | {x + width + 2 * GRID for x, _, width, _ in boxes}
    for x in sorted(ways, key=lambda x: (abs(x - start[0]) + abs(x - end[0]), x)):
        bends = ((x, first), (x, last))
        if not _is_hit((start, end), bends, boxes):
            return bends
    return ()


def _is_hit(ends: tuple[Spot, Spot], bends: tuple[Spot, ...], boxes: list[Box]) -> bool:
    way = polyline(ends[0], "bottom", ends[1], "top", bends)
    return any(meets(one, two, box) for one, two in pairwise(way) for box in boxes)


def below_losses(
    task: Task, plan: Graph, spots: Mapping[NodeId, Spot], boxes: list[Box]
) -> dict[NodeId, Spot]:
    """Return places for optimizers below their losses, and for schedulers below those."""
    found: dict[NodeId, Spot] = {}
    waiting = sorted(plan.nodes, key=lambda n: (PLAN.index(plan.nodes[n].kind), n))
    reads: dict[NodeId, list[tuple[OutPort, InPort]]] = {}
    for target, source in task.graph.wires.items():
        reads.setdefault(target.node, []).append((source, target))
    while waiting:
        ready = [n for n in waiting if not any(s.node in waiting for s, _ in reads.get(n, ()))]
        for node in ready or waiting[:1]:
            waiting.remove(node)
            wires = [w for w in reads.get(node, ()) if w[0].node in spots or w[0].node in found]
            found[node] = _under(task, node, wires, {**spots, **found}, boxes)
            boxes.append((*found[node], *task.size(node)))
    return found


def _under(
    task: Task,
    node: NodeId,
    wires: list[tuple[OutPort, InPort]],
    places: Mapping[NodeId, Spot],
    boxes: list[Box],
) -> Spot:
    """Return a place below what leads to a node, its ports under the ports there."""
    width, height = task.size(node)
    heads = [source.node for source, _ in wires]
    if heads:
        if len(heads) > 1:
            boxes = [*boxes, _across(task, heads, places, boxes)]
        ports = (places[s.node][0] + task.at(s)[0] - task.at(t)[0] for s, t in wires)
        left = float(round(sum(ports) / len(heads)))
        top = max(places[h][1] + task.size(h)[1] for h in heads) + DOWN
    else:
        left = float(round(max((x + w for x, _, w, _ in boxes), default=width) - width))
        top = max((y + h for _, y, _, h in boxes), default=0.0) + DOWN
    for box in sorted(boxes, key=lambda box: box[1]):
        if overlap((left, top, width, height), box):
            top = box[1] + box[3] + DOWN
    return (left, float(GRID * math.ceil(top / GRID)))


def _across(
    task: Task, heads: list[NodeId], places: Mapping[NodeId, Spot], boxes: list[Box]
) -> Box:
    """Return the area that several losses span, down to the lowest node there."""
    left = min(places[h][0] for h in heads)
    right = max(places[h][0] + task.size(h)[0] for h in heads)
    top = min(places[h][1] for h in heads)
    spanned = [y + h for x, y, w, h in boxes if x < right and left < x + w]
    return (left, top, right - left, max(spanned) - top)
