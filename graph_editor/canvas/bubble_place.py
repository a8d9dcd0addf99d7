"""Where the bubble stands: beside the node whose problem is told, where it covers least."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF

from graph_editor.canvas.drawn_graph import BOUNDS
from graph_editor.canvas.items.bubble import Stand
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.view import View
from graph_editor.document.model import NodeId

EDGE = 6.0
"""Pixels between the error bubble and the edge of the canvas."""
TALL = 3.0
"""Times the bubble's height that a canvas must have for one that lies over its node."""
DRIFT = 400.0
"""Pixels of nodes that the bubble rather covers than standing in a less usual way."""


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
    room = seen.adjusted(EDGE, EDGE, -EDGE, -EDGE)
    nodes = _nodes(view, scene, room)
    scene.bubble.show_finding(found)
    stand = _best(scene, card, room, nodes)
    if not stand.tip and room.height() < TALL * stand.body.height():
        scene.bubble.show_finding(found, short=True)
        stand = _best(scene, card, room, nodes)
    scene.bubble.setPos(turned.inverted()[0].map(scene.bubble.turn(stand)))


def _best(scene: Scene, card: QRectF, room: QRectF, nodes: Iterable[QRectF]) -> Stand:
    stands = enumerate(scene.bubble.spots_beside(card, room))
    return min(stands, key=lambda each: DRIFT * each[0] + covered(each[1].body, nodes))[1]


def _nodes(view: View, scene: Scene, room: QRectF) -> list[QRectF]:
    """Return what the nodes in a room cover, in pixels of the screen."""
    turned = view.viewportTransform()
    items = scene.items(turned.inverted()[0].mapRect(room), BOUNDS)
    return [turned.mapRect(item.rect()) for item in items if isinstance(item, NodeItem)]


def covered(body: QRectF, nodes: Iterable[QRectF]) -> float:
    """Return how much of some nodes an area covers."""
    parts = (body.intersected(node) for node in nodes)
    return sum(part.width() * part.height() for part in parts)


def _bubble_node(scene: Scene) -> NodeId | None:
    """Return the node whose problem is told: the hovered one, else the only selected one."""
    for node in (scene.hovered, *(scene.chosen if len(scene.chosen) == 1 else ())):
        if node is not None and node in scene.nodes:
            problems = scene.drawing.problems.get(node, ())
            if any(p.severity == "error" for p in problems):
                return node
    return None
