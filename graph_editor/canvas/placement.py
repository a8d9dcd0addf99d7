"""Places for nodes that have none: beside their neighbours, where nothing lies yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from graph_editor.canvas.anatomy import GRID, Anatomy
from graph_editor.document.layout import Gaps, arrange
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

Spot = tuple[float, float]
GAPS = Gaps(layers=88, nodes=32, wires=16)
STEP = 8 * GRID
FEW = 8
"""New nodes up to which the rest is not arranged to find places: that takes long."""


def missing_places(
    graph: Graph, known: Mapping[NodeId, Spot], anatomy: Callable[[NodeId], Anatomy]
) -> dict[NodeId, Spot]:
    """Return places for the nodes that have none."""
    lost = [node for node in graph.nodes if node not in known]
    if not lost:
        return {}
    if len(lost) <= FEW < len(known):
        return _beside(graph, known, lost, anatomy)
    made = arrange(
        graph,
        {node: (anatomy(node).width, anatomy(node).height) for node in graph.nodes},
        anchor=anchor_of(anatomy),
        near=known,
        gaps=GAPS,
    ).positions
    near = _neighbours(graph, lost)
    places = {node: spot for node, spot in known.items() if node in graph.nodes}
    boxes = [_box(places[node], anatomy(node)) for node in places]
    found: dict[NodeId, Spot] = {}
    for node in lost:
        friend = next((one for one in near[node] if one in places), None)
        spot = made[node]
        if friend is not None:
            dx, dy = places[friend][0] - made[friend][0], places[friend][1] - made[friend][1]
            spot = (spot[0] + dx, spot[1] + dy)
        if known:
            spot = free_spot((round(spot[0]), round(spot[1])), anatomy(node), boxes)
        places[node] = found[node] = spot
        boxes.append(_box(spot, anatomy(node)))
    return found


def _beside(
    graph: Graph,
    known: Mapping[NodeId, Spot],
    lost: list[NodeId],
    anatomy: Callable[[NodeId], Anatomy],
) -> dict[NodeId, Spot]:
    """Return places for a few nodes: behind what they read, else before what reads them."""
    places = {node: spot for node, spot in known.items() if node in graph.nodes}
    boxes = [_box(spot, anatomy(node)) for node, spot in places.items()]
    found: dict[NodeId, Spot] = {}
    left = min((box[0] for box in boxes), default=0.0)
    bottom = max((box[3] for box in boxes), default=0.0)
    for node in lost:
        build, spot = anatomy(node), (left, bottom + STEP)
        for target, source in graph.wires.items():
            mine, other = (target, source) if target.node == node else (source, target)
            if mine.node != node or other.node not in places or other.node == node:
                continue
            spot = _next_to(places[other.node], anatomy(other.node), build, mine, other)
            if mine is target:
                break
        places[node] = found[node] = free_spot(spot, build, boxes)
        boxes.append(_box(found[node], build))
    return found


def _next_to(
    there: Spot, other: Anatomy, build: Anatomy, mine: InPort | OutPort, port: InPort | OutPort
) -> Spot:
    """Return the place at which two ports face each other."""
    reads = isinstance(mine, InPort)
    x = there[0] + other.width + GAPS.layers if reads else there[0] - GAPS.layers - build.width
    here, away = build.place(mine), other.place(port)
    down = away.y - here.y if here is not None and away is not None else 0.0
    return (x, there[1] + down)


Box = tuple[float, float, float, float]


def _box(spot: Spot, build: Anatomy) -> Box:
    return (spot[0], spot[1], spot[0] + build.width, spot[1] + build.height)


def free_spot(spot: Spot, build: Anatomy, boxes: Iterable[Box]) -> Spot:
    """Return the nearest place below or above a spot that no box covers."""
    taken = list(boxes)
    for step, sign in product(range(200), (1, -1)):
        tried = (spot[0], spot[1] + sign * step * STEP)
        left, top, right, bottom = _box(tried, build)
        if not any(
            left < x2 + GRID and x1 < right + GRID and top < y2 + GRID and y1 < bottom + GRID
            for x1, y1, x2, y2 in taken
        ):
            return tried
    return spot


def _neighbours(graph: Graph, nodes: Iterable[NodeId]) -> dict[NodeId, list[NodeId]]:
    near: dict[NodeId, list[NodeId]] = {node: [] for node in nodes}
    for target, source in graph.wires.items():
        if target.node in near:
            near[target.node].append(source.node)
        if source.node in near:
            near[source.node].append(target.node)
    return near


def anchor_of(anatomy: Callable[[NodeId], Anatomy]) -> Callable[[InPort | OutPort], float | None]:
    """Return where ports are on their nodes, for the arrangement."""

    def anchor(port: InPort | OutPort) -> float | None:
        place = anatomy(port.node).place(port)
        return None if place is None or place.side in ("top", "bottom") else place.y

    return anchor
