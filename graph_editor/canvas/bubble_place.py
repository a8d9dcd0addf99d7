"""Where the bubble stands: beside the node whose problem is told, where all of it is seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from graph_editor.canvas.scene import Scene
from graph_editor.canvas.view import View
from graph_editor.document.model import NodeId

EDGE = 6.0
"""Pixels between the error bubble and the edge of the canvas."""


def place_bubble(view: View, scene: Scene) -> None:
    """Show the bubble where a node under the pointer, or the only selected one, has an error."""
    node = _bubble_node(scene)
    found = next(iter(scene.drawing.problems.get(node, ())), None) if node else None
    if node is None or found is None or view.is_far:
        scene.bubble.show_finding(None)
        return
    turned = view.viewportTransform()
    seen = QRectF(view.viewport().rect())
    card = turned.mapRect(scene.nodes[node].rect())
    if not card.intersects(seen):
        scene.bubble.show_finding(None)
        return
    scene.bubble.show_finding(found)
    corner = scene.bubble.corner_beside(card, seen.adjusted(EDGE, EDGE, -EDGE, -EDGE))
    scene.bubble.setPos(turned.inverted()[0].map(corner))


def _bubble_node(scene: Scene) -> NodeId | None:
    """Return the node whose problem is told: the hovered one, else the only selected one."""
    for node in (scene.hovered, *(scene.chosen if len(scene.chosen) == 1 else ())):
        if node is not None and node in scene.nodes:
            problems = scene.drawing.problems.get(node, ())
            if any(p.severity == "error" for p in problems):
                return node
    return None
