"""Automatic placement of a graph, a pure function: few crossings, no wire through a node."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Literal, TypeAlias

from graph_editor.document.layout_before import heights_of_pieces
from graph_editor.document.layout_layers import Layers, in_layers
from graph_editor.document.layout_lines import across
from graph_editor.document.layout_order import ordered
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Callable[["InPort | OutPort"], float | None]
"""How far a port lies from its node's first corner, across the direction; None: in the middle."""

Line: TypeAlias = Callable[[NodeId], float]
"""How far what is to be in line lies from its node's first corner; without one, the middle is."""

USUAL_SIZE: Size = (160, 48)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Free room in pixels: between layers, between nodes of a layer, beside a passing wire."""

    layers: float = 64
    nodes: float = 28
    wires: float = 12


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where nodes lie (their upper left corners), and the way of every wire from end to end."""

    positions: dict[NodeId, Point]
    routes: dict[InPort, tuple[Point, ...]]

    def bends(self, target: InPort) -> tuple[Point, ...]:
        """Return the points that the wire to target passes between its ends, corners only."""
        route = self.routes[target]
        corners = (
            here
            for last, here, after in zip(route, route[1:], route[2:], strict=False)
            if not _in_line(last, here, after)
        )
        return tuple(corners)


def _in_line(first: Point, second: Point, third: Point) -> bool:
    (ax, ay), (bx, by), (cx, cy) = first, second, third
    return math.isclose((bx - ax) * (cy - ay), (by - ay) * (cx - ax), abs_tol=1e-9)


def arrange(
    graph: Graph,
    sizes: Mapping[NodeId, Size] | None = None,
    *,
    direction: Literal["right", "down"] = "right",
    anchor: Anchor | None = None,
    line: Line | None = None,
    near: Mapping[NodeId, Point] | None = None,
    ways: Mapping[InPort, Sequence[Point]] | None = None,
    gaps: Gaps | None = None,
) -> Arrangement:
    """Return a place for every node and a way for every wire, none through a node.

    Wires leave at a node's right and enter at the left (below and above where direction is down).
    The same graph gives the same result, and ids decide only between nodes that are alike. Where
    the nodes' present places are given as near, the result keeps their order and middle; ways are
    the points that wires are led past at present.
    """
    turned = direction == "down"
    plan = _Plan(graph, sizes or {}, turned, anchor, line, near or {}, ways or {}, gaps or Gaps())
    positions, routes = _stacked([plan.part(ids) for ids in _components(graph)], plan)
    _shift(positions, routes, plan)
    if turned:
        positions = {key: (x, y) for key, (y, x) in positions.items()}
        routes = {key: [(x, y) for y, x in points] for key, points in routes.items()}
    return Arrangement(positions, {key: tuple(points) for key, points in routes.items()})


Part: TypeAlias = tuple[dict[NodeId, Point], dict[InPort, list[Point]]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be arranged; x runs along the layers here, whatever the direction."""

    graph: Graph
    sizes: Mapping[NodeId, Size]
    turned: bool
    anchor: Anchor | None
    line: Line | None
    near: Mapping[NodeId, Point]
    ways: Mapping[InPort, Sequence[Point]]
    gaps: Gaps

    def size(self, node_id: NodeId) -> Size:
        """Return a node's length along and across the layers."""
        width, height = self.sizes.get(node_id, USUAL_SIZE)
        return (height, width) if self.turned else (width, height)

    def old(self, node_id: NodeId) -> Point | None:
        """Return where a node lies at present, along and across the layers."""
        point = self.near.get(node_id)
        return point if point is None or not self.turned else (point[1], point[0])

    def old_spot(self, node_id: NodeId) -> Point | None:
        """Return the middle of a node along the layers, and what is in line across, at present."""
        point = self.old(node_id)
        if point is None:
            return None
        return (point[0] + self.size(node_id)[0] / 2, point[1] + self.level(node_id))

    def old_way(self, target: InPort) -> list[Point]:
        """Return the way of a wire from end to end at present; nothing where an end is new."""
        source = self.graph.wires[target]
        start, end = self.old(source.node), self.old(target.node)
        if start is None or end is None:
            return []
        points = self.ways.get(target, ())
        return [
            (start[0] + self.size(source.node)[0], start[1] + self.port(source)),
            *((y, x) if self.turned else (x, y) for x, y in points),
            (end[0], end[1] + self.port(target)),
        ]

    def port(self, port: InPort | OutPort) -> float:
        """Return how far a port lies from its node's edge, across."""
        found = None if self.anchor is None else self.anchor(port)
        return self.size(port.node)[1] / 2 if found is None else found

    def level(self, node_id: NodeId) -> float:
        """Return how far what is in line lies from its node's edge, across."""
        return self.size(node_id)[1] / 2 if self.line is None else self.line(node_id)

    def share(self, port: InPort | OutPort) -> float:
        """Return how far a port is from its node's middle, in parts of its width across."""
        return 0.9 * (self.port(port) / self.size(port.node)[1] - 0.5)

    def part(self, ids: Sequence[NodeId]) -> Part:
        """Return the places and routes of nodes that hang together."""
        layers = in_layers(self.graph, ids, self.share)
        rows = ordered(layers, self._wanted(layers) if self.near else ())
        levels = [self.level(node_id) for node_id in layers.ids]
        wires = [self.gaps.wires / 2] * (len(layers.layer) - len(levels))
        room = self.gaps.nodes / 2
        before = [level + room for level in levels] + wires
        sizes = zip(layers.ids, levels, strict=True)
        after = [self.size(node_id)[1] - level + room for node_id, level in sizes] + wires

        def distance(one: int, two: int) -> float:
            return after[one] + before[two]

        middles = [float(round(at)) for at in across(layers, rows, distance)]
        bands = self._bands(layers)
        places = {}
        for vertex, node_id in enumerate(layers.ids):
            left, right = bands[layers.layer[vertex]]
            start = (left + right - self.size(node_id)[0]) / 2
            places[node_id] = (start, middles[vertex] - levels[vertex])
        return places, self._routes(layers, places, middles, bands)

    def _wanted(self, layers: Layers) -> list[float | None]:
        """Return where every vertex lies across the layers at present, as far as it does."""
        spots = [self.old_spot(node_id) for node_id in layers.ids]
        ways = {target: self.old_way(target) for target, pieces in layers.paths.items() if pieces}
        pieces = heights_of_pieces(layers, spots, ways)
        return [None if spot is None else spot[1] for spot in spots] + pieces

    def _bands(self, layers: Layers) -> list[tuple[float, float]]:
        """Return where every layer begins and ends."""
        lengths = [0.0] * layers.count
        for vertex, node_id in enumerate(layers.ids):
            at = layers.layer[vertex]
            lengths[at] = max(lengths[at], self.size(node_id)[0])
        bands: list[tuple[float, float]] = []
        start = 0.0
        for length in lengths:
            bands.append((start, start + length))
            start += length + self.gaps.layers
        return bands

    def _routes(
        self,
        layers: Layers,
        places: Mapping[NodeId, Point],
        middles: Sequence[float],
        bands: Sequence[tuple[float, float]],
    ) -> dict[InPort, list[Point]]:
        """Return the ways of the wires: level within a layer, slanting only between layers."""
        routes: dict[InPort, list[Point]] = {}
        number = {node_id: vertex for vertex, node_id in enumerate(layers.ids)}
        side = self.gaps.layers / 3
        for target, pieces in layers.paths.items():
            source = self.graph.wires[target]
            out = places[source.node][1] + self.port(source)
            into = places[target.node][1] + self.port(target)
            first = bands[layers.layer[number[source.node]]][1]
            last = bands[layers.layer[number[target.node]]][0]
            pairs = [(bands[layers.layer[piece]], middles[piece]) for piece in pieces]
            if target in layers.backward:
                inner = [(x, y) for (low, high), y in pairs[::-1] for x in (high, low)]
                inner = [(first + side, out), (first + side, inner[0][1]), *inner]
                inner += [(last - side, inner[-1][1]), (last - side, into)]
            else:
                inner = [(x, y) for (low, high), y in pairs for x in (low, high)]
            begin = (places[source.node][0] + self.size(source.node)[0], out)
            way = [begin, (first, out), *inner, (last, into), (places[target.node][0], into)]
            routes[target] = [point for point, _ in groupby(way)]
        return routes


def _components(graph: Graph) -> list[list[NodeId]]:
    """Return the nodes in parts that wires hold together, the largest part first."""
    near: dict[NodeId, list[NodeId]] = {node_id: [] for node_id in sorted(graph.nodes)}
    for end, start in graph.wires.items():
        if end.node in near and start.node in near:
            near[end.node].append(start.node)
            near[start.node].append(end.node)
    parts: list[list[NodeId]] = []
    seen: set[NodeId] = set()
    for root in near:
        if root not in seen:
            seen.add(root)
            part = [root]
            for node_id in part:
                fresh = [one for one in dict.fromkeys(near[node_id]) if one not in seen]
                seen.update(fresh)
                part.extend(fresh)
            parts.append(part)
    specs = {id(part): sorted(graph.nodes[node_id].spec for node_id in part) for part in parts}
    return sorted(parts, key=lambda part: (-len(part), specs[id(part)]))


def _stacked(parts: Sequence[Part], plan: _Plan) -> Part:
    """Return the parts below each other; single nodes stand side by side in rows."""
    positions: dict[NodeId, Point] = {}
    routes: dict[InPort, list[Point]] = {}
    widest = max((_extent(part, plan)[2] for part in parts), default=0.0)
    widest = max(widest, USUAL_SIZE[0] * math.sqrt(len(parts)) * 2)
    x = y = row = 0.0
    for places, ways in parts:
        left, top, right, bottom = _extent((places, ways), plan)
        single = len(places) == 1 and not ways
        if not single or x + right - left > widest:
            x, y, row = 0.0, y + row, 0.0
        dx, dy = x - left, y - top
        positions |= {key: (px + dx, py + dy) for key, (px, py) in places.items()}
        routes |= {key: [(px + dx, py + dy) for px, py in points] for key, points in ways.items()}
        row = max(row, bottom - top + 2 * plan.gaps.nodes)
        x += right - left + plan.gaps.nodes if single else widest + 1
    return positions, routes


def _extent(part: Part, plan: _Plan) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom edge of nodes and wires."""
    places, ways = part
    points = [point for way in ways.values() for point in way] + list(places.values())
    ends = [(x + plan.size(k)[0], y + plan.size(k)[1]) for k, (x, y) in places.items()]
    points += ends
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _shift(positions: dict[NodeId, Point], routes: dict[InPort, list[Point]], plan: _Plan) -> None:
    """Move all so that the middle of what was placed before stays where it was."""
    pairs = [(plan.old(key), point) for key, point in positions.items()]
    moves = [(old[0] - x, old[1] - y) for old, (x, y) in pairs if old is not None]
    if not moves:
        return
    dx, dy = (float(round(median(way))) for way in zip(*moves, strict=True))
    for key, (x, y) in positions.items():
        positions[key] = (x + dx, y + dy)
    for target, points in routes.items():
        routes[target] = [(x + dx, y + dy) for x, y in points]
