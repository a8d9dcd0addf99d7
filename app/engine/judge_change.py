"""Tells small changes of a project, after which most of what was known of it stays."""

from __future__ import annotations

from graph_editor.document.model import Block, Node, NodeId, Project

WIDE = ("data", "io", "block", "code", "optim", "lr_scheduler")
"""Kinds of nodes whose arguments have a part in more than their own result."""


def changed_arguments(before: Project, after: Project) -> list[NodeId] | None:
    """Return the nodes of the main graph whose arguments are others; None if anything else is."""
    if before is after:
        return []
    if before.blocks is not after.blocks or before.code != after.code or before.run != after.run:
        return None
    if not _same_but_nodes(before.main, after.main):
        return None
    old, new = before.main.graph.nodes, after.main.graph.nodes
    if len(old) != len(new):
        return None
    changed = new.changed_from(old)
    for id_ in changed:
        node = old.get(id_)
        if node is None or not _same_but_arguments(node, new[id_]):
            return None
    return changed


def _same_but_nodes(old: Block, new: Block) -> bool:
    if old.graph.wires is not new.graph.wires or old.graph.ties or new.graph.ties:
        return False
    return (old.inputs, old.outputs, old.parameters) == (new.inputs, new.outputs, new.parameters)


def _same_but_arguments(old: Node, new: Node) -> bool:
    if old.kind in WIDE or old.spec == "param.of":
        return False
    said = ("spec", "name", "when", "repeat", "weights", "freeze", "silence")
    return all(getattr(old, name) == getattr(new, name) for name in said)
