"""What can be done on a canvas, as plain functions: gestures, menus and tests all call these.

Beside each stands why it cannot be done now: a sentence, empty where it can.
"""

from __future__ import annotations

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import carry, counted, meant, taken_up
from graph_editor.canvas.editing import edit, graph_of, named
from graph_editor.canvas.rename import RenameLine
from graph_editor.canvas.view import MIN_ZOOM
from graph_editor.canvas.wiring import add_at, disconnect_port
from graph_editor.document.edits import delete, dissolve_nodes, remove_marks
from graph_editor.document.model import NodeId, Project

__all__ = [
    "add_at",
    "arrange",
    "arrange_selected",
    "cannot_act",
    "cannot_arrange_selected",
    "cannot_delete",
    "cannot_dissolve",
    "cannot_rename",
    "cannot_select",
    "delete_selected",
    "dissolve_selected",
    "fit_all",
    "fit_selection",
    "nudge",
    "rename_selected",
    "select_all",
]

WIRE_ROOM = 24.0
"""Around a wire that is fitted into the view, which may be a straight line."""
NOTHING_SELECTED = "Select a node first."
NOTHING_TO_DELETE = "Select a node, a wire, a frame or a note first."


# Deleting


def cannot_act(canvas: Canvas) -> str:
    """Return why nothing can be done with the selected nodes, and those in selected frames."""
    return "" if meant(canvas) else NOTHING_SELECTED


def cannot_delete(canvas: Canvas) -> str:
    """Return why nothing can be deleted: no node, wire, frame or note is selected."""
    is_some = canvas.world.chosen_wire is not None or canvas.world.backdrop.chosen
    return "" if is_some or canvas.selected() else NOTHING_TO_DELETE


def delete_selected(canvas: Canvas) -> None:
    """Delete the selected nodes with their wires, frames and notes, or the selected wire alone.

    Of a frame the nodes stay, unless they are selected too.
    """
    ids, wire, marks = canvas.selected(), canvas.world.chosen_wire, canvas.world.backdrop.chosen
    if reason := cannot_delete(canvas):
        canvas.said.emit(reason)
        return
    if wire is not None and not ids:
        at = canvas.world.wire_at
        disconnect_port(canvas, wire)
        canvas.select([] if at is None else [at])  # a key that came from there goes on from there
    if not ids and not marks:
        return
    frames, notes = ([m.place for m in marks if m.kind == kind] for kind in ("frame", "note"))

    def change(now: Project) -> Project:
        now = remove_marks(now, canvas.key, frames, notes)
        return delete(now, canvas.key, ids) if ids else now

    edit(canvas, change, f"Delete {counted(canvas, ids, marks)}")


ENDS = ("data", "optim", "lr_scheduler", "metric")
"""Kinds of nodes that no wire can be led past, beside the losses."""


def cannot_dissolve(canvas: Canvas) -> str:
    """Return why no node can be deleted so that its wires close up."""
    return "" if canvas.selected() else NOTHING_SELECTED


def dissolve_selected(canvas: Canvas) -> None:
    """Delete the selected nodes and lead the wires past those that hand on what they are given."""
    if reason := cannot_dissolve(canvas):
        canvas.said.emit(reason)
        return
    ids = canvas.selected()
    ends = {node for node in ids if _is_end(canvas, node)}

    def change(now: Project) -> Project:
        now = delete(now, canvas.key, ends) if ends else now
        return dissolve_nodes(now, canvas.key, ids - ends)

    healed = "" if ends == ids else " and heal"
    edit(canvas, change, f"Delete {named(canvas, ids)}{healed}")


def _is_end(canvas: Canvas, node: NodeId) -> bool:
    """Whether what a node gives is of another nature than what it is given."""
    return graph_of(canvas).nodes[node].kind in ENDS or (
        canvas.world.nodes[node].anatomy.family == "loss"
    )


# Selecting


def select_all(canvas: Canvas) -> None:
    """Select all nodes and notes of the shown graph."""
    notes = range(len(canvas.world.backdrop.notes))
    if not notes and (reason := cannot_select(canvas)):
        canvas.said.emit(reason)
        return
    canvas.select(graph_of(canvas).nodes, [Mark("note", place) for place in notes])


def cannot_select(canvas: Canvas) -> str:
    """Return why there is nothing to select, fit or arrange."""
    return "" if graph_of(canvas).nodes else "There is no node in this graph."


def fit_all(canvas: Canvas) -> None:
    """Bring the whole graph into view."""
    if reason := cannot_select(canvas):
        canvas.said.emit(reason)
        return
    canvas.fit_all()
    if canvas.zoom() <= MIN_ZOOM:
        _show_something(canvas)


def _show_something(canvas: Canvas) -> None:
    """Bring the node nearest to the middle into view where there is none, and say what is not."""
    cards = [item.rect() for item in canvas.world.nodes.values()]
    room = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    if all(room.contains(card) for card in cards):
        return
    if not any(room.intersects(card) for card in cards):
        middle, spots = room.center(), [card.center() for card in cards]
        canvas.centerOn(min(spots, key=lambda spot: (spot - middle).manhattanLength()))
    canvas.said.emit("Not all of it fits into the view, not even at 5 %; the minimap leads about.")


def fit_selection(canvas: Canvas) -> None:
    """Bring what is selected into view, a wire, frames and notes too; all, where nothing is."""
    area, wire = canvas.world.extent(canvas.selected()), canvas.world.chosen_wire
    if wire is not None:
        level = canvas.world.wires[wire].path().boundingRect()
        area = area.united(level.adjusted(-WIRE_ROOM, -WIRE_ROOM, WIRE_ROOM, WIRE_ROOM))
    for mark in canvas.world.backdrop.chosen:
        item = canvas.world.backdrop.item(mark)
        area = area.united(item.rect()) if item is not None else area
    if area.isNull():
        fit_all(canvas)
    else:
        canvas.fit(area)


# Naming


def cannot_rename(canvas: Canvas) -> str:
    """Return why nothing can be renamed."""
    count = len(canvas.selected())
    if count == 1:
        return ""
    return "Select one node alone to rename it." if count else NOTHING_SELECTED


def rename_selected(canvas: Canvas) -> RenameLine | None:
    """Open a line on the selected node in which its name is typed; return it."""
    ids = list(canvas.selected())
    if len(ids) != 1:
        canvas.said.emit(cannot_rename(canvas))
        return None
    line = RenameLine(canvas, ids[0])
    line.open_line()
    return line


# Placing


def nudge(canvas: Canvas, dx: float, dy: float) -> None:
    """Move what is selected by a step; steps in a row are one step of the history."""
    load = taken_up(canvas)
    if load:
        held = ",".join(map(str, (*load.nodes, *load.notes)))
        carry(canvas, load, (dx, dy), merge=f"nudge:{held}")
    else:
        canvas.said.emit("Nothing is selected, so there is nothing to move.")


def arrange(canvas: Canvas) -> None:
    """Arrange the whole graph."""
    if reason := cannot_select(canvas):
        canvas.said.emit(reason)
    else:
        canvas.arrange_all()


def arrange_selected(canvas: Canvas) -> None:
    """Arrange the selected nodes among themselves, around where they are."""
    if reason := cannot_arrange_selected(canvas):
        canvas.said.emit(reason)
    else:
        canvas.arrange_all(meant(canvas))


def cannot_arrange_selected(canvas: Canvas) -> str:
    """Return why the selection cannot be arranged."""
    return "" if len(meant(canvas)) > 1 else "Select at least two nodes to arrange them."
