"""Keeps a node with a long name from reaching over the node at its right: its title is cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QRectF

from graph_editor.canvas.anatomy import GRID, MAX_WIDTH, Anatomy
from graph_editor.canvas.drawn_graph import BOUNDS, DrawnGraph
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.document.model import NodeId

APART = 3.0 * GRID
"""Room between a node that is cut and the next."""


def narrowed(build: Anatomy, width: float) -> Anatomy:
    """Return a node's build in another width, with the ports of its right edge and middle."""
    less = build.width - width
    shift = {"right": less, "top": less / 2, "bottom": less / 2, "left": 0.0}
    inputs = {
        path: p if p.side == "bottom" else replace(p, x=p.x - shift[p.side])
        for path, p in build.inputs.items()
    }
    outputs = {name: replace(p, x=p.x - shift[p.side]) for name, p in build.outputs.items()}
    return replace(build, width=width, inputs=inputs, outputs=outputs)


def narrow(scene: DrawnGraph, nodes: Iterable[NodeId]) -> set[NodeId]:
    """Give nodes, and those at their left, the width that they have room for; return the changed.

    A node is as wide as its words, up to the next one, and never narrower than without a name.
    """
    scene.cut &= scene.nodes.keys()
    items = {scene.nodes[node] for node in nodes if node in scene.nodes}
    for item in list(items) if len(items) < len(scene.nodes) else ():
        left = item.rect().adjusted(-MAX_WIDTH - APART, 0, 0, 0)
        items |= {i for i in scene.items(left, BOUNDS) if isinstance(i, NodeItem)}
    return {item.id for item in items if _fit(scene, item)}


def _fit(scene: DrawnGraph, item: NodeItem) -> bool:
    """Give one node its width; say whether that is another one."""
    natural, width = item.natural, item.natural.width
    if scene.drawing.graph.nodes[item.id].name:
        most = _room_of(scene, item)
        if most < width:
            least = scene.drawing.anatomy(item.id, named=False).width
            width = max(min(width, least), GRID * (most // GRID))
    is_cut = width < natural.width
    (scene.cut.add if is_cut else scene.cut.discard)(item.id)
    if width == item.anatomy.width:
        return False
    scene.labels.stale_around(item.rect())
    item.show_build(narrowed(natural, width) if is_cut else natural)
    scene.labels.stale_around(item.rect())
    return True


def _room_of(scene: DrawnGraph, item: NodeItem) -> float:
    """Return the width that a node may have; nodes that begin below its own words do not count."""
    natural = item.natural
    right = QRectF(item.x0, item.y0, natural.width + APART, natural.height)
    begins = [
        other.x0 - item.x0 - APART
        for other in scene.items(right, BOUNDS)
        if isinstance(other, NodeItem)
        and other is not item
        and item.x0 < other.x0 < right.right()
        and other.y0 < right.bottom()
        and right.top() < other.y0 + other.anatomy.height
    ]
    return min(begins, default=natural.width)
