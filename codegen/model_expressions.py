"""What the arguments of a node ask for: names, sizes of inputs, the number of a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_editor.catalogue.spec import Spec
from graph_editor.document import expressions as tree
from graph_editor.document.expression_tree import walk
from graph_editor.document.model import Arg, Expr, Node, Slice


def constructor_sizes(node: Node, spec: Spec) -> list[tuple[str, int]]:
    """Return the sizes of inputs that building a node's module asks for."""
    names = {a.name for a in spec.arguments if a.stage == "constructor"}
    found = [e for n in node.args if n in names for e in expressions_in(node.args[n])]
    if node.when is not None and "training" not in names_in(node.when.text):
        found.append(node.when)
    return [
        (part.port, part.axis)
        for each in found
        for part in parts_of(each.text)
        if isinstance(part, tree.Size)
    ]


def parts_of(text: str) -> list[tree.Expression]:
    """Return the parts of an expression; none if it cannot be read."""
    try:
        return list(walk(tree.parse(text)))
    except tree.ExpressionError:
        return []


def names_in(text: str) -> frozenset[str]:
    """Return the names in an expression; none if it cannot be read."""
    try:
        return tree.names(tree.parse(text))
    except tree.ExpressionError:
        return frozenset()


def value_of(arg: Arg, scope: Mapping[str, Arg], shapes: tree.Shapes | None = None) -> Any:
    """Return an argument with its expression worked out; None where that cannot be."""
    if not isinstance(arg, Expr):
        return arg
    numbers = {k: v for k, v in scope.items() if isinstance(v, int | float)}
    try:
        return tree.evaluate(tree.parse(arg.text), numbers, shapes)
    except tree.ExpressionError:
        return None


def muted(node: Node) -> bool:
    """Whether ``when`` is false whatever the parameters: the node passes its input through."""
    if node.when is None:
        return False
    try:
        return not tree.evaluate(tree.parse(node.when.text), {})
    except tree.ExpressionError:
        return False


def expressions_in(arg: Arg) -> list[Expr]:
    """Return the expressions inside an argument."""
    if isinstance(arg, Expr):
        return [arg]
    if isinstance(arg, tuple):
        return [e for item in arg for e in expressions_in(item)]
    if isinstance(arg, Slice):
        return [e for item in (arg.start, arg.stop, arg.step) for e in expressions_in(item)]
    return []


def uses_index(node: Node) -> bool:
    """Whether a repeated node's arguments depend on which copy it is."""
    return any("i" in names_in(e.text) for a in node.args.values() for e in expressions_in(a))
