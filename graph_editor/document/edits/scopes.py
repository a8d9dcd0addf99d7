"""The names in a node's expressions: which it uses, and what stands in their place elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from graph_editor.document.arguments import parts
from graph_editor.document.edits.error import EditError
from graph_editor.document.expression_tree import Expression, Size, Variable, walk
from graph_editor.document.expressions import ExpressionError, parse
from graph_editor.document.model import Arg, Expr, FrozenMap, Graph, Node, Slice

COPY_NAMES = frozenset({"i", "n"})
"""The copy's number and the number of copies, in the arguments of a repeated node."""
EVERYWHERE = frozenset({"training"})
RESERVED = COPY_NAMES | EVERYWHERE | {"step", "epoch", "epochs", "min", "max", "shape"}
_ATOM = re.compile(r"[A-Za-z_]\w*|\d+(\.\d+)?", re.ASCII)
Change = Callable[[Expr, frozenset[str]], Arg]
"""What becomes of an expression, and which of its names are the node's own."""


def parsed(expression: Expr) -> Expression | None:
    """Return the tree of an expression, or None where it is not legal."""
    try:
        return parse(expression.text)
    except ExpressionError:
        return None


def variables(expression: Expr) -> list[Variable]:
    """Return the names in an expression, each with its place."""
    tree = parsed(expression)
    return [] if tree is None else [part for part in walk(tree) if isinstance(part, Variable)]


def asks_shapes(value: Arg) -> bool:
    """Whether an argument asks an input for its shape."""
    trees = [parsed(expression) for expression in _expressions(value)]
    return any(isinstance(p, Size) for tree in trees if tree is not None for p in walk(tree))


def _expressions(value: Arg) -> Iterator[Expr]:
    return (part for part in parts(value) if isinstance(part, Expr))


def names_used(node: Node) -> set[str]:
    """Return the names that a node's expressions ask of the graph around it."""
    found: set[str] = set()

    def note(expression: Expr, own: frozenset[str]) -> Arg:
        found.update(part.name for part in variables(expression) if part.name not in own)
        return expression

    change_expressions(node, note)
    return found - EVERYWHERE


def names_in(value: Arg) -> set[str]:
    """Return the names in an argument."""
    return {part.name for expression in _expressions(value) for part in variables(expression)}


def sizes_named(node: Node) -> dict[str, int]:
    """Return the bare names in the shape of an ``io.input``, each with its axis."""
    shape = node.args.get("shape")
    found: dict[str, int] = {}
    for axis, size in enumerate(shape if isinstance(shape, tuple) else ()):
        if isinstance(size, Expr) and isinstance(tree := parsed(size), Variable):
            found.setdefault(tree.name, axis)
    return found


def change_expressions(node: Node, change: Change) -> Node:
    """Return the node with every expression changed; the same node where nothing is."""
    own = COPY_NAMES if node.repeat is not None else frozenset()
    args = {name: _changed(value, change, own) for name, value in node.args.items()}
    if any(args[name] is not value for name, value in node.args.items()):
        node = replace(node, args=FrozenMap(args))
    if node.when is not None:
        when = _as_expression(change(node.when, frozenset()))
        node = node if when == node.when else replace(node, when=when)
    if node.repeat is not None and isinstance(node.repeat.count, Expr):
        count = change(node.repeat.count, frozenset())
        if count is not node.repeat.count:
            whole = count if type(count) is int else _as_expression(count)
            node = replace(node, repeat=replace(node.repeat, count=whole))
    if node.weights is not None and isinstance(node.weights.decay, Expr):
        decay = change(node.weights.decay, frozenset())
        if decay is not node.weights.decay:
            number = decay if isinstance(decay, float) else _as_expression(decay)
            node = replace(node, weights=replace(node.weights, decay=number))
    if node.weights is not None and isinstance(node.weights.every, Expr):
        every = change(node.weights.every, frozenset())
        if every is not node.weights.every:
            steps = every if type(every) is int else _as_expression(every)
            node = replace(node, weights=replace(node.weights, every=steps))
    return node


def _as_expression(value: Arg) -> Expr:
    if isinstance(value, Expr):
        return value
    if isinstance(value, (bool, int, float)):
        return Expr(repr(value))
    raise EditError(f"{value!r} cannot stand in an expression.")


def _changed(value: Arg, change: Change, own: frozenset[str]) -> Arg:
    if isinstance(value, Expr):
        return change(value, own)
    if isinstance(value, tuple):
        items = tuple(_changed(item, change, own) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if isinstance(value, FrozenMap):
        entries = {name: _changed(item, change, own) for name, item in value.items()}
        unchanged = all(entries[name] is item for name, item in value.items())
        return value if unchanged else FrozenMap(entries)
    if isinstance(value, Slice):
        bounds = [_changed(bound, change, own) for bound in (value.start, value.stop, value.step)]
        made = Slice(*bounds)
        return value if made == value else made
    return value


def renamed_in(graph: Graph, old: str, new: str) -> Graph:
    """Return the graph with one name renamed in all expressions of its nodes."""

    def change(expression: Expr, own: frozenset[str]) -> Arg:
        return expression if old in own else substituted(expression, {old: Expr(new)})

    nodes = {key: change_expressions(node, change) for key, node in graph.nodes.items()}
    changed = {key: node for key, node in nodes.items() if node is not graph.nodes[key]}
    return replace(graph, nodes=graph.nodes.merged(changed)) if changed else graph


def substituted(expression: Expr, values: Mapping[str, Arg], own: Collection[str] = ()) -> Arg:
    """Return what an expression says with values in the place of names; own names stay.

    A name that stands for itself stays as it is written. Raises EditError where a value cannot
    stand in an expression.
    """
    found = [part for part in variables(expression) if part.name in values and part.name not in own]
    found = [part for part in found if values[part.name] != Expr(part.name)]
    if not found:
        return expression
    text = expression.text
    if text.strip() == found[0].name:
        return values[found[0].name]
    for part in sorted(found, key=lambda part: -part.place):
        end = part.place + len(part.name)
        text = text[: part.place] + _written(values[part.name]) + text[end:]
    return Expr(text)


def _written(value: Arg) -> str:
    if isinstance(value, Expr):
        return value.text if _ATOM.fullmatch(value.text.strip()) else f"({value.text})"
    if isinstance(value, (bool, int, float)):
        text = repr(value)
        if parsed(Expr(text)) is not None:
            return f"({text})" if text.startswith("-") else text
    raise EditError(f"{value!r} cannot stand in an expression.")
