"""The order in which a graph's nodes are evaluated, and the circles in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.engine.circles import Step, closing_wires
from graph_editor.catalogue.order import Lookup, canonical_order, incoming
from graph_editor.document.edits.nodes import module_of
from graph_editor.document.model import (
    NOTHING,
    At,
    Block,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """All nodes of a graph, sources first, and the circles by the nodes in them."""

    steps: tuple[Step, ...]
    needs: Mapping[NodeId, frozenset[NodeId]]
    """What a node's outcome depends on beside itself."""
    circles: Mapping[NodeId, tuple[NodeId, ...]]
    closing: Mapping[NodeId, tuple[InPort, ...]]
    """The wires without which no circle is left, by the node of the first; one, where one will do.

    There is one such node for all circles that have nodes in common.
    """
    owners: frozenset[NodeId] = frozenset()
    """Nodes that others mention without a wire: as what they call again, or whose weight."""
    earlier: Mapping[NodeId, tuple[NodeId, ...]] = NOTHING
    """The nodes that call a module before another one does, by the later one, in their order."""
    _places: dict[NodeId, int] = field(default_factory=dict)
    _users: dict[NodeId, list[NodeId]] = field(default_factory=dict)

    @staticmethod
    def of(block: Block, lookup: Lookup) -> Plan:
        """Return the plan of a block: inputs first, since they give sizes their names.

        Metrics come last: a training has gone its step before it measures.
        """
        graph = block.graph
        wires = incoming(graph)
        inputs = [n for n in graph.nodes if graph.nodes[n].spec == "io.input"]
        named = _named(graph, wires)
        rest = sorted(graph.nodes, key=lambda n: (graph.nodes[n].kind == "metric", n))
        roots = [*block.inputs, *sorted(inputs), *named, *block.outputs, *rest]
        order = canonical_order(graph, [r for r in roots if r in graph.nodes], lookup)
        steps = tuple((node, tuple(sorted(wires[node].items()))) for node in order)
        earlier = _earlier(graph, order)
        needs = {
            node: frozenset(
                [
                    *(s.node for _, s in inputs),
                    *links(graph.nodes[node]),
                    *earlier.get(node, ()),
                ]
            )
            for node, inputs in steps
        }
        circles = _circles(graph, steps)
        closing = closing_wires(graph, steps, circles)
        return Plan(steps, needs, circles, closing, frozenset(named), earlier)

    def place(self, node: NodeId) -> int:
        """Return a node's place in the order of the steps."""
        if not self._places:
            self._places.update({id_: place for place, (id_, _) in enumerate(self.steps)})
        return self._places[node]

    def users(self, node: NodeId) -> Iterable[NodeId]:
        """Return the nodes whose outcome depends on one directly."""
        if not self._users:
            for user, needed in self.needs.items():
                for id_ in needed:
                    self._users.setdefault(id_, []).append(user)
        return self._users.get(node, ())


def links(node: Node) -> Iterable[NodeId]:
    """Return the nodes of the same graph that a node mentions without a wire."""
    if node.weights is not None and node.weights.same_as is not None:
        yield node.weights.same_as
    if node.spec == "param.of":
        named = node.args.get("of")
        if isinstance(named, At):
            yield NodeId(named.address.partition("/")[0].partition("[")[0])


def _named(graph: Graph, wires: Mapping[NodeId, Mapping[PortPath, OutPort]]) -> list[NodeId]:
    """Return the nodes that others mention, those whose weights are read first.

    The owner of a weight comes before who reads it, unless it is fed by that itself; so before all
    that is behind the reader.
    """
    found, seen = dict[NodeId, None](), set[NodeId]()
    readers = {n: None for n in sorted(graph.nodes) if graph.nodes[n].spec == "param.of"}
    open_nodes = [(n, False) for n in reversed(readers)]
    while open_nodes:
        node, is_done = open_nodes.pop()
        owners = [*links(graph.nodes[node])] if node in readers else []
        if is_done:
            found.update(dict.fromkeys(owners))
        elif node not in seen:
            seen.add(node)
            open_nodes.append((node, True))
            before = (*(source.node for source in wires[node].values()), *owners)
            open_nodes += [(n, False) for n in reversed(before) if n in graph.nodes]
    called = [link for n in sorted(graph.nodes) for link in links(graph.nodes[n])]
    return list(dict.fromkeys([*found, *called]))


def _earlier(graph: Graph, order: Iterable[NodeId]) -> dict[NodeId, tuple[NodeId, ...]]:
    """Return the nodes that call a module before another one does, by the later one."""
    calls: dict[NodeId, list[NodeId]] = {}
    for id_ in order:
        calls.setdefault(module_of(graph, id_), []).append(id_)
    shared = (nodes for nodes in calls.values() if len(nodes) > 1)
    return {id_: tuple(nodes[:place]) for nodes in shared for place, id_ in enumerate(nodes)}


def _circles(graph: Graph, steps: tuple[Step, ...]) -> dict[NodeId, tuple[NodeId, ...]]:
    """Return every node that feeds itself, with all nodes of its circle in order of id."""
    place = {node: index for index, (node, _) in enumerate(steps)}
    sources = {n: [s.node for _, s in wires if s.node in graph.nodes] for n, wires in steps}
    if all(place[s] < place[n] for n, found in sources.items() for s in found):
        return {}
    found: dict[NodeId, tuple[NodeId, ...]] = {}
    reach = {n: _reach(n, sources) for n in sources}
    for node in sources:
        if node in reach[node]:
            circle = sorted(o for o in reach[node] if node in reach[o])
            found[node] = tuple(circle)
    return found


def _reach(node: NodeId, sources: Mapping[NodeId, list[NodeId]]) -> set[NodeId]:
    seen: set[NodeId] = set()
    open_nodes = list(sources[node])
    while open_nodes:
        current = open_nodes.pop()
        if current not in seen:
            seen.add(current)
            open_nodes.extend(sources[current])
    return seen
