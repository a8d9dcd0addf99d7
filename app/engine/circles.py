"""Which wires to take away so that no node of a graph feeds itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from graph_editor.document.model import Graph, InPort, NodeId, OutPort, PortPath

Step = tuple[NodeId, tuple[tuple[PortPath, OutPort], ...]]
"""A node and its wires, by port."""
Wire = tuple[InPort, NodeId]
"""Where a wire ends, and the node that it comes from."""


def closing_wires(
    graph: Graph, steps: tuple[Step, ...], circles: Mapping[NodeId, tuple[NodeId, ...]]
) -> dict[NodeId, tuple[InPort, ...]]:
    """Return, for all circles that have nodes in common, the wires that close them.

    They stand at the node of the first of them. A single wire is taken where all the circles go
    through it: the one into an input of the model if there is such a one, else one into a node that
    something outside the circles feeds as well.
    """
    found: dict[NodeId, tuple[InPort, ...]] = {}
    for circle in dict.fromkeys(circles.values()):
        inside = set(circle)
        within = [(node, wires) for node, wires in steps if node in inside]
        closing = tuple(_wires_of(graph, within, inside))
        found[closing[0].node] = closing
    return found


def _wires_of(graph: Graph, within: list[Step], inside: set[NodeId]) -> Iterator[InPort]:
    back = list(_leading_back(within))
    given = [n for n, _ in within if graph.nodes[n].spec == "io.input"]
    if len(back) == 1 and not given:
        yield back[0][0]
        return
    inner = [
        (InPort(node, port), source.node)
        for node, wires in within
        for port, source in wires
        if source.node in inside
    ]
    alone = [end for end, _ in inner if not _circles_left(inner, {end})]
    fed = {node for node, wires in within for _, source in wires if source.node not in inside}
    alone.sort(key=lambda end: (end.node not in given, end.node not in fed))
    yield from alone[:1] or [end for end, _ in back]


def _leading_back(within: list[Step]) -> Iterator[Wire]:
    """Yield the wires that come from a node which stands later, or from the same one."""
    place = {node: index for index, (node, _) in enumerate(within)}
    for node, wires in within:
        for port, source in wires:
            if place.get(source.node, -1) >= place[node]:
                yield InPort(node, port), source.node


def _circles_left(inner: list[Wire], without: Collection[InPort]) -> bool:
    """Whether nodes feed themselves where some wires are not there."""
    waits = Counter(end.node for end, _ in inner if end not in without)
    readers: dict[NodeId, list[NodeId]] = {}
    for end, source in inner:
        if end not in without:
            readers.setdefault(source, []).append(end.node)
    free = [node for node in readers if node not in waits]
    while free:
        for reader in readers.pop(free.pop(), ()):
            waits[reader] -= 1
            if not waits[reader]:
                free.append(reader)
    return bool(readers)
