"""First half of the automatic layout: circles broken, nodes in layers, long wires cut into pieces.

The layered method of Sugiyama, Tagawa and Toda (1981). Nodes are numbered here; a long wire has a
vertex of its own in every layer that it passes, and wires from one output share these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from graph_editor.document.model import Graph, InPort, NodeId, OutPort, PortPath

TIGHTENINGS = 4
Link: TypeAlias = tuple[float, int, float]
"""A wire's place on its vertex, the vertex at its other end, and its place on that."""
Share: TypeAlias = Callable[["InPort | OutPort"], float]
"""How far a port is from the middle of its node, across: less than half a node either way."""


@dataclass(slots=True)
class Layers:
    """A graph cut into layers. Vertices below ``len(ids)`` are nodes, others pieces of wires."""

    ids: list[NodeId]
    layer: list[int]
    before: list[list[int]]
    """Neighbours in the layer before, for every vertex."""
    after: list[list[int]]
    ranks: list[int]
    """An order of the nodes of a layer that follows from what they are, not from their ids."""
    paths: dict[InPort, list[int]] = field(default_factory=dict)
    """For every wire the pieces between its ends, in the direction of the layers."""
    backward: set[InPort] = field(default_factory=set)
    """Wires that run against the layers, around both of their ends."""
    enters: list[list[Link]] = field(default_factory=list)
    """For every vertex what comes from the layer before, in the order of its ports."""
    leaves: list[list[Link]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many layers there are."""
        return max(self.layer, default=-1) + 1

    def rows(self) -> list[list[int]]:
        """Return the vertices of every layer."""
        rows: list[list[int]] = [[] for _ in range(self.count)]
        for vertex, at in enumerate(self.layer):
            rows[at].append(vertex)
        return rows


def in_layers(graph: Graph, chosen: Sequence[NodeId], share: Share = lambda _: 0.0) -> Layers:
    """Return the chosen nodes of a graph in layers; wires to other nodes are passed over."""
    ids = sorted(chosen)
    number = {node_id: index for index, node_id in enumerate(ids)}
    wires: list[tuple[int, int, str, str]] = sorted(
        (number[end.node], number[start.node], end.port, start.port)
        for end, start in graph.wires.items()
        if end.node in number and start.node in number
    )
    edges = sorted({(start, end) for end, start, _, _ in wires})
    against = _against(len(ids), edges)
    forward = [edge for edge in edges if edge not in against]
    layer = _layers(len(ids), forward)
    ranks = _ranks([graph.nodes[node_id].spec for node_id in ids], layer, wires, against)
    made = Layers(ids, layer, [[] for _ in ids], [[] for _ in ids], ranks)
    trunks: dict[tuple[OutPort, int], int] = {}
    for end, start, port, output in wires:
        target = InPort(ids[end], PortPath(port))
        if (start, end) in against:
            made.backward.add(target)
            made.paths[target] = _around(made, layer[end], layer[start])
        else:
            made.paths[target] = _along(made, OutPort(ids[start], output), start, end, trunks)
    _link(made, graph, number, share)
    return made


def _against(count: int, edges: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return edges that close circles: those that lead back in a depth-first walk."""
    after: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for start, end in edges:
        after[start].append(end)
        entered[end] = entered[end] or start != end
    found: set[tuple[int, int]] = set()
    state = [0] * count  # 1 while on the way, 2 when done
    for root in sorted(range(count), key=lambda vertex: entered[vertex]):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(after[root]))]
        while stack:
            vertex, left = stack[-1]
            step = next(left, None)
            if step is None:
                state[vertex] = 2
                stack.pop()
            elif state[step] == 1:
                found.add((vertex, step))
            elif not state[step]:
                state[step] = 1
                stack.append((step, iter(after[step])))
    return found


def _layers(count: int, edges: list[tuple[int, int]]) -> list[int]:
    """Return the layer of each vertex: as early as can be, then moved to where wires are short."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        before[end].append(start)
        after[start].append(end)
    order = _topological(before, after)
    layer = [0] * count
    for vertex in order:
        layer[vertex] = max((layer[one] + 1 for one in before[vertex]), default=0)
    for _ in range(TIGHTENINGS):
        moved = False
        for vertex in reversed(order):
            if len(after[vertex]) > len(before[vertex]):
                latest = min(layer[one] for one in after[vertex]) - 1
                moved = moved or latest != layer[vertex]
                layer[vertex] = latest
        for vertex in order:
            if len(before[vertex]) > len(after[vertex]):
                layer[vertex] = max(layer[one] for one in before[vertex]) + 1
        if not moved:
            break
    first = min(layer, default=0)
    return [at - first for at in layer]


def _topological(before: list[list[int]], after: list[list[int]]) -> list[int]:
    waiting = [len(found) for found in before]
    order = [vertex for vertex, left in enumerate(waiting) if not left]
    for vertex in order:
        for one in after[vertex]:
            waiting[one] -= 1
            if not waiting[one]:
                order.append(one)
    return order


def _ranks(
    specs: list[str],
    layer: list[int],
    wires: list[tuple[int, int, str, str]],
    against: set[tuple[int, int]],
) -> list[int]:
    """Return a number for each node that says where it comes among its layer's, ids as last resort.

    What comes in decides first, then where it goes, so that copies with other ids lie alike.
    """
    count = len(specs)
    enters: list[list[tuple[str, int, str]]] = [[] for _ in range(count)]
    leaves: list[list[tuple[str, int, str]]] = [[] for _ in range(count)]
    for end, start, port, output in wires:
        if (start, end) not in against:
            enters[end].append((port, start, output))
            leaves[start].append((output, end, port))
    by_layer = sorted(range(count), key=lambda vertex: layer[vertex])
    ranks = [0] * count

    def number(vertices: list[int], sides: list[list[tuple[str, int, str]]]) -> None:
        keys = {
            v: (ranks[v], specs[v], sorted((p, layer[o], ranks[o], q) for p, o, q in sides[v]))
            for v in vertices
        }
        places: dict[str, int] = {}
        for vertex in sorted(vertices, key=lambda v: keys[v]):
            ranks[vertex] = places.setdefault(repr(keys[vertex]), len(places))

    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for vertex in by_layer:
        rows[layer[vertex]].append(vertex)
    for row in rows:
        number(row, enters)
    for row in reversed(rows):
        number(row, leaves)
    return ranks


def _piece(made: Layers, at: int) -> int:
    made.layer.append(at)
    made.before.append([])
    made.after.append([])
    return len(made.layer) - 1


def _join(made: Layers, one: int, two: int) -> None:
    if two not in made.after[one]:
        made.after[one].append(two)
        made.before[two].append(one)


def _along(
    made: Layers, output: OutPort, start: int, end: int, trunks: dict[tuple[OutPort, int], int]
) -> list[int]:
    """Return the pieces of a wire, shared with other wires from the same output."""
    path = []
    last = start
    for at in range(made.layer[start] + 1, made.layer[end]):
        if (output, at) not in trunks:
            trunks[output, at] = _piece(made, at)
        piece = trunks[output, at]
        _join(made, last, piece)
        path.append(piece)
        last = piece
    _join(made, last, end)
    return path


def _link(made: Layers, graph: Graph, number: dict[NodeId, int], share: Share) -> None:
    """Note where on its ends each piece of a wire is; the ports of a node have an order."""
    links: set[tuple[int, int, float, float]] = set()
    for target, pieces in made.paths.items():
        source = graph.wires[target]
        ends = [number[source.node], *pieces, number[target.node]]
        out, into = share(source), share(target)
        if target in made.backward:
            ends, out, into = pieces, 0.0, 0.0
        last = len(ends) - 2
        for at, (one, two) in enumerate(pairwise(ends)):
            links.add((one, two, out if not at else 0.0, into if at == last else 0.0))
    made.enters = [[] for _ in made.layer]
    made.leaves = [[] for _ in made.layer]
    for one, two, out, into in sorted(links):
        made.leaves[one].append((out, two, into))
        made.enters[two].append((into, one, out))
    for each in (*made.enters, *made.leaves):
        each.sort()


def _around(made: Layers, first: int, last: int) -> list[int]:
    """Return the pieces of a wire that runs back from the last layer to the first."""
    path = [_piece(made, at) for at in range(first, last + 1)]
    for one, two in pairwise(path):
        _join(made, one, two)
    return path
