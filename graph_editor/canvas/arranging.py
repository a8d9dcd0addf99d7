"""Lays a graph out: data runs right on one line, the training plan runs down below its losses.

The main ports of nodes are put in line, so that all ports of a chain are on one height. A graph
whose data runs down is laid out as one whose data runs right, turned over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from graph_editor.canvas.anatomy import GRID, Anatomy
from graph_editor.canvas.arranging_plan import PLAN, around, below_losses, hanging
from graph_editor.canvas.arranging_room import with_room
from graph_editor.canvas.arranging_task import Box, Spot, Task, overlap, turned
from graph_editor.canvas.drawing import bends_of
from graph_editor.canvas.folding import Bends, Sheet, folded
from graph_editor.document.changes import Change
from graph_editor.document.edits import (
    bend_wires,
    layout_of,
    move_nodes,
    positions_of,
    runs_down,
)
from graph_editor.document.layout import Arrangement, arrange
from graph_editor.document.model import (
    FrozenMap,
    Graph,
    InPort,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

PASSES = 4
"""How often a graph is laid out at most before it is taken to be in order."""
BEHIND = "behind "
"""The port of a wire that is drawn nowhere: what it leads to stands behind what it comes from."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Which layer it is, where it begins and ends, and what stands in it."""

    number: int
    left: float
    right: float
    nodes: tuple[NodeId, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """Where nodes lie, and past which points wires are led, before a graph is laid out."""

    near: Mapping[NodeId, Spot]
    ways: Bends

    def turned(self) -> Present:
        """Return the same turned over."""
        near = {node: (y, x) for node, (x, y) in self.near.items()}
        return Present(near, {t: tuple((y, x) for x, y in way) for t, way in self.ways.items()})

    def after(self, project: Project, key: str) -> Present:
        """Return what is present when a graph has been laid out."""
        layout = layout_of(project, key)
        ways = {target: bends_of(layout, target) for target in project.block(key).graph.wires}
        return Present({**self.near, **positions_of(project, key)}, ways)


Step: TypeAlias = Callable[[Project, Present], Project]


def arranged(
    project: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    labels: Mapping[InPort, str],
    present: Present,
    only: Iterable[NodeId] | None = None,
) -> Project:
    """Return the project with one graph, or some nodes of it, laid out anew.

    An order of nodes that comes of where they were may ask for another yet, so it is done until
    nothing moves: what is arranged stays as it is, and is the very same project. An order that
    does not come to rest gives way to one that does not hang on where the nodes were.
    """
    graph = project.block(key).graph
    nodes = frozenset(graph.nodes) if only is None else frozenset(only) & frozenset(graph.nodes)
    if not nodes:
        return project
    part = _part(graph, nodes)
    runs = runs_down(project, key)
    shown = {node: turned(builds[node]) for node in nodes} if runs else builds
    task = Task(part, shown, labels, upright=runs)
    step = partial(_arranged, key, task)
    made = _at_rest(project, key, present, step)
    if made is None:
        fresh = _arranged(key, task, project, present, as_new=True)
        made = _at_rest(fresh, key, present.after(fresh, key), step) or fresh
    if len(nodes) < len(graph.nodes):
        made = with_room(made, key, builds, present.near, nodes)
    return made if Change(project, made) else project


def _at_rest(project: Project, key: str, present: Present, step: Step) -> Project | None:
    """Return the project after as many steps as change something; None: there is no end to it."""
    for _ in range(PASSES):
        placed = step(project, present)
        if not Change(project, placed):
            return project
        project, present = placed, present.after(placed, key)
    return None


def _arranged(
    key: str, task: Task, project: Project, present: Present, as_new: bool = False
) -> Project:
    """Return the project with a graph laid out once; as new, whatever the order at present is."""
    here = present.turned() if task.upright else present
    spots, bends = _laid_out(task, Present({}, {}) if as_new else here)
    if task.upright:
        spots = {node: (x, y) for node, (y, x) in spots.items()}
        bends = {target: tuple((x, y) for y, x in way) for target, way in bends.items()}
    dx, dy = _shift(spots, present.near)
    placed = {node: (round(x + dx), round(y + dy)) for node, (x, y) in spots.items()}
    ways = {
        target: [(round(x + dx), round(y + dy)) for x, y in bends.get(target, ())]
        for target in task.graph.wires
    }
    return bend_wires(move_nodes(project, key, placed), key, ways)


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
    task: Task, present: Present
) -> tuple[dict[NodeId, Spot], dict[InPort, tuple[Spot, ...]]]:
    """Return where nodes lie, and past which points wires are led."""
    graph = task.graph
    plan = {n for n, node in graph.nodes.items() if node.kind in PLAN}
    flow = _part(graph, set(graph.nodes) - plan)
    task = replace(task, hanging=hanging(task, _part(graph, plan)))
    made = _flow(task, flow, present)
    spots = {
        node: (
            float(round(x + (task.room(node)[0] - task.size(node)[0]) / 2)),
            task.even(y + task.level(node)) - task.level(node),
        )
        for node, (x, y) in made.positions.items()
    }
    edges = _edges(task, made)
    bends = {target: _bends(task, made, edges, flow, target) for target in flow.wires}
    near_by = [t for t, s in flow.wires.items() if edges[t.node].number == edges[s.node].number + 1]
    _straighten(task, flow, near_by, spots, bends)
    if _hangs_together(flow):
        low = {node: high for node, (_, high) in task.hanging.items()}
        sized = {node: (*spot, *task.size(node)) for node, spot in spots.items()}
        ways = {t: _way(task, s, t, spots, bends[t]) for t, s in flow.wires.items()}
        columns = _columns(task, made)
        spots, bends = folded(Sheet(flow, sized, columns, ways, low, task.upright), bends)
    boxes = [(*spot, *task.size(node)) for node, spot in spots.items()]
    spots |= below_losses(task, _part(graph, plan), spots, boxes)
    wires = {t: s for t, s in graph.wires.items() if t.node in plan}
    bends |= around(task, wires, spots)
    return spots, bends


def _way(
    task: Task,
    source: OutPort,
    target: InPort,
    spots: Mapping[NodeId, Spot],
    bends: Sequence[Spot],
) -> tuple[Spot, ...]:
    """Return the points of a wire from end to end."""
    start, end = (
        (spots[port.node][0] + x, spots[port.node][1] + y)
        for port, (x, y) in ((source, task.at(source)), (target, task.at(target)))
    )
    return (start, *bends, end)


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


def _columns(task: Task, made: Arrangement) -> list[list[NodeId]]:
    """Return the nodes of each layer from left to right."""
    found: dict[int, list[NodeId]] = {}
    for node, (x, _) in made.positions.items():
        found.setdefault(round(x + task.room(node)[0] / 2), []).append(node)
    return [found[middle] for middle in sorted(found)]


def _watchers(task: Task) -> list[tuple[NodeId, NodeId]]:
    """Return the metrics that read just what a loss reads, each with what comes behind it.

    They stand before that loss, between the wires that both read.
    """
    reads: dict[NodeId, set[OutPort]] = {}
    for target, source in task.graph.wires.items():
        reads.setdefault(target.node, set()).add(source)
    written = {source.node for source in task.graph.wires.values()}
    losses = sorted(n for n in task.graph.nodes if task.builds[n].family == "loss")
    behind = {loss: loss for loss in losses}
    found: list[tuple[NodeId, NodeId]] = []
    for node in sorted(task.graph.nodes):
        mine = reads.get(node)
        if task.builds[node].family != "metric" or not mine or node in written:
            continue
        loss = next((one for one in losses if mine <= reads.get(one, set())), None)
        if loss is not None:
            found.append((node, behind[loss]))
            behind[loss] = node
    return found


def _flow(task: Task, flow: Graph, present: Present) -> Arrangement:
    """Return the arrangement of boxes around the main ports."""
    order = {
        InPort(after, PortPath(f"{BEHIND}{node}")): OutPort(node, BEHIND)
        for node, after in _watchers(task)
    }
    made = arrange(
        replace(flow, wires=flow.wires.merged(order)),
        {node: task.room(node) for node in flow.nodes},
        anchor=task.anchor,
        line=task.level,
        near={node: spot for node, spot in present.near.items() if node in flow.nodes},
        ways=present.ways,
        gaps=task.gaps(flow),
    )
    left = min((x for x, _ in made.positions.values()), default=0.0)
    top = min((y for _, y in made.positions.values()), default=0.0)
    return Arrangement(
        {node: (x - left, y - top) for node, (x, y) in made.positions.items()},
        {
            target: tuple((x - left, y - top) for x, y in way)
            for target, way in made.routes.items()
            if target in flow.wires
        },
    )


def _straighten(
    task: Task,
    flow: Graph,
    targets: Iterable[InPort],
    spots: dict[NodeId, Spot],
    bends: Mapping[InPort, Sequence[Spot]],
) -> None:
    """Move the first and last nodes of chains so that their main wire runs level."""
    reads = {target.node for target in flow.wires}
    written = {source.node for source in flow.wires.values()}
    lanes = [
        (min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
        for way in bends.values()
        for (x1, y1), (x2, y2) in pairwise(way)
    ]
    done: set[NodeId] = set()
    for target in sorted(targets, key=str):
        source = flow.wires[target]
        ends: list[tuple[InPort | OutPort, InPort | OutPort]] = []
        if target.node not in written and _is_main(task, target):
            ends.append((target, source))
        if source.node not in reads and _is_main(task, source):
            ends.append((source, target))
        for mine, other in ends:
            if mine.node not in done and _level_with(task, mine, other, spots, lanes):
                done.add(mine.node)


def _is_main(task: Task, port: InPort | OutPort) -> bool:
    place = task.builds[port.node].place(port)
    return place is not None and place.y == task.level(port.node)


def _level_with(
    task: Task,
    mine: InPort | OutPort,
    other: InPort | OutPort,
    spots: dict[NodeId, Spot],
    lanes: Sequence[Box],
) -> bool:
    """Move a port's node so that the port is as high as another one, if there is room."""
    here, there = task.builds[mine.node].place(mine), task.builds[other.node].place(other)
    if here is None or there is None:
        return False
    left = spots[mine.node][0]
    top = spots[other.node][1] + there.y - here.y
    box = _box(task, mine.node, (left, top))
    others = [_box(task, node, spot) for node, spot in spots.items() if node != mine.node]
    if any(overlap(box, each) for each in (*others, *lanes)):
        return False
    spots[mine.node] = (left, top)
    return True


def _box(task: Task, node: NodeId, spot: Spot) -> Box:
    """Return what a node and all that hangs below it covers."""
    width, height = task.room(node)
    return (spot[0] - (width - task.size(node)[0]) / 2, spot[1], width, height)


def _bends(
    task: Task, made: Arrangement, edges: Mapping[NodeId, Edges], flow: Graph, target: InPort
) -> tuple[Spot, ...]:
    """Return the points of a wire that passes layers; one to the next layer runs free.

    A corner at a node that is shorter than its layer is left out where nothing is in the way.
    """
    source = flow.wires[target]
    corners = list(made.bends(target))
    route = made.routes[target]
    out, into = route[0], route[-1]
    first, last = edges[source.node], edges[target.node]
    after = [*corners[1:], into][:1]
    leaves = corners and corners[0][1] == out[1] and corners[0][0] <= first.right
    if leaves and _is_open(made, task, first, source.node, (out, after[0])):
        corners.pop(0)
    before = [out, *corners[:-1]][-1:]
    enters = corners and corners[-1][1] == into[1] and corners[-1][0] >= last.left
    if enters and _is_open(made, task, last, target.node, (before[0], into)):
        corners.pop()
    return tuple((float(round(x)), task.even(y)) for x, y in corners)


def _is_open(
    made: Arrangement, task: Task, layer: Edges, node: NodeId, ends: tuple[Spot, Spot]
) -> bool:
    """Whether no other node of a layer lies in the area between two ends of a curve."""
    (x1, y1), (x2, y2) = ends
    area = (min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
    return not any(
        overlap(area, (*made.positions[one], *task.room(one))) for one in layer.nodes if one != node
    )


def _edges(task: Task, made: Arrangement) -> dict[NodeId, Edges]:
    """Return where the layer of each node begins and ends."""
    found: dict[NodeId, Edges] = {}
    for number, nodes in enumerate(_columns(task, made)):
        left = min(made.positions[n][0] for n in nodes)
        right = max(made.positions[n][0] + task.room(n)[0] for n in nodes)
        found |= dict.fromkeys(nodes, Edges(number, left, right, tuple(nodes)))
    return found
