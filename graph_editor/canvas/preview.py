"""Shows on the canvas what an edit would change, as long as somebody points at it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QPainterPath, QRegion
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.anatomy import Anatomy, Side
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.drawn_graph import BOUNDS
from graph_editor.canvas.items.ghosts import GhostItem, TagItem
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.preview_label import PreviewLabel
from graph_editor.canvas.preview_room import EDGE, beside, freest
from graph_editor.canvas.routing import route
from graph_editor.canvas.sketch import Drawn, Sketch, sketch_of
from graph_editor.document.model import InPort, NodeId, OutPort, Project

RING, NEAR = 6, 2
"""Pixels around a node that is concerned, for its rings, and around another."""
RING_AT = 4
"""Pixels at 100 % between a node and the ring that marks it."""
MOST_NODES = 400
"""Nodes up to which words keep off them in the far view, too."""
MOST_LINES = 4
"""Lines beside a node, and lines on what changes elsewhere."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that was made on a copy."""

    title: str
    after: Project
    parts: tuple[str, ...] = ()
    """What it consists of, where it is several edits at once."""


class Preview:
    """Ghosts over one canvas; the document and the items of the graph are left alone."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.label = PreviewLabel(canvas.look, canvas.viewport())
        self.sketch: Sketch | None = None
        self.ghosts: GhostItem | None = None
        self.tags: list[TagItem] = []
        canvas.leaving.connect(self.end)
        canvas.drawn.connect(self._stand)
        canvas.zoom_changed.connect(self._stand)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._stand)

    def show(self, edited: Edited) -> None:
        """Show what an edit would change, in the place of what is shown now."""
        self.end()
        canvas = self._canvas
        before = canvas.document.project
        lookup = canvas.lookup(edited.after)
        builds = {node: item.natural for node, item in canvas.world.nodes.items()}
        now = Drawn(canvas.places(), builds, canvas.findings)
        sketch = sketch_of(before, edited.after, canvas.key, lookup, now)
        self.sketch = sketch
        self._draw(sketch)
        bubble = canvas.world.bubble
        bubble.setOpacity(1.0 if bubble.hot else 0.0)  # pointed at elsewhere: it is in the way
        told = edited.parts or sketch.elsewhere  # the parts name what is elsewhere, too
        more = list(told[:MOST_LINES])
        if len(told) > MOST_LINES:
            more.append(f"and {len(told) - MOST_LINES} more")
        more += self._unseen(sketch)
        self.label.say(edited.title, more, canvas.look)
        self._stand()
        canvas.refresh_far()

    def end(self) -> None:
        """Show nothing any more."""
        self.sketch = None
        self.label.hide()
        world = self._canvas.world
        world.bubble.setOpacity(1.0)
        items = (*self.tags, *([self.ghosts] if self.ghosts is not None else []))
        self.ghosts, self.tags = None, []
        for item in items:
            if item.scene() is world:
                world.removeItem(item)
        if items:
            self._canvas.refresh_far()

    def _stand(self) -> None:
        """Put all words where they cover no node, wherever the view is now."""
        if self.ghosts is None:
            return
        canvas, busy = self._canvas, self._busy()
        room = canvas.viewport().rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        for tag in self.tags:
            node, size = _seen(canvas, tag.about), tag.box().size().toSize()
            if node.intersects(canvas.viewport().rect()):
                ring = node.adjusted(-RING, -RING, RING, RING)
                corner = freest(size, beside(size, ring), busy, room)
                marked = round(RING_AT * canvas.zoom())
                tag.lead_to(
                    QRectF(node.translated(-corner)).adjusted(-marked, -marked, marked, marked)
                )
            else:
                corner = node.topLeft()
                tag.lead_to(None)
            tag.setPos(canvas.mapToScene(corner))
            busy += QRect(corner, size)
        self.label.stand(busy)

    def _busy(self) -> QRegion:
        """Return what words are not to cover, in the viewport: nodes, ghosts, bubble and menu."""
        canvas, found = self._canvas, QRegion()
        seen = canvas.viewport().rect()
        for area in self.ghosts.areas() if self.ghosts is not None else ():
            found += _seen(canvas, area).adjusted(-RING, -RING, RING, RING)
        if not canvas.is_far or len(canvas.world.nodes) <= MOST_NODES:
            items = canvas.world.items(canvas.mapToScene(seen).boundingRect(), BOUNDS)
            for item in items:
                if isinstance(item, NodeItem):
                    room = RING if item.state.is_selected else NEAR
                    found += _seen(canvas, item.rect()).adjusted(-room, -room, room, room)
        return found + self._bubble() + self._menu()

    def _menu(self) -> QRect:
        """Return what the open menu covers, in the viewport; it may be what is pointed at."""
        menu, seen = QApplication.activePopupWidget(), self._canvas.viewport()
        if menu is None:
            return QRect()
        return QRect(seen.mapFromGlobal(menu.mapToGlobal(QPoint())), menu.size())

    def _bubble(self) -> QRect:
        """Return what the bubble covers, in the viewport; nothing where there is none."""
        bubble = self._canvas.world.bubble
        if not bubble.is_there:
            return QRect()
        return bubble.body().toAlignedRect().translated(self._canvas.mapFromScene(bubble.pos()))

    def _draw(self, sketch: Sketch) -> None:
        world = self._canvas.world
        ghosts = self.ghosts = GhostItem(world.scope)
        for build, spot in sketch.added.values():
            ghosts.add_card(build, QPointF(*spot))
        for node in sketch.gone:
            if node in world.nodes:
                ghosts.gone.append(QRectF(world.nodes[node].rect()))
        for node, lines in sketch.changed.items():
            if node in world.nodes and lines:
                rect = QRectF(world.nodes[node].rect())
                ghosts.changed.append(rect)
                self._tag(lines[:MOST_LINES], rect)
        self._draw_inside(sketch, ghosts)
        ghosts.drawn = [self._path(sketch, *ends) for ends in sketch.drawn]
        ghosts.undrawn = [
            QPainterPath(world.wires[target].path())
            for target, _ in sketch.undrawn
            if target in world.wires
        ]
        ghosts.settle()
        world.addItem(ghosts)

    def _draw_inside(self, sketch: Sketch, ghosts: GhostItem) -> None:
        """Mark the blocks in which something changes; of those that are alike one says what."""
        canvas, told = self._canvas, set()
        found = [
            (QRectF(canvas.world.nodes[node].rect()), lines)
            for node, lines in sketch.inside.items()
            if node in canvas.world.nodes
        ]
        for rect, lines in sorted(found, key=lambda each: not canvas.sees(each[0])):
            ghosts.changed.append(rect)
            if lines and lines not in told:
                told.add(lines)
                self._tag(lines[:MOST_LINES], rect)

    def _tag(self, lines: tuple[str, ...], rect: QRectF) -> None:
        tag = TagItem(self._canvas.world.scope, lines, rect)
        self.tags.append(tag)
        self._canvas.world.addItem(tag)

    def _path(self, sketch: Sketch, target: InPort, source: OutPort) -> QPainterPath:
        stands = self._canvas.world.drawing.runs_down
        start, leaves = self._end_at(sketch, source, "bottom" if stands else "right")
        end, enters = self._end_at(sketch, target, "top" if stands else "left")
        return route(start, leaves, end, enters)

    def _end_at(
        self, sketch: Sketch, port: InPort | OutPort, side: Side
    ) -> tuple[tuple[float, float], Side]:
        """Return where a port is, or would be, and the side that its wires leave by."""
        build, (x, y) = self._build(sketch, port.node)
        if build is None:
            return (x, y), side
        place = build.place(port)
        if place is None and side in ("top", "bottom"):
            return (x + build.width / 2, y + (build.height if side == "bottom" else 0)), side
        if place is None:
            return (x + (build.width if side == "right" else 0), y + build.height / 2), side
        return (x + place.x, y + place.y), side if place.quiet else place.side

    def _build(self, sketch: Sketch, node: NodeId) -> tuple[Anatomy | None, tuple[float, float]]:
        if node in sketch.added:
            return sketch.added[node]
        item = self._canvas.world.nodes.get(node)
        return (None, (0.0, 0.0)) if item is None else (item.anatomy, (item.x0, item.y0))

    def _unseen(self, sketch: Sketch) -> list[str]:
        """Return a line for nodes that change out of sight; the view stays where it is."""
        canvas, bubble = self._canvas, self._bubble()
        places = {
            build.title: QRectF(*spot, build.width, build.height)
            for build, spot in sketch.added.values()
        }
        for node in (*sketch.changed, *sketch.inside, *sketch.gone):
            if node in canvas.world.nodes:
                places[canvas.title(node)] = canvas.world.nodes[node].rect()
        hidden = [
            name
            for name, place in places.items()
            if not canvas.sees(place) or bubble.contains(_seen(canvas, place).center())
        ]
        return [f"Out of sight: {', '.join(hidden[:3])}"] if hidden else []


def _seen(canvas: Canvas, area: QRectF) -> QRect:
    """Return what an area of the scene covers of the viewport."""
    return canvas.mapFromScene(area).boundingRect()
