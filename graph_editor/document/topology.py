"""What networkx knows of a graph: order, circles, reachability, dominators; built when asked for.

Only import this module inside a function: networkx takes a third of a second.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from graph_editor.document.model import FrozenMap, Graph, InPort, NodeId, OutPort

if TYPE_CHECKING:
    import networkx

REMEMBERED = 16
"""How many graphs are kept; each costs about 1 kB per node."""


class Topology:
    """The nodes and wires of one graph as a directed graph. Parallel wires count once."""

    def __init__(self, graph: Graph) -> None:
        import networkx

        self._graph: networkx.DiGraph[NodeId] = networkx.DiGraph()
        self._graph.add_nodes_from(sorted(graph.nodes))
        edges = {(start.node, end.node) for end, start in graph.wires.items()}
        known = self._graph.nodes
        self._graph.add_edges_from(sorted(e for e in edges if e[0] in known and e[1] in known))

    @cached_property
    def order(self) -> tuple[NodeId, ...] | None:
        """The nodes, each after all that lead to it, ties by id; None where there is a circle."""
        import networkx

        if not networkx.is_directed_acyclic_graph(self._graph):
            return None
        return tuple(networkx.lexicographical_topological_sort(self._graph))

    @cached_property
    def cycles(self) -> tuple[frozenset[NodeId], ...]:
        """The sets of nodes that lead to each other; wires from a node into itself count."""
        import networkx

        found = networkx.strongly_connected_components(self._graph)
        loops = [c for c in found if len(c) > 1 or self._graph.has_edge(*(list(c) * 2))]
        return tuple(sorted((frozenset(c) for c in loops), key=min))

    @cached_property
    def sources(self) -> tuple[NodeId, ...]:
        """The nodes that nothing leads to."""
        return tuple(node for node, degree in self._graph.in_degree if not degree)

    @cached_property
    def sinks(self) -> tuple[NodeId, ...]:
        """The nodes that lead to nothing."""
        return tuple(node for node, degree in self._graph.out_degree if not degree)

    def before(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Return all that leads to nodes, without these unless wires lead to them too."""
        return self._reached(nodes, self._graph.reverse(copy=False))

    def after(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Return all that nodes lead to, without these unless wires lead to them too."""
        return self._reached(nodes, self._graph)

    @staticmethod
    def _reached(nodes: Iterable[NodeId], graph: networkx.DiGraph[NodeId]) -> frozenset[NodeId]:
        """Return what the wires of nodes reach, in one walk however many these are."""
        import networkx

        first = {end for node in nodes for end in graph.neighbors(node)}
        layers = networkx.bfs_layers(graph, first) if first else ()
        return frozenset(node for layer in layers for node in layer)

    def amid(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Return the nodes on ways from one of nodes to another that are not among them."""
        chosen = frozenset(nodes)
        return (self.after(chosen) & self.before(chosen)) - chosen

    def leads_to(self, start: NodeId, end: NodeId) -> bool:
        """Whether there is a way from start to end; a node leads to itself."""
        import networkx

        return bool(networkx.has_path(self._graph, start, end))

    def between(self, start: NodeId, end: NodeId) -> frozenset[NodeId]:
        """Return the nodes on ways from start to end, both included; none if there is no way."""
        if not self.leads_to(start, end):
            return frozenset()
        inner = self.after([start]) & self.before([end])
        return inner | {start, end}

    def dominators(self, start: NodeId) -> dict[NodeId, NodeId]:
        """Return, for each node after start, the last one that every way to it goes through."""
        import networkx

        found = networkx.immediate_dominators(self._graph, start)
        return {node: by for node, by in found.items() if node != start}

    def components(self) -> tuple[frozenset[NodeId], ...]:
        """Return the parts of the graph that no wire joins, the largest first."""
        import networkx

        parts = map(frozenset, networkx.weakly_connected_components(self._graph))
        return tuple(sorted(parts, key=lambda part: (-len(part), min(part))))


_kept: OrderedDict[
    tuple[int, int], tuple[FrozenMap[InPort, OutPort], frozenset[NodeId], Topology]
] = OrderedDict()


def topology(graph: Graph) -> Topology:
    """Return the topology of a graph; the same one while its wires and node ids are the same."""
    nodes = frozenset(graph.nodes)
    key = (id(graph.wires), hash(nodes))
    found = _kept.get(key)
    if found is not None and found[0] is graph.wires and found[1] == nodes:
        _kept.move_to_end(key)
        return found[2]
    made = Topology(graph)
    _kept[key] = (graph.wires, nodes, made)
    while len(_kept) > REMEMBERED:
        _kept.popitem(last=False)
    return made
