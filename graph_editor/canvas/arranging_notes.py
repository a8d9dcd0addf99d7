"""Sticky notes go along with the node that they stand beside when a graph is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from graph_editor.canvas.anatomy import GRID, Anatomy
from graph_editor.canvas.items.frame_item import NoteItem
from graph_editor.canvas.scene import Scene
from graph_editor.document.edits import change_note, layout_of, positions_of
from graph_editor.document.model import NodeId, Project

APART = 2.0 * GRID
"""Room between a note that has made way and the node below it."""


def with_notes(
    scene: Scene, before: Project, after: Project, key: str, builds: Mapping[NodeId, Anatomy]
) -> Project:
    """Return the project after its nodes were laid out with each note beside its node again.

    A note belongs to the node that it is nearest to. One that would cover nodes stands above them.
    """
    notes = layout_of(before, key).get("notes", ())
    if not notes or not scene.nodes:
        return after
    known = positions_of(after, key)
    boxes = [
        QRectF(*known[node], build.width, build.height)
        for node, build in builds.items()
        if node in known
    ]
    shown = {
        (item.x(), item.y()): item.boundingRect()
        for item in scene.items()
        if isinstance(item, NoteItem)
    }
    for index, note in enumerate(notes):
        x, y = note.get("at", (0, 0))
        area = QRectF(shown.get((x, y), QRectF(0, 0, GRID, GRID))).translated(x, y)
        node = min(scene.nodes, key=lambda one: (_gap(scene.nodes[one].rect(), area), one))
        here = scene.nodes[node].x0, scene.nodes[node].y0
        way = QPointF(*known.get(node, here)) - QPointF(*here)
        if not way.isNull():
            way += _up(area.translated(way), boxes)
            after = change_note(after, key, index, at=(round(x + way.x()), round(y + way.y())))
    return after


def _gap(one: QRectF, two: QRectF) -> float:
    """Return how far two areas are from each other, squared."""
    dx = max(one.left() - two.right(), two.left() - one.right(), 0.0)
    dy = max(one.top() - two.bottom(), two.top() - one.bottom(), 0.0)
    return dx * dx + dy * dy


def _up(area: QRectF, boxes: Iterable[QRectF]) -> QPointF:
    """Return how far an area has to move up so that it covers no box."""
    top = area.top()
    while covered := [box for box in boxes if box.intersects(area)]:
        area.moveBottom(min(box.top() for box in covered) - APART)
    return QPointF(0.0, area.top() - top)
