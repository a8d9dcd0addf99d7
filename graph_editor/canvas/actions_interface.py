"""What can be done on a canvas with the outside of the block that is shown; and why not."""

from __future__ import annotations

from collections.abc import Sequence

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.catalogue.promoting import parameter_for, promotable
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits import EditError, new_parameter, new_port, promote
from graph_editor.document.edits.interface import Side

IN_MAIN = "This is the main graph: go into a block first."
NAMES: dict[Side, str] = {"inputs": "input", "outputs": "output"}


def cannot_shape_block(canvas: Canvas) -> str:
    """Return why there is no block around to which a parameter or a port could be added."""
    return IN_MAIN if canvas.key == MAIN else ""


def add_parameter(canvas: Canvas) -> None:
    """Add a parameter to the block that is shown."""
    edit(canvas, lambda now: new_parameter(now, canvas.key), "Add a parameter")


def add_port(canvas: Canvas, side: Side) -> None:
    """Add an input or output to the block that is shown, and select it."""
    before = set(graph_of(canvas).nodes)
    title = f"Add an {NAMES[side]}"
    if edit(canvas, lambda now: new_port(now, canvas.key, side, canvas.ids), title):
        made = set(graph_of(canvas).nodes) - before
        canvas.select(made)
        canvas.follow_added(canvas.world.extent(made))


def promotable_here(canvas: Canvas) -> Sequence[str]:
    """Return the arguments of the one selected node that can become parameters of the block."""
    chosen = list(canvas.selected())
    if canvas.key == MAIN or len(chosen) != 1:
        return ()
    node = graph_of(canvas).nodes[chosen[0]]
    return tuple(promotable(canvas.lookup(canvas.document.project)(node.spec), node))


def cannot_promote(canvas: Canvas) -> str:
    """Return why no argument can become a parameter of the block."""
    if reason := cannot_shape_block(canvas):
        return reason
    if len(canvas.selected()) != 1:
        return "Select one node of the block."
    return "" if promotable_here(canvas) else "This node says no number, word or switch."


def promote_argument(canvas: Canvas, name: str) -> None:
    """Make an argument of the one selected node a parameter of the block that is shown."""
    if reason := cannot_promote(canvas):
        canvas.said.emit(reason)
        return
    (node_id,) = canvas.selected()
    node = graph_of(canvas).nodes[node_id]
    spec = canvas.lookup(canvas.document.project)(node.spec)
    assert spec is not None  # else nothing could be promoted
    try:
        parameter = parameter_for(spec, node, name)
    except EditError as refusal:
        canvas.said.emit(str(refusal))
        return
    title = f"Make {name} of {name_of(canvas, node_id)} a parameter"
    edit(canvas, lambda now: promote(now, canvas.key, node_id, name, parameter), title)
