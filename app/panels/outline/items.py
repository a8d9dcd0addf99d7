"""What the outline is made of: graphs, their nodes in canonical order with ports, their marks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from app.panels.outline.marks import Listed
from graph_editor.canvas.backdrop import Mark
from graph_editor.catalogue.order import Lookup, canonical_order, regions
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import Graph, InPort, NodeId, OutPort, PortPath, Project

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Entrance:
    """An input of a node, and what feeds it."""

    port: InPort
    source: OutPort | None


@dataclass(frozen=True, slots=True)
class Exit:
    """An output of a node, and one of the inputs that it feeds."""

    port: OutPort
    target: InPort | None


Key: TypeAlias = "str | Entrance | Exit | Mark"
"""A graph's key, a node's id, a port with the other end of its wire, or a frame or note."""


class Item:
    """A row of the tree; ``number`` names it in Qt's indexes."""

    __slots__ = ("children", "fetched", "key", "listed", "number", "parent", "row")

    def __init__(self, key: Key, parent: Item | None, fetched: bool = True) -> None:
        self.key = key
        self.parent = parent
        self.children: list[Item] = []
        self.row = 0
        self.fetched = fetched
        """Whether the children are known; those of nodes are looked up when they are wanted."""
        self.listed = Listed()
        """Of a graph: the frames and notes that it has rows for."""
        self.number = next(_numbers)

    @property
    def depth(self) -> int:
        """0 for the invisible root, 1 for graphs, 2 for nodes and marks, 3 for ports."""
        return 0 if self.parent is None else 1 + self.parent.depth

    def renumber(self) -> None:
        """Tell the children which rows they are."""
        for row, child in enumerate(self.children):
            child.row = row

    @property
    def graph(self) -> str:
        """The key of the graph that a graph, node or port belongs to."""
        item = self
        while item.depth > 1 and item.parent is not None:
            item = item.parent
        return str(item.key)

    @property
    def node(self) -> NodeId | None:
        """The node that a node or port belongs to; None for a graph and a mark."""
        if isinstance(self.key, Mark):
            return None
        if self.depth == 2:
            return NodeId(str(self.key))
        return NodeId(str(self.parent.key)) if self.depth == 3 and self.parent else None

    @property
    def mark(self) -> Mark | None:
        """The frame or note that this is the row of."""
        return self.key if isinstance(self.key, Mark) else None

    @property
    def nodes(self) -> list[Item]:
        """The rows of a graph's nodes: the first ones."""
        return self.children[: self._first_mark()]

    @property
    def marks(self) -> list[Item]:
        """The rows of a graph's frames and notes: the last ones."""
        return self.children[self._first_mark() :]

    def _first_mark(self) -> int:
        first = len(self.children)
        while first and isinstance(self.children[first - 1].key, Mark):
            first -= 1
        return first


def node_order(project: Project, key: str, lookup: Lookup) -> list[NodeId]:
    """Return all nodes of a graph in the order in which they are executed and written."""
    block = project.block(key)
    if key == MAIN:
        parts = regions(block, lookup)
        ends = [*parts.model, *parts.step, *parts.idle]
    else:
        ends = [node for node in block.outputs if node in block.graph.nodes]
    rest = sorted(block.graph.nodes)
    return list(canonical_order(block.graph, [*ends, *rest], lookup))


def ports_of(graph: Graph, node_id: NodeId, lookup: Lookup) -> list[Entrance | Exit]:
    """Return a node's inputs with what feeds them, then its outputs with what they feed."""
    node = graph.nodes[node_id]
    spec = lookup(node.spec)
    wired = {end.port: start for end, start in graph.wires.items() if end.node == node_id}
    paths: list[PortPath] = []
    outputs: list[str] = []
    if spec is not None:
        paths = [port.path for port in input_ports(spec, node, wired)]
        outputs = list(output_ports(spec, node))
    paths += sorted(path for path in wired if path not in paths)
    targets: dict[str, list[InPort]] = {output: [] for output in outputs}
    for end, start in graph.wires.items():
        if start.node == node_id:
            targets.setdefault(start.port, []).append(end)
    found: list[Entrance | Exit] = [
        Entrance(InPort(node_id, path), wired.get(path)) for path in paths
    ]
    for output, ends in targets.items():
        port = OutPort(node_id, output)
        sides = sorted(ends, key=lambda end: (end.node, end.port))
        found += [Exit(port, end) for end in sides] or [Exit(port, None)]
    return found


def wire_of(item: Item) -> InPort | None:
    """Return where the wire of a row ends; None where the row is none of a wire."""
    key = item.key
    if isinstance(key, Entrance):
        return key.port if key.source is not None else None
    return key.target if isinstance(key, Exit) else None
