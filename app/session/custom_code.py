"""Edits of custom code, as a session makes them: one step of the history each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph_editor.catalogue.custom_code import piece_of
from graph_editor.document.edits import Point, add_node, in_block, move_nodes
from graph_editor.document.edits.custom_code import change_code
from graph_editor.document.model import Code, Node, NodeId, Project

if TYPE_CHECKING:
    from app.session.session import Session


def put_code(session: Session, key: str, code: Code, place: Point | None = None) -> bool:
    """Add or change a piece of code; with a place, add a node of it there too, and select it."""
    graph_key = session.graph_key
    node_id = NodeId(session.ids.fresh(key, session.project.block(graph_key).graph.nodes))

    def change(now: Project) -> Project:
        changed = change_code(now, key, code)
        if place is None:
            return changed
        node = Node(f"code.{key}")
        made = in_block(changed, graph_key, lambda graph: add_node(graph, node_id, node))
        return move_nodes(made, graph_key, {node_id: place})

    title = f"Edit the code {key}" if place is None else f"Add the code {key}"
    if not session.apply(change, title):
        return False
    if place is not None:
        session.select([node_id])
    return True


def piece_selected(session: Session) -> str:
    """Return the piece that the one selected node uses; empty where it is no node of code."""
    if len(session.selection) != 1:
        return ""
    node = session.project.block(session.graph_key).graph.nodes[next(iter(session.selection))]
    key = piece_of(node.spec)
    return key if key in session.project.code else ""
