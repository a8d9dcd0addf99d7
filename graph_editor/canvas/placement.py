"""Places for nodes that have none: beside their neighbours, where nothing lies yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Literal

from graph_editor.canvas.anatomy import GRID, Anatomy
from graph_editor.canvas.between import CLEAR, Box, End, box_of, overlaps, place_between
from graph_editor.document.layout import Gaps, arrange
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

Spot = tuple[float, float]
GAPS = Gaps(layers=88, nodes=32, wires=16)
STEP = 8 * GRID
FEW = 8
"""New nodes up to which the rest is not arranged to find places: that takes long."""


class _Ground:
    """The nodes that have a place, what they cover, and those that were put there meanwhile."""

    def __init__(
        self, graph: Graph, known: Mapping[NodeId, Spot], anatomy: Callable[[NodeId], Anatomy]
    ) -> None:
        self._anatomy = anatomy
        self.places = {node: spot for node, spot in known.items() if node in graph.nodes}
        self.boxes = [box_of(spot, anatomy(node)) for node, spot in self.places.items()]
        self.found: dict[NodeId, Spot] = {}

    def put(self, node: NodeId, spot: Spot) -> None:
        """Give a node its place."""
        self.places[node] = self.found[node] = spot
        self.boxes.append(box_of(spot, self._anatomy(node)))


def missing_places(
    graph: Graph,
    known: Mapping[NodeId, Spot],
    anatomy: Callable[[NodeId], Anatomy],
    direction: Literal["right", "down"] = "right",
) -> dict[NodeId, Spot]:
    """Return places for the nodes that have none; data runs in this direction."""
    lost = [node for node in graph.nodes if node not in known]
    if not lost:
        return {}
    put = _into_wires(graph, known, lost, anatomy) if known and len(lost) <= FEW else {}
    if put:
        return put | missing_places(graph, {**known, **put}, anatomy, direction)
    if len(lost) <= FEW < len(known):
        return _beside(graph, known, lost, anatomy)
    made = arrange(
        graph,
        {node: (anatomy(node).width, anatomy(node).height) for node in graph.nodes},
        direction=direction,
        anchor=anchor_of(anatomy),
        near=known,
        gaps=GAPS,
    ).positions
    near, ground = _neighbours(graph, lost), _Ground(graph, known, anatomy)
    for node in lost:
        friend = next((one for one in near[node] if one in ground.places), None)
        spot = made[node]
        if friend is not None:
            there, drawn = ground.places[friend], made[friend]
            spot = (spot[0] + there[0] - drawn[0], spot[1] + there[1] - drawn[1])
        if known:
            spot = free_spot((round(spot[0]), round(spot[1])), anatomy(node), ground.boxes)
        ground.put(node, spot)
    return ground.found


def _beside(
    graph: Graph,
    known: Mapping[NodeId, Spot],
    lost: list[NodeId],
    anatomy: Callable[[NodeId], Anatomy],
) -> dict[NodeId, Spot]:
    """Return places for a few nodes: behind what they read, else before what reads them."""
    ground = _Ground(graph, known, anatomy)
    places = ground.places
    left = min((box[0] for box in ground.boxes), default=0.0)
    bottom = max((box[3] for box in ground.boxes), default=0.0)
    for node in lost:
        build, spot = anatomy(node), (left, bottom + STEP)
        for target, source in graph.wires.items():
            mine, other = (target, source) if target.node == node else (source, target)
            if mine.node != node or other.node not in places or other.node == node:
                continue
            spot = _next_to(places[other.node], anatomy(other.node), build, mine, other)
            if mine is target:
                break
        ground.put(node, free_spot(spot, build, ground.boxes))
    return ground.found


def _next_to(
    there: Spot, other: Anatomy, build: Anatomy, mine: InPort | OutPort, port: InPort | OutPort
) -> Spot:
    """Return the place at which two ports face each other."""
    reads = isinstance(mine, InPort)
    if build.is_standing:
        further = other.height if reads else -2 * GAPS.layers - build.height
        y = there[1] + GAPS.layers + further
        here, away = build.place(mine), other.place(port)
        right = away.x - here.x if here is not None and away is not None else 0.0
        return (there[0] + right, y)
    x = there[0] + other.width + GAPS.layers if reads else there[0] - GAPS.layers - build.width
    here, away = build.place(mine), other.place(port)
    down = away.y - here.y if here is not None and away is not None else 0.0
    return (x, there[1] + down)


def _into_wires(
    graph: Graph,
    known: Mapping[NodeId, Spot],
    lost: list[NodeId],
    anatomy: Callable[[NodeId], Anatomy],
) -> dict[NodeId, Spot]:
    """Return places for those nodes that stand in a wire between nodes that have theirs."""
    ground = _Ground(graph, known, anatomy)
    places = ground.places

    def end(port: InPort | OutPort) -> End | None:
        place, spot = anatomy(port.node).place(port), places[port.node]
        return None if place is None else End(spot[0] + place.x, spot[1] + place.y, place.side)

    for node in lost:
        wires = _wire_through(graph, node, places)
        if wires is None:
            continue
        (enters, source), (leaves, target) = wires
        build, start, goal = anatomy(node), end(source), end(target)
        mine = (build.place(enters), build.place(leaves))
        if start is None or goal is None or mine[0] is None or mine[1] is None:
            continue
        spot = place_between(build, (mine[0], mine[1]), (start, goal), ground.boxes)
        if spot is not None:
            ground.put(node, spot)
    return ground.found


Pieces = tuple[tuple[InPort, OutPort], tuple[OutPort, InPort]]
"""A node's input with what it reads, and its output with what that leads to in the end."""


def _wire_through(graph: Graph, node: NodeId, places: Mapping[NodeId, Spot]) -> Pieces | None:
    """Return the wire that a node stands in, past other nodes that have no place yet."""
    read = next(((t, s) for t, s in graph.wires.items() if _links(t, s, node, places)), None)
    leaves, seen = None, {node}
    behind = _readers(graph, node)
    while behind:
        source, target = behind.pop(0)
        leaves = leaves or source
        if target.node in places:
            return None if read is None else (read, (leaves, target))
        if target.node not in seen:
            seen.add(target.node)
            behind += _readers(graph, target.node)
    return None


def _links(target: InPort, source: OutPort, node: NodeId, places: Mapping[NodeId, Spot]) -> bool:
    return target.node == node and source.node in places


def _readers(graph: Graph, node: NodeId) -> list[tuple[OutPort, InPort]]:
    return [(s, t) for t, s in graph.wires.items() if s.node == node]


def free_spot(spot: Spot, build: Anatomy, boxes: Iterable[Box]) -> Spot:
    """Return the nearest place below or above a spot that no box covers."""
    taken = list(boxes)
    for step, sign in product(range(200), (1, -1)):
        tried = (spot[0], spot[1] + sign * step * STEP)
        box = box_of(tried, build)
        if not any(overlaps(box, other, CLEAR) for other in taken):
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
        if place is None or place.is_plan:
            return None
        if place.side in ("top", "bottom"):
            return place.x if anatomy(port.node).is_standing else None
        return place.y

    return anchor
