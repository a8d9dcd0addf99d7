"""How the canvas edits its document: each edit one step with a title, refusals said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from graph_editor.canvas.anatomy import GRID, title_of
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.drawing import bends_of
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits import (
    EditError,
    Point,
    layout_of,
    move_nodes,
    positions_of,
    set_bends,
)
from graph_editor.document.model import Graph, NodeId, Project


def edit(
    canvas: Canvas, change: Callable[[Project], Project], title: str, merge: str | None = None
) -> bool:
    """Make an edit of the document as one step; what cannot be done is said. Return whether."""
    try:
        canvas.document.apply(change, title, merge)
    except EditError as refusal:
        canvas.said.emit(str(refusal))
        return False
    return True


def graph_of(canvas: Canvas) -> Graph:
    """Return the graph that is shown; an empty one where its block has just gone."""
    project = canvas.document.project
    known = canvas.key == MAIN or canvas.key in project.blocks
    return project.block(canvas.key).graph if known else Graph()


def name_of(canvas: Canvas, node_id: NodeId) -> str:
    """Return what a node is called on the canvas."""
    node = graph_of(canvas).nodes[node_id]
    return title_of(node, canvas.lookup(canvas.document.project)(node.spec))


def named(canvas: Canvas, ids: Iterable[NodeId]) -> str:
    """Return ``Conv2d`` for one node, ``3 nodes`` for several."""
    listed = list(ids)
    return name_of(canvas, listed[0]) if len(listed) == 1 else f"{len(listed)} nodes"


def snapped(x: float, y: float) -> Point:
    """Return the point of the grid that is nearest."""
    return (float(GRID * round(x / GRID)), float(GRID * round(y / GRID)))


def with_shown(canvas: Canvas, now: Project, spots: Mapping[NodeId, Point]) -> dict[NodeId, Point]:
    """Return places to write: those given, and where unplaced nodes are shown, so that they stay.

    Else each would be placed anew beside a neighbour that has just been moved.
    """
    known = positions_of(now, canvas.key)
    shown = {n: p for n, p in canvas.places().items() if n not in known}
    nodes = now.block(canvas.key).graph.nodes
    return {n: p for n, p in {**shown, **spots}.items() if n in nodes}


def moved(canvas: Canvas, now: Project, spots: Mapping[NodeId, Point]) -> Project:
    """Return the project with nodes elsewhere, and what hangs on them."""
    made = move_nodes(now, canvas.key, with_shown(canvas, now, spots))
    return with_bends_moved(canvas, made, spots)


def with_bends_moved(canvas: Canvas, made: Project, spots: Mapping[NodeId, Point]) -> Project:
    """Return the project with the bends of wires moved whose ends have moved alike."""
    shown = canvas.places()
    steps = {n: (x - shown[n][0], y - shown[n][1]) for n, (x, y) in spots.items() if n in shown}
    wires = canvas.world.wires_at(steps)
    for wire in wires:
        step = steps.get(wire.target.node)
        points = bends_of(layout_of(made, canvas.key), wire.target)
        if points and step is not None and step == steps.get(wire.source.node):
            moved = [(x + step[0], y + step[1]) for x, y in points]
            made = set_bends(made, canvas.key, wire.target, moved)
    return made
