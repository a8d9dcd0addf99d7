"""What can be done on a canvas, as plain functions: gestures, menus and tests all call these.

Beside each stands why it cannot be done now: a sentence, empty where it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF

from graph_editor.canvas import clipboard
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import (
    edit,
    graph_of,
    move,
    named,
    snapped,
)
from graph_editor.canvas.rename import RenameLine
from graph_editor.canvas.wiring import NODE_HALF, add_at, disconnect_port
from graph_editor.document.edits import (
    Fragment,
    Pasted,
    Point,
    copy,
    delete,
    dissolve_nodes,
    paste,
)
from graph_editor.document.fragment_text import NoFragment
from graph_editor.document.model import NOTHING, FrozenMap, NodeId, Project

__all__ = [
    "add_at",
    "arrange",
    "arrange_selected",
    "cannot_act",
    "cannot_arrange_selected",
    "cannot_delete",
    "cannot_paste",
    "cannot_rename",
    "cannot_select",
    "copy_selected",
    "cut_selected",
    "delete_selected",
    "dissolve_selected",
    "duplicate_selected",
    "nudge",
    "paste_at",
    "rename_selected",
    "select_all",
]

ASIDE = 24.0
"""How far a copy lies from what it is a copy of, if it would cover it else."""
NOTHING_SELECTED = "Select a node first."


# Deleting


def cannot_act(canvas: Canvas) -> str:
    """Return why nothing can be done with the selected nodes."""
    return "" if canvas.selected() else NOTHING_SELECTED


def cannot_delete(canvas: Canvas) -> str:
    """Return why nothing can be deleted: neither nodes nor a wire are selected."""
    return "" if canvas.world.chosen_wire is not None else cannot_act(canvas)


def delete_selected(canvas: Canvas) -> None:
    """Delete the selected nodes with their wires, or the selected wire alone."""
    ids, wire = canvas.selected(), canvas.world.chosen_wire
    if wire is not None and not ids:
        disconnect_port(canvas, wire)
    if ids:
        title = f"Delete {named(canvas, ids)}"
        edit(canvas, lambda now: delete(now, canvas.key, ids), title)


def dissolve_selected(canvas: Canvas) -> None:
    """Delete the selected nodes and lead the wires past them."""
    ids = canvas.selected()
    if ids:
        title = f"Delete {named(canvas, ids)} and heal"
        edit(canvas, lambda now: dissolve_nodes(now, canvas.key, ids), title)


# Copying


def fragment_of(canvas: Canvas, ids: Iterable[NodeId]) -> Fragment:
    """Return nodes as they can be copied, each with the place where it is shown."""
    chosen = set(ids)
    fragment = copy(canvas.document.project, canvas.key, chosen)
    at = {key: spot for key, spot in canvas.places().items() if key in chosen}
    return replace(fragment, layout=fragment.layout.set("at", FrozenMap(at)))


def copy_selected(canvas: Canvas) -> None:
    """Put the selected nodes on the clipboard, with the wires between them."""
    ids = canvas.selected()
    if ids:
        clipboard.put(fragment_of(canvas, ids))
        canvas.said.emit(f"Copied {named(canvas, ids)}.")


def cut_selected(canvas: Canvas) -> None:
    """Put the selected nodes on the clipboard and delete them."""
    ids = canvas.selected()
    if ids:
        clipboard.put(fragment_of(canvas, ids))
        title = f"Cut {named(canvas, ids)}"
        edit(canvas, lambda now: delete(now, canvas.key, ids), title)


def cannot_paste(canvas: Canvas) -> str:  # noqa: ARG001  # all of these take a canvas
    """Return why nothing can be pasted."""
    return "" if clipboard.has_text() else "The clipboard holds no nodes of a drawing."


def paste_at(canvas: Canvas, spot: QPoint | None = None) -> None:
    """Paste what is on the clipboard around a place in the viewport, and select it.

    With no place it lands at the pointer, or in the middle where the pointer is elsewhere.
    """
    try:
        fragment = clipboard.taken()
    except NoFragment as reason:
        canvas.said.emit(str(reason))
        return
    middle = canvas.mapToScene(_pointer(canvas) if spot is None else spot)
    at: Mapping[NodeId, Point] = fragment.layout.get("at") or NOTHING
    offset = _offset_to(middle, at) if at else (0.0, 0.0)
    _paste(canvas, fragment, offset, "Paste")


def duplicate_selected(canvas: Canvas) -> None:
    """Put a copy of the selected nodes beside them, and select it."""
    ids = canvas.selected()
    if ids:
        _paste(canvas, fragment_of(canvas, ids), (ASIDE, ASIDE), "Duplicate")


def _paste(canvas: Canvas, fragment: Fragment, offset: Point, verb: str) -> None:
    at: Mapping[NodeId, Point] = fragment.layout.get("at") or NOTHING
    taken = set(canvas.places().values())
    dx, dy = offset
    while any((x + dx, y + dy) in taken for x, y in at.values()):
        dx, dy = dx + ASIDE, dy + ASIDE
    done: list[Pasted] = []

    def change(now: Project) -> Project:
        done.append(paste(now, canvas.key, fragment, canvas.ids, (dx, dy)))
        return done[-1].project

    count = len(fragment.graph.nodes)
    words = "1 node" if count == 1 else f"{count} nodes"
    if edit(canvas, change, f"{verb} {words}"):
        canvas.select(done[-1].ids.values())
        canvas.follow_added(canvas.world.extent(done[-1].ids.values()))


def _pointer(canvas: Canvas) -> QPoint:
    """Return where the pointer is in the viewport, else its middle."""
    view = canvas.viewport()
    spot = view.mapFromGlobal(canvas.cursor().pos())
    return spot if view.rect().contains(spot) and view.underMouse() else view.rect().center()


def _offset_to(middle: QPointF, at: Mapping[NodeId, Point]) -> Point:
    xs, ys = [x for x, _ in at.values()], [y for _, y in at.values()]
    return snapped(
        middle.x() - (min(xs) + max(xs)) / 2 - NODE_HALF[0],
        middle.y() - (min(ys) + max(ys)) / 2 - NODE_HALF[1],
    )


# Selecting


def select_all(canvas: Canvas) -> None:
    """Select all nodes of the shown graph."""
    canvas.select(graph_of(canvas).nodes)


def cannot_select(canvas: Canvas) -> str:
    """Return why there is nothing to select, fit or arrange."""
    return "" if graph_of(canvas).nodes else "There is no node in this graph."


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
    """Move the selected nodes by a step; steps in a row are one step of the history."""
    shown = canvas.places()
    spots = {n: (shown[n][0] + dx, shown[n][1] + dy) for n in canvas.selected()}
    if spots:
        move(canvas, spots, merge="nudge:" + ",".join(sorted(spots)))


def arrange(canvas: Canvas) -> None:
    """Arrange the whole graph."""
    canvas.arrange_all()


def arrange_selected(canvas: Canvas) -> None:
    """Arrange the selected nodes among themselves, around where they are."""
    if reason := cannot_arrange_selected(canvas):
        canvas.said.emit(reason)
    else:
        canvas.arrange_all(canvas.selected())


def cannot_arrange_selected(canvas: Canvas) -> str:
    """Return why the selection cannot be arranged."""
    return "" if len(canvas.selected()) > 1 else "Select at least two nodes to arrange them."
