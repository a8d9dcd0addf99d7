"""What the names in one forward method stand for, and what they mean as numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from codegen.reading.drawing import Sketch
from codegen.reading.members import ReadClass
from codegen.reading.source import dotted, whole_number
from codegen.reading.values import Clone, Counter, Named, Several, Shape, Size, Value
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import as_called, output_tree
from graph_editor.catalogue.spec import Spec
from graph_editor.document import expressions as tree
from graph_editor.document.model import At, FrozenMap, Node, NodeId, OutPort

Again = Callable[[ast.AST, str, NodeId, At], None]


class Known:
    """The names of one forward method and the graph that its values are in."""

    def __init__(
        self,
        made: ReadClass,
        sketch: Sketch,
        names: Mapping[str, str],
        classes: Mapping[str, ReadClass],
        lookup: Lookup,
        again: Again,
        custom: Mapping[str, Spec],
    ) -> None:
        self.made, self.sketch, self.names = made, sketch, names
        self.classes = {c.key: c for c in classes.values()}
        self.lookup, self.again, self.custom = lookup, again, custom
        self.known: dict[str, Value] = {}
        self.first = ""
        """The name of the first tensor that always comes in ..."""
        self.beside: OutPort | None = None
        """... and what it is: new tensors are made beside it."""
        self.weights: list[tuple[NodeId, ast.AST, list[str]]] = []
        """Nodes that read a weight of another, with the path to it."""
        self.clones: dict[ast.AST, Clone] = {}
        """Where a clone is read, into which nothing is written."""
        self.read_as: dict[NodeId, dict[str, str]] = {}
        """Node -> port -> the variable that is read there."""

    def leaf(
        self, node: ast.expr, own: Mapping[OutPort, str] | None = None
    ) -> tree.Expression | None:
        """Return what a name or attribute means as a number; ``own`` are a node's own ports.

        Where those are not known yet, every size counts as one.
        """
        if isinstance(node, ast.Name):
            return self.number(self.known.get(node.id), own)
        if isinstance(node, ast.Subscript):
            return self.number(self.size_of(node), own)
        name = self.attribute(node)
        if name == "training":
            return tree.Variable("training")
        return self.made.kept.get(name)

    def number(
        self, value: Value | None, own: Mapping[OutPort, str] | None
    ) -> tree.Expression | None:
        """Return what a value means as a number; None for a tensor."""
        if isinstance(value, Named):
            return tree.Variable(value.name)
        if isinstance(value, Counter):
            return tree.Variable("i")
        if isinstance(value, Size):
            port = "input" if own is None else own.get(value.source)
            return tree.Size(port, value.axis) if port is not None else None
        return None

    def size_of(self, node: ast.Subscript) -> Value | None:
        """Return the size that ``x.shape[1]`` is; None for anything else."""
        owner, axis = node.value, whole_number(node.slice)
        if axis is None:
            return None
        if isinstance(owner, ast.Attribute) and owner.attr == "shape":
            source = self.known.get(owner.value.id) if isinstance(owner.value, ast.Name) else None
        else:
            known = self.known.get(owner.id) if isinstance(owner, ast.Name) else None
            source = known.source if isinstance(known, Shape) else None
        if not isinstance(source, OutPort):
            return None
        named = self.sketch.sizes.get(source.node, {}).get(axis)
        return Named(named) if named is not None else Size(source, axis)

    def named(self, name: str) -> Named:
        """Return a size of an input by its name."""
        return Named(name)

    def attribute(self, node: ast.AST) -> str:
        """Return ``name`` of ``self.name``; empty for anything else."""
        parts = dotted(node)
        return parts[1] if parts is not None and len(parts) == 2 and parts[0] == "self" else ""

    def several(self, node: NodeId) -> Several:
        """Return the results of a node."""
        found = self.sketch.nodes[node]
        spec = self.lookup(found.spec)
        assert spec is not None
        weights = found.weights
        owner = self.sketch.nodes.get(weights.same_as) if weights and weights.same_as else None
        return Several(node, output_tree(spec, as_called(spec, found, owner)))

    def result(self, node: NodeId) -> Value:
        """Return the result of a node, or its results."""
        found = self.several(node)
        return OutPort(node, found.tree) if isinstance(found.tree, str) else found

    def size_node(self, code: ast.AST, size: Size) -> OutPort:
        """Return the size of a value as a node, one for each size."""
        key = ("size", size.source.node, size.source.port, str(size.axis))
        if key not in self.sketch.once:
            node = Node("Tensor.size", args=FrozenMap({"dim": size.axis}))
            self.sketch.once[key] = self.sketch.add(code, node, {"input": size.source}, "size")
        return OutPort(self.sketch.once[key], "output")
