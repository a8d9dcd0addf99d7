"""Reckons how many nodes a use of a block comes to with all copies, before any is evaluated."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.evaluate_block import DEEPEST
from app.engine.evaluate_record import Trouble
from app.engine.evaluate_repeat import MOST_COPIES
from app.engine.evaluate_scope import Number, number
from graph_editor.catalogue.meaning import means
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import Arg, Block, BlockId, Expr, Node, Project

MOST = 10_000
"""Nodes that one use of a block may come to: copies of copies grow beyond all waiting."""
Names = Mapping[str, Number]


class Count:
    """Counts the nodes of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[object, int] = {}

    def too_many(self, node: Node, names: Names) -> int:
        """Return how many nodes a node comes to where that is too many and it is to blame; else 0.

        To blame is the outermost one that is repeated, or that has too much in it though nothing in
        it has by itself. What only inputs say of numbers of copies is not known here.
        """
        block = self._block(node)
        total = self.of(node, names) if block is not None else 0
        if block is None or total <= MOST:
            return 0
        if not is_repeated(node):
            inner = _parameters(block, node, names)
            if any(self.of(each, inner) > MOST for each in block.graph.nodes.values()):
                return 0
        return total

    def of(self, node: Node, names: Names, depth: int = 0) -> int:
        """Return how many nodes a node comes to: itself and what is in it, for each copy."""
        if _is_off(node, names):
            return 1
        count: Arg = 1
        if node.repeat is not None and is_repeated(node):
            count = _value(node.repeat.count, names)
        is_legal = isinstance(count, int) and 0 <= count <= MOST_COPIES
        copies = count if isinstance(count, int) and is_legal else 1
        block = self._block(node)
        if block is None or depth > DEEPEST:
            return max(copies, 1)
        inner = _parameters(block, node, names)
        key = (node.spec, tuple(sorted(inner.items())))
        if key not in self._known:
            self._known[key] = 1  # where it contains itself, it is refused
            nodes = block.graph.nodes.values()
            self._known[key] = 1 + sum(self.of(each, inner, depth + 1) for each in nodes)
        return max(copies * self._known[key], 1)

    def _block(self, node: Node) -> Block | None:
        kind, _, key = node.spec.partition(".")
        return self._project.blocks.get(BlockId(key)) if kind == "block" else None


def too_many(total: int) -> Trouble:
    """Return what is said of a node that comes to too many."""
    text = (
        f"With all copies of what is in it, this comes to {total:,} nodes. Up to {MOST:,} are "
        f"judged, so that neither it nor what follows is. Repeat it, or what is in it, less often."
    )
    return Trouble("too-many-copies", text, argument="repeat", severity="warning")


def is_repeated(node: Node) -> bool:
    """Whether there may be copies of a node."""
    return node.repeat is not None and means(node.kind, "repeat")


def _is_off(node: Node, names: Names) -> bool:
    return node.when is not None and means(node.kind, "when") and _value(node.when, names) is False


def _parameters(block: Block, node: Node, names: Names) -> dict[str, Number]:
    """Return those numbers that are the parameters of a block in one use of it."""
    said = {p.name: node.args.get(p.name, p.default) for p in block.parameters}
    found = {name: _value(arg, names) for name, arg in said.items()}
    return {n: v for n, v in found.items() if isinstance(v, int | float)}


def _value(arg: Arg, names: Names) -> Arg:
    """Return what an argument is; nothing where that cannot be said from names alone."""
    if not isinstance(arg, Expr):
        return arg
    try:
        return number(arg, names)
    except ExpressionError:
        return None
