"""Keeps a node with many words from reaching over the one at its right: title and line are cut."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF

from graph_editor.canvas.anatomy import GRID, MAX_WIDTH, Anatomy, width_without_line
from graph_editor.canvas.drawn_graph import BOUNDS, DrawnGraph
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.document.model import NodeId

APART = 3.0 * GRID
"""Room between a node whose title is cut and the next."""
NEAR = float(GRID)
"""That of one whose line is cut."""


def narrowed(build: Anatomy, width: float) -> Anatomy:
    """Return a node's build in another width, with the ports of its right edge and middle."""
    less = build.width - width
    shift = {"right": less, "top": less / 2, "bottom": less / 2, "left": 0.0}
    inputs = {
        path: p
        if p.side == "bottom" and not build.is_standing
        else p._replace(x=p.x - shift[p.side])
        for path, p in build.inputs.items()
    }
    outputs = {name: p._replace(x=p.x - shift[p.side]) for name, p in build.outputs.items()}
    return build._replace(width=width, inputs=inputs, outputs=outputs)


def narrow(scene: DrawnGraph, nodes: Iterable[NodeId]) -> set[NodeId]:
    """Give nodes, and those at their left, the width that they have room for; return the changed.

    A node is as wide as its words, up to the next one. For a name it is never narrower than without
    one, for its line of parameters never narrower than without that.
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
    width = _cut_line(scene, item, width)
    is_cut = width < natural.width
    (scene.cut.add if is_cut else scene.cut.discard)(item.id)
    if width == item.anatomy.width:
        return False
    scene.labels.stale_around(item.rect())
    item.show_build(narrowed(natural, width) if is_cut else natural)
    scene.labels.stale_around(item.rect())
    return True


def _cut_line(scene: DrawnGraph, item: NodeItem, width: float) -> float:
    """Return a node's width, where its line of parameters would else reach over the next one.

    One that somebody has put over the card itself cuts nothing.
    """
    build = item.natural
    if scene.drawing.graph.nodes[item.id].name:
        build = scene.drawing.anatomy(item.id, named=False)
    bare = width_without_line(build)
    if width <= bare:
        return width
    most = _room_of(scene, item) + APART - NEAR
    return GRID * (most // GRID) if bare <= most < width else width


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
