"""The graph of one class while it is read: its nodes, wires and where they stand in the text."""

from __future__ import annotations

import ast

from codegen.names import fresh, slug, spec_word
from codegen.reading.members import Place, place_of
from graph_editor.document.ids import STEM_LENGTH
from graph_editor.document.model import (
    Arg,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
)

Wires = dict[str, OutPort]


class Sketch:
    """A graph under construction."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[NodeId, Wires] = {}
        self.places: dict[NodeId, Place] = {}
        self.code: dict[NodeId, ast.AST] = {}
        self.variables: dict[NodeId, str] = {}
        self.copied: dict[NodeId, int] = {}
        """What writes into a copy -> how many nodes there were when it was made."""
        self.sizes: dict[NodeId, dict[int, str]] = {}
        """Inputs -> axis -> what that size is called."""
        self.ranks: dict[NodeId, int] = {}
        self.once: dict[tuple[str, ...], NodeId] = {}
        """What is one node however often it is read: weights, sizes of a value."""

    def add(self, code: ast.AST, node: Node, wires: Wires, stem: str = "") -> NodeId:
        """Add a node and return its id."""
        word = slug(stem) or spec_word(node.spec) or "node"
        key = NodeId(fresh(word[:STEM_LENGTH].strip("_"), {str(n) for n in self.nodes}))
        self.nodes[key], self.wires[key] = node, wires
        self.places[key], self.code[key] = place_of(code), code
        return key

    def drop(self, node: NodeId) -> None:
        """Forget a node that nothing reads."""
        for part in (self.nodes, self.wires, self.places, self.code):
            part.pop(node)
        self.variables.pop(node, None)

    def names(self) -> set[str]:
        """Return the names that sizes have so far."""
        return {name for sizes in self.sizes.values() for name in sizes.values()}

    def graph(self) -> Graph:
        """Return the graph."""
        for node, sizes in self.sizes.items():
            rank = max(self.ranks.get(node, 0), *(axis + 1 for axis in sizes))
            dims: list[Arg] = [Expr(sizes.get(axis) or self._spare(axis)) for axis in range(rank)]
            args = self.nodes[node].args.set("shape", tuple(dims))
            self.nodes[node] = Node(self.nodes[node].spec, self.nodes[node].name, args)
        wires = {
            InPort(node, PortPath(path)): source
            for node, found in self.wires.items()
            for path, source in found.items()
        }
        return Graph(FrozenMap(self.nodes), FrozenMap(wires))

    def _spare(self, axis: int) -> str:
        """Return what a size is called that nothing asks for."""
        return fresh(f"axis_{axis}", self.names())

    def reached(self, ends: list[NodeId]) -> set[NodeId]:
        """Return the nodes on which some others depend."""
        found: set[NodeId] = set()
        left = list(ends)
        while left:
            node = left.pop()
            if node not in found:
                found.add(node)
                left += [source.node for source in self.wires[node].values()]
        return found
