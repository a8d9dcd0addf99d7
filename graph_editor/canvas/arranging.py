"""Lays a graph out: data runs right, the training plan runs down below its losses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graph_editor.canvas.anatomy import CURVE, GRID, Anatomy, text_width
from graph_editor.canvas.placement import anchor_of
from graph_editor.document.edits import layout_of, move_nodes, set_bends
from graph_editor.document.layout import Arrangement, Gaps, arrange
from graph_editor.document.model import FrozenMap, Graph, InPort, NodeId, OutPort, Project

Spot = tuple[float, float]
PLAN = ("optim", "lr_scheduler")
LABEL_ROOM = 16 + 10
"""Room beside a label between two ports: the free room of the rule, and the ports' own."""
LEAST_GAP, MOST_GAP = 64.0, 128.0
DOWN = 40.0
"""From a loss down to its optimizer, and on to the scheduler."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A graph that is to be laid out, and what is known of its nodes."""

    graph: Graph
    builds: Mapping[NodeId, Anatomy]
    labels: Mapping[InPort, str]

    def size(self, node: NodeId) -> tuple[float, float]:
        """Return a node's size, with room for the curves of a run below a loss."""
        build = self.builds[node]
        curves = CURVE + 8 if build.family == "loss" and not build.picture_y else 0
        return (build.width, build.height + curves)


def arranged(
    project: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    labels: Mapping[InPort, str],
    near: Mapping[NodeId, Spot] | None = None,
    only: Iterable[NodeId] | None = None,
) -> Project:
    """Return the project with one graph, or some nodes of it, laid out anew."""
    graph = project.block(key).graph
    nodes = frozenset(graph.nodes) if only is None else frozenset(only) & frozenset(graph.nodes)
    part = _part(graph, nodes)
    task = _Task(part, builds, labels)
    flow, plan = _divided(part)
    made = _arranged_flow(task, flow, near or {})
    spots = {node: _snapped(spot) for node, spot in made.positions.items()}
    spots |= _below(task, plan, spots)
    moved = move_nodes(project, key, spots)
    for target in part.wires:
        points = _bends(task, made, target) if target in made.routes else ()
        if points or f"{target.node}.{target.port}" in _bent(moved, key):
            moved = set_bends(moved, key, target, points)
    return moved


def _part(graph: Graph, nodes: frozenset[NodeId]) -> Graph:
    kept = {n: node for n, node in graph.nodes.items() if n in nodes}
    wires = {
        target: source
        for target, source in graph.wires.items()
        if target.node in nodes and source.node in nodes
    }
    return replace(graph, nodes=FrozenMap(kept), wires=FrozenMap(wires))


def _divided(graph: Graph) -> tuple[Graph, Graph]:
    """Return what flows to the right, and the plan that hangs below it."""
    plan = frozenset(n for n, node in graph.nodes.items() if node.kind in PLAN)
    flow = frozenset(graph.nodes) - plan
    return _part(graph, flow), _part(graph, plan)


def _arranged_flow(task: _Task, flow: Graph, near: Mapping[NodeId, Spot]) -> Arrangement:
    widths = [
        text_width(task.labels.get(target, ""), "shape") for target in flow.wires if task.labels
    ]
    gap = min(max(max(widths, default=0.0) + LABEL_ROOM, LEAST_GAP), MOST_GAP)
    return arrange(
        flow,
        {node: task.size(node) for node in flow.nodes},
        anchor=anchor_of(task.builds.__getitem__),
        near={node: spot for node, spot in near.items() if node in flow.nodes},
        gaps=Gaps(layers=GRID * math.ceil(gap / GRID), nodes=32, wires=16),
    )


def _snapped(spot: Spot) -> Spot:
    return (float(round(spot[0])), float(round(spot[1])))


def _below(task: _Task, plan: Graph, spots: Mapping[NodeId, Spot]) -> dict[NodeId, Spot]:
    """Return places for optimizers below their losses, and for schedulers below those."""
    found: dict[NodeId, Spot] = {}
    boxes = [(*spot, *task.size(node)) for node, spot in spots.items()]
    waiting = sorted(plan.nodes, key=lambda n: (PLAN.index(plan.nodes[n].kind), n))
    sources = _sources(task.graph)
    for _ in range(len(waiting) + 1):
        for node in list(waiting):
            heads = [s for s in sources.get(node, ()) if s in spots or s in found]
            if not heads and any(s in waiting for s in sources.get(node, ())):
                continue
            waiting.remove(node)
            spot = _under(task, node, heads, {**spots, **found}, boxes)
            found[node] = spot
            boxes.append((*spot, *task.size(node)))
    return found


def _sources(graph: Graph) -> dict[NodeId, list[NodeId]]:
    found: dict[NodeId, list[NodeId]] = {}
    for target, source in graph.wires.items():
        found.setdefault(target.node, []).append(source.node)
    return found


Box = tuple[float, float, float, float]


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
        middle = max((x + w for x, _, w, _ in boxes), default=0.0) - width / 2
        top = max((y + h for _, y, _, h in boxes), default=0.0) + DOWN
    left = middle - width / 2
    for box in sorted(boxes, key=lambda box: box[1]):
        if _overlap((left, top, width, height), box):
            top = box[1] + box[3] + DOWN
    return (float(round(left)), float(GRID * math.ceil(top / GRID)))


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2] + GRID
        and other[0] < one[0] + one[2] + GRID
        and one[1] < other[1] + other[3] + GRID
        and other[1] < one[1] + one[3] + GRID
    )


def _bends(task: _Task, made: Arrangement, target: InPort) -> tuple[Spot, ...]:
    """Return where a wire is led around nodes; none where it can run free."""
    return tuple(_snapped(spot) for spot in made.bends(target)[:])


def _bent(project: Project, key: str) -> FrozenMap[str, object]:
    bends = layout_of(project, key).get("bends")
    return bends if isinstance(bends, FrozenMap) else FrozenMap()


def ports_of_plan(build: Anatomy) -> tuple[InPort | OutPort, ...]:
    """Return the ports on a node's top and bottom edge."""
    places = (*build.inputs.values(), *build.outputs.values())
    return tuple(p.ref for p in places if p.side in ("top", "bottom"))
