"""Switching nodes off and on again: while one is off, its first input passes through."""

from __future__ import annotations

from collections.abc import Iterable

from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.nodes import set_extra, set_when
from graph_editor.document.file_args import arg_to_json
from graph_editor.document.model import Expr, Graph, Node, NodeId

OFF = Expr("False")
SAID_OFF = frozenset({"False", "false", "0"})
WHEN_ON = "when_on"
"""The field of a node that is off with what its ``when`` said before, and says again then."""


def is_off(node: Node) -> bool:
    """Whether a node is switched off, whatever the block's parameters are."""
    return isinstance(node.when, Expr) and node.when.text.strip() in SAID_OFF


def switch_off(graph: Graph, ids: Iterable[NodeId]) -> Graph:
    """Let the first input of nodes pass through; a condition that they have is kept beside it."""
    for node_id in ids:
        node = node_of(graph, node_id)
        if is_off(node):
            continue
        extra = node.extra.without(WHEN_ON)
        if node.when is not None:
            extra = extra.set(WHEN_ON, arg_to_json(node.when))
        if extra != node.extra:
            graph = set_extra(graph, node_id, extra)
        graph = set_when(graph, node_id, OFF)
    return graph


def switch_on(graph: Graph, ids: Iterable[NodeId]) -> Graph:
    """Let nodes that are off work again as they did before: always, or where a condition holds."""
    for node_id in ids:
        node = node_of(graph, node_id)
        if not is_off(node):
            continue
        kept = node.extra.get(WHEN_ON)
        has_kept = isinstance(kept, str) and kept.startswith("=")
        graph = set_when(graph, node_id, Expr(str(kept)[1:]) if has_kept else None)
        if WHEN_ON in node.extra:
            graph = set_extra(graph, node_id, node.extra.without(WHEN_ON))
    return graph
