"""Lays a graph out: data runs right on one line, the training plan runs down below its losses.

The arrangement of the document puts the middles of nodes in line. Here each node is handed over
as a box whose middle is its main port, so that all ports of a chain are on one height.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median

from graph_editor.canvas.anatomy import CURVE, GRID, Anatomy, text_width
from graph_editor.canvas.folding import folded
from graph_editor.document.changes import Change
from graph_editor.document.edits import layout_of, move_nodes, positions_of, set_bends
from graph_editor.document.layout import Arrangement, Gaps, arrange
from graph_editor.document.model import FrozenMap, Graph, InPort, NodeId, OutPort, Project

Spot = tuple[float, float]
Box = tuple[float, float, float, float]
PLAN = ("optim", "lr_scheduler")
LABEL_ROOM = 16 + 10
"""Room beside a label between two ports: the free room of the rule, and the ports' own."""
LEAST_GAP, USUAL_GAP, MOST_GAP = 64.0, 80.0, 128.0
PASSES = 4
"""How often a graph is laid out at most before it is taken to be in order."""
DOWN = 32.0
"""From a loss down to its optimizer, on to the scheduler, and up to the metrics."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A graph that is to be laid out, and what is known of its nodes."""

    graph: Graph
    builds: Mapping[NodeId, Anatomy]
    labels: Mapping[InPort, str]

    def size(self, node: NodeId) -> Spot:
        """Return a node's size, with room for the curves of a run in a loss."""
        build = self.builds[node]
        curves = CURVE if build.family == "loss" and not build.picture_y else 0
        return (build.width, build.height + curves)

    def level(self, node: NodeId) -> float:
        """Return the height of a node's main port: the first wired one, inputs before outputs."""
        build = self.builds[node]
        wired = [p for p in build.inputs.values() if p.ref in self.graph.wires]
        places = [*wired, *build.outputs.values(), *build.inputs.values()]
        sides = [p.y for p in places if p.side in ("left", "right") and not p.quiet]
        return sides[0] if sides else build.height / 2

    def half(self, node: NodeId) -> float:
        """Return half the height of the box around a node whose middle is its main port."""
        level = self.level(node)
        return max(level, self.size(node)[1] - level)

    def anchor(self, port: InPort | OutPort) -> float | None:
        """Return how far a port is from the top of its node's box."""
        place = self.builds[port.node].place(port)
        if place is None or place.side in ("top", "bottom"):
            return None
        return self.half(port.node) - self.level(port.node) + place.y


def arranged(
    project: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    labels: Mapping[InPort, str],
    near: Mapping[NodeId, Spot] | None = None,
    only: Iterable[NodeId] | None = None,
) -> Project:
    """Return the project with one graph, or some nodes of it, laid out anew.

    An order of nodes that comes of where they were may ask for another yet, so it is done until
    nothing moves: what is arranged stays as it is, and is the very same project.
    """
    made, spots = project, dict(near or {})
    for _ in range(PASSES):
        placed = _arranged(made, key, builds, labels, spots, only)
        if not Change(made, placed):
            break
        made, spots = placed, {**spots, **positions_of(placed, key)}
    return made


def _arranged(
    project: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    labels: Mapping[InPort, str],
    near: Mapping[NodeId, Spot],
    only: Iterable[NodeId] | None,
) -> Project:
    graph = project.block(key).graph
    nodes = frozenset(graph.nodes) if only is None else frozenset(only) & frozenset(graph.nodes)
    if not nodes:
        return project
    part = _part(graph, nodes)
    task = _Task(part, builds, labels)
    spots, bends = _laid_out(task, near)
    dx, dy = _shift(spots, near)
    placed = {node: (round(x + dx), round(y + dy)) for node, (x, y) in spots.items()}
    moved = move_nodes(project, key, placed)
    bent = layout_of(moved, key).get("bends")
    for target in part.wires:
        points = [(round(x + dx), round(y + dy)) for x, y in bends.get(target, ())]
        if points or (isinstance(bent, FrozenMap) and f"{target.node}.{target.port}" in bent):
            moved = set_bends(moved, key, target, points)
    return moved


def _shift(spots: Mapping[NodeId, Spot], near: Mapping[NodeId, Spot]) -> Spot:
    """Return how far all is moved so that the middle stays where it was, on the grid."""
    known = [(near[node], spot) for node, spot in spots.items() if node in near]
    if not known:
        return (0, 0)
    ways = [median(old[axis] - new[axis] for old, new in known) for axis in (0, 1)]
    return (GRID * round(ways[0] / GRID), GRID * round(ways[1] / GRID))


def _part(graph: Graph, nodes: Iterable[NodeId]) -> Graph:
    """Return some nodes of a graph, and the wires between them."""
    chosen = frozenset(nodes)
    kept = {n: node for n, node in graph.nodes.items() if n in chosen}
    wires = {
        target: source
        for target, source in graph.wires.items()
        if target.node in chosen and source.node in chosen
    }
    return replace(graph, nodes=FrozenMap(kept), wires=FrozenMap(wires))


def _laid_out(
    task: _Task, near: Mapping[NodeId, Spot]
) -> tuple[dict[NodeId, Spot], dict[InPort, tuple[Spot, ...]]]:
    """Return where nodes lie, and past which points wires are led."""
    graph = task.graph
    plan = {n for n, node in graph.nodes.items() if node.kind in PLAN}
    beside = _companions(task)
    flow = _part(graph, set(graph.nodes) - plan - set(beside))
    made = _flow(task, flow, near)
    spots = {
        node: (float(round(x)), _even(y + task.half(node)) - task.level(node))
        for node, (x, y) in made.positions.items()
    }
    _straighten(task, flow, spots)
    edges = _edges(task, made)
    bends = {target: _bends(made, edges, flow, target) for target in flow.wires}
    boxes = [(*spot, *task.size(node)) for node, spot in spots.items()]
    for node, loss in beside.items():
        spots[node] = _above(task, node, spots[loss], boxes)
        for target in (t for t in graph.wires if t.node == node):
            bends[target] = _same_way(graph, bends, target, loss)
    if _hangs_together(flow):
        columns = _columns(task, made, beside)
        below = sum(task.size(node)[1] + DOWN for node in plan)
        shown = _part(graph, [*flow.nodes, *beside])
        sized = {node: (*spot, *task.size(node)) for node, spot in spots.items()}
        spots, bends = folded(shown, sized, columns, bends, below)
        boxes = [(*spot, *task.size(node)) for node, spot in spots.items()]
    spots |= _below(task, _part(graph, plan), spots, boxes)
    return spots, bends


def _hangs_together(graph: Graph) -> bool:
    """Whether wires hold all nodes of a graph together."""
    near: dict[NodeId, list[NodeId]] = {node: [] for node in graph.nodes}
    for target, source in graph.wires.items():
        near[target.node].append(source.node)
        near[source.node].append(target.node)
    todo = list(graph.nodes)[:1]
    seen = set(todo)
    while todo:
        fresh = [node for node in near[todo.pop()] if node not in seen]
        seen.update(fresh)
        todo.extend(fresh)
    return len(seen) == len(graph.nodes)


def _columns(task: _Task, made: Arrangement, beside: Mapping[NodeId, NodeId]) -> list[list[NodeId]]:
    """Return the nodes of each layer from left to right, metrics with their losses."""
    found: dict[int, list[NodeId]] = {}
    for node, (x, _) in made.positions.items():
        found.setdefault(round(x + task.builds[node].width / 2), []).append(node)
    for column in found.values():
        column.extend(metric for metric, loss in beside.items() if loss in column)
    return [found[middle] for middle in sorted(found)]


def _companions(task: _Task) -> dict[NodeId, NodeId]:
    """Return the metrics that read just what a loss reads; each stands above that loss."""
    reads: dict[NodeId, set[OutPort]] = {}
    for target, source in task.graph.wires.items():
        reads.setdefault(target.node, set()).add(source)
    written = {source.node for source in task.graph.wires.values()}
    losses = sorted(n for n in task.graph.nodes if task.builds[n].family == "loss")
    found: dict[NodeId, NodeId] = {}
    for node in sorted(task.graph.nodes):
        mine = reads.get(node)
        if task.builds[node].family != "metric" or not mine or node in written:
            continue
        loss = next((one for one in losses if mine <= reads.get(one, set())), None)
        if loss is not None:
            found[node] = loss
    return found


def _flow(task: _Task, flow: Graph, near: Mapping[NodeId, Spot]) -> Arrangement:
    """Return the arrangement of boxes around the main ports."""
    widths = [text_width(task.labels.get(target, ""), "shape") for target in flow.wires]
    widest = max(widths, default=0.0)
    gap = min(max(widest + LABEL_ROOM, LEAST_GAP), MOST_GAP) if widest else USUAL_GAP
    made = arrange(
        flow,
        {node: (task.builds[node].width, 2 * task.half(node)) for node in flow.nodes},
        anchor=task.anchor,
        near={
            node: (x, y + task.level(node) - task.half(node))
            for node, (x, y) in near.items()
            if node in flow.nodes
        },
        gaps=Gaps(layers=float(GRID * math.ceil(gap / GRID)), nodes=16, wires=24),
    )
    left = min((x for x, _ in made.positions.values()), default=0.0)
    top = min((y for _, y in made.positions.values()), default=0.0)
    return Arrangement(
        {node: (x - left, y - top) for node, (x, y) in made.positions.items()},
        {t: tuple((x - left, y - top) for x, y in way) for t, way in made.routes.items()},
    )


def _straighten(task: _Task, flow: Graph, spots: dict[NodeId, Spot]) -> None:
    """Move the first and last nodes of chains so that their main wire runs level."""
    reads = {target.node for target in flow.wires}
    written = {source.node for source in flow.wires.values()}
    done: set[NodeId] = set()
    for target, source in sorted(flow.wires.items(), key=lambda item: str(item)):
        ends: list[tuple[InPort | OutPort, InPort | OutPort]] = []
        if target.node not in written and _is_main(task, target):
            ends.append((target, source))
        if source.node not in reads and _is_main(task, source):
            ends.append((source, target))
        for mine, other in ends:
            if mine.node not in done and _level_with(task, mine, other, spots):
                done.add(mine.node)


def _is_main(task: _Task, port: InPort | OutPort) -> bool:
    place = task.builds[port.node].place(port)
    return place is not None and place.y == task.level(port.node)


def _level_with(
    task: _Task, mine: InPort | OutPort, other: InPort | OutPort, spots: dict[NodeId, Spot]
) -> bool:
    """Move a port's node so that the port is as high as another one, if there is room."""
    here, there = task.builds[mine.node].place(mine), task.builds[other.node].place(other)
    if here is None or there is None:
        return False
    left = spots[mine.node][0]
    top = spots[other.node][1] + there.y - here.y
    box = (left, top, *task.size(mine.node))
    others = [(*spot, *task.size(node)) for node, spot in spots.items() if node != mine.node]
    if any(_overlap(box, each) for each in others):
        return False
    spots[mine.node] = (left, top)
    return True


def _even(height: float) -> float:
    """Return a height on which ports of simple nodes are when those stand on the grid."""
    return float(GRID * round((height - GRID / 2) / GRID) + GRID // 2)


def _bends(
    made: Arrangement, edges: Mapping[NodeId, Spot], flow: Graph, target: InPort
) -> tuple[Spot, ...]:
    """Return the points of a wire that passes layers; one to the next layer runs free."""
    source = flow.wires[target]
    corners = list(made.bends(target))
    route = made.routes[target]
    out, into = route[0], route[-1]
    right, left = edges[source.node][1], edges[target.node][0]
    if corners and corners[0][1] == out[1] and corners[0][0] <= right:
        corners.pop(0)
    if corners and corners[-1][1] == into[1] and corners[-1][0] >= left:
        corners.pop()
    return tuple((float(round(x)), _even(y)) for x, y in corners)


def _edges(task: _Task, made: Arrangement) -> dict[NodeId, Spot]:
    """Return where the layer of each node begins and ends."""
    layers: dict[int, list[NodeId]] = {}
    for node, (x, _) in made.positions.items():
        layers.setdefault(round(x + task.builds[node].width / 2), []).append(node)
    found: dict[NodeId, Spot] = {}
    for nodes in layers.values():
        left = min(made.positions[n][0] for n in nodes)
        right = max(made.positions[n][0] + task.builds[n].width for n in nodes)
        found |= dict.fromkeys(nodes, (left, right))
    return found


def _same_way(
    graph: Graph, bends: Mapping[InPort, tuple[Spot, ...]], target: InPort, loss: NodeId
) -> tuple[Spot, ...]:
    """Return the points of the wire that brings the same value to a loss."""
    source = graph.wires[target]
    twins = (t for t, s in graph.wires.items() if t.node == loss and s == source)
    return next((bends[twin] for twin in twins if twin in bends), ())


def _above(task: _Task, node: NodeId, loss: Spot, boxes: list[Box]) -> Spot:
    """Return a free place above a loss, and take it."""
    width, height = task.size(node)
    left, top = loss[0], loss[1] - DOWN - height
    for box in sorted(boxes, key=lambda box: -box[1]):
        if _overlap((left, top, width, height), box):
            top = box[1] - DOWN - height
    boxes.append((left, top, width, height))
    return (left, top)


def _below(
    task: _Task, plan: Graph, spots: Mapping[NodeId, Spot], boxes: list[Box]
) -> dict[NodeId, Spot]:
    """Return places for optimizers below their losses, and for schedulers below those."""
    found: dict[NodeId, Spot] = {}
    waiting = sorted(plan.nodes, key=lambda n: (PLAN.index(plan.nodes[n].kind), n))
    sources: dict[NodeId, list[NodeId]] = {}
    for target, source in task.graph.wires.items():
        sources.setdefault(target.node, []).append(source.node)
    while waiting:
        ready = [n for n in waiting if not any(s in waiting for s in sources.get(n, ()))]
        for node in ready or waiting[:1]:
            waiting.remove(node)
            heads = [s for s in sources.get(node, ()) if s in spots or s in found]
            found[node] = _under(task, node, heads, {**spots, **found}, boxes)
            boxes.append((*found[node], *task.size(node)))
    return found


def _under(
    task: _Task,
    node: NodeId,
    heads: list[NodeId],
    places: Mapping[NodeId, Spot],
    boxes: list[Box],
) -> Spot:
    """Return a place below what leads to a node, its middle under the middle there."""
    width, height = task.size(node)
    if heads:
        middle = sum(places[h][0] + task.size(h)[0] / 2 for h in heads) / len(heads)
        top = max(places[h][1] + task.size(h)[1] for h in heads) + DOWN
    else:
        middle = max((x + w for x, _, w, _ in boxes), default=width) - width / 2
        top = max((y + h for _, y, _, h in boxes), default=0.0) + DOWN
    left = float(round(middle - width / 2))
    for box in sorted(boxes, key=lambda box: box[1]):
        if _overlap((left, top, width, height), box):
            top = box[1] + box[3] + DOWN
    return (left, float(GRID * math.ceil(top / GRID)))


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2] + GRID
        and other[0] < one[0] + one[2] + GRID
        and one[1] < other[1] + other[3] + GRID
        and other[1] < one[1] + one[3] + GRID
    )
