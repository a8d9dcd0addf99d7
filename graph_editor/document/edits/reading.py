"""The order in which one reads a graph along its wires, whatever its nodes' ids are."""

from __future__ import annotations

import heapq
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from graph_editor.document.file_write import args_to_json
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

PortKey: TypeAlias = tuple[str | int, ...]
_DIGITS = re.compile(r"(\d+)")


def port_key(port: str) -> PortKey:
    """Return a key that sorts ports by name, and ``tensors[10]`` after ``tensors[2]``."""
    parts = _DIGITS.split(port)
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts))


def reading_order(graph: Graph, first: Sequence[NodeId] = ()) -> list[NodeId]:
    """Return all nodes, each after what leads to it, those that read earlier results first.

    It begins with the nodes of first, in their order. Ids decide only between nodes that say the
    same and read the same; nodes on circles come last. What a spec calls its first input is not
    known here, so inputs count by the names of their ports.
    """
    into: dict[NodeId, list[tuple[PortKey, OutPort]]] = {node: [] for node in graph.nodes}
    after: dict[NodeId, list[NodeId]] = {node: [] for node in graph.nodes}
    for end, start in graph.wires.items():
        if end.node in into and start.node in into:
            into[end.node].append((port_key(end.port), start))
            after[start.node].append(end.node)
    rank = {node: number for number, node in enumerate(first)}
    place: dict[NodeId, int] = {}

    def key(node_id: NodeId) -> tuple[object, ...]:
        node = graph.nodes[node_id]
        reads = [(place[s.node], port, port_key(s.port)) for port, s in into[node_id]]
        said = repr(args_to_json(node.args))
        return (sorted(reads), rank.get(node_id, len(rank)), node.spec, node.name, said, node_id)

    waits = {node: len(wires) for node, wires in into.items()}
    ready = [key(node) for node, count in waits.items() if not count]
    heapq.heapify(ready)
    while ready:
        node_id = NodeId(str(heapq.heappop(ready)[-1]))
        place[node_id] = len(place)
        for reader in after[node_id]:
            waits[reader] -= 1
            if not waits[reader]:
                heapq.heappush(ready, key(reader))
    return [*place, *sorted(node for node in graph.nodes if node not in place)]


def ends_in_order(graph: Graph, order: Iterable[NodeId]) -> list[tuple[InPort, OutPort]]:
    """Return the wires in the order in which they are read, nodes being read in this order."""
    place = {node: number for number, node in enumerate(order)}
    known = [wire for wire in graph.wires.items() if wire[0].node in place]
    return sorted(known, key=lambda wire: (place[wire[0].node], port_key(wire[0].port)))


def amid(graph: Graph, chosen: Collection[NodeId]) -> frozenset[NodeId]:
    """Return the nodes on ways from one of the chosen to another that are not chosen."""
    after: dict[NodeId, list[NodeId]] = {}
    before: dict[NodeId, list[NodeId]] = {}
    for end, start in graph.wires.items():
        after.setdefault(start.node, []).append(end.node)
        before.setdefault(end.node, []).append(start.node)
    return (_reached(after, chosen) & _reached(before, chosen)).difference(chosen)


def leading_to(graph: Graph, chosen: Collection[NodeId]) -> frozenset[NodeId]:
    """Return the nodes from which a way leads to one of the chosen."""
    before: dict[NodeId, list[NodeId]] = {}
    for end, start in graph.wires.items():
        before.setdefault(end.node, []).append(start.node)
    return _reached(before, chosen)


def _reached(along: Mapping[NodeId, list[NodeId]], first: Iterable[NodeId]) -> frozenset[NodeId]:
    found: set[NodeId] = set()
    waiting = list(first)
    while waiting:
        for other in along.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
