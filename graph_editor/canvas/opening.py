"""Opening a node: the inside of a block, the text of custom code, the numbers of any other."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from graph_editor.canvas.actions_blocks import enter
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.inline_form import open_inline
from graph_editor.document.model import BlockId, NodeId


def open_node(canvas: Canvas, node_id: NodeId, back: QWidget | None = None) -> None:
    """Show what is inside of a node, or edit its numbers where it stands.

    After the numbers the keyboard goes back to a widget, the canvas where none is said.
    """
    project, node = canvas.document.project, graph_of(canvas).nodes[node_id]
    key = node.spec.partition(".")[2]
    if node.kind == "block" and BlockId(key) in project.blocks:
        enter(canvas, node_id)
    elif node.kind == "code" and key in project.code:
        canvas.code_entered.emit(str(node_id))
    else:
        open_inline(canvas, node_id, back)


def cannot_open(canvas: Canvas) -> str:
    """Return why no node can be opened."""
    return "" if len(canvas.selected()) == 1 else "Select one node alone to open it."


def open_selected(canvas: Canvas) -> None:
    """Open the selected node."""
    if reason := cannot_open(canvas):
        canvas.said.emit(reason)
        return
    (node_id,) = canvas.selected()
    open_node(canvas, node_id)


def ask_menu(canvas: Canvas) -> None:
    """Ask for the menu of what is selected, at the first of the nodes where it is in sight."""
    chosen = [node_id for node_id in canvas.selected() if node_id in canvas.world.nodes]
    room = canvas.viewport().rect()
    spot = canvas.node_place(min(chosen)) if chosen else room.center()
    canvas.menu_asked.emit(
        canvas.viewport().mapToGlobal(spot if room.contains(spot) else room.center())
    )
