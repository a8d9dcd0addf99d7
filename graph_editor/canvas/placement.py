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


def missing_places(
    graph: Graph, known: Mapping[NodeId, Spot], anatomy: Callable[[NodeId], Anatomy]
) -> dict[NodeId, Spot]:
    """Return places for the nodes that have none."""
    lost = [node for node in graph.nodes if node not in known]
    if not lost:
        return {}
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
