"""Move: a drag of a node, a note or a frame's title takes all that is selected along, as one step.

A node without wires that is dropped on a wire is put into it. Nodes come into a frame in which
they are dropped, and out of theirs where they are taken away from the others.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.carrying import Load, carry, mark_at, show_carried, taken_up
from graph_editor.canvas.editing import snapped
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.guides import Guides
from graph_editor.canvas.inserting import can_put, put_into_wire
from graph_editor.canvas.items.frame_item import FrameItem
from graph_editor.canvas.nearness import wire_near
from graph_editor.canvas.rewiring import NO_WIRE_HERE
from graph_editor.document.edits import Point, positions_of
from graph_editor.document.model import InPort, NodeId

NOWHERE: Point = (0.0, 0.0)


class MoveNodes(CanvasGesture):
    """Shows what is moved at its new place while it is dragged, and edits once at the end."""

    _start: QPoint | None = None
    _node: NodeId | None = None
    """The node in the hand; None where that is a frame or a note."""
    _mark: Mark | None = None
    _load: Load
    _moved = False
    _step = NOWHERE
    _guides: Guides | None = None
    _wire: InPort | None = None
    """The wire that the node would be put into."""

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        spot = event.position().toPoint()
        self._node, self._mark = self.canvas.node_at(spot), mark_at(self.canvas, spot)
        if self._node is not None:
            if self._node not in self.canvas.selected():
                self.canvas.select([self._node])
        elif self._mark is None:
            return False
        elif self._mark not in self.canvas.world.backdrop.chosen:
            self.canvas.select((), [self._mark])
        self._start, self._moved, self._step = spot, False, NOWHERE
        return True

    def move(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        if self._start is None:
            return
        if not self._moved:
            far = (spot - self._start).manhattanLength() >= QApplication.startDragDistance()
            if not far or not self._begin():
                return
        zoom = self.canvas.zoom()
        dx = (spot.x() - self._start.x()) / zoom
        dy = (spot.y() - self._start.y()) / zoom
        step = self._aimed(dx, dy, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        if step != self._step:
            self._step = step
            show_carried(self.canvas, self._load, step)
            self._look_for_wire(spot)

    def _aimed(self, dx: float, dy: float, is_free: bool) -> Point:
        """Return the step to go: to what lines up or to the grid, or freely by whole pixels."""
        guides = self._guides
        if guides is not None and self.canvas.snaps and not is_free and not self.canvas.is_far:
            return guides.aimed(dx, dy)
        if guides is not None:
            guides.free()
        x, y = self._anchor()
        snaps = self.canvas.snaps and not is_free
        to = snapped(x + dx, y + dy) if snaps else _whole(x + dx, y + dy)
        return (to[0] - x, to[1] - y)

    def _begin(self) -> bool:
        self._load = taken_up(self.canvas)
        self._moved = bool(self._load) and (self._node is None or self._node in self._load.nodes)
        if self._moved:
            self._guides = Guides(self.canvas, self._load, self._held(), self._node)
        return self._moved

    def _held(self) -> QRectF:
        """Return what is in the hand, where it lies before it is moved."""
        scene = self.canvas.world
        if self._node is not None:
            return scene.nodes[self._node].rect()
        item = scene.backdrop.item(self._mark) if self._mark is not None else None
        if isinstance(item, FrameItem):
            return scene.extent(self._load.nodes)  # these are on the grid, not the frame's edge
        return item.rect() if item is not None else QRectF()

    def _anchor(self) -> Point:
        """Return where that was which stays on the grid: what is in the hand."""
        load = self._load
        if self._node is not None:
            return load.nodes[self._node]
        if self._mark is not None and self._mark.kind == "note":
            return load.notes[self._mark.place]
        return next(iter((*load.nodes.values(), *load.notes.values())))

    def _look_for_wire(self, pointer: QPoint) -> None:
        """Light the wire under the pointer, else under the card, into which the node fits."""
        canvas, node = self.canvas, self._node
        wire = None
        if node is not None and len(self._load.nodes) == 1:
            card = canvas.world.nodes[node].rect()
            across = min(card.width(), card.height()) / 2
            found = (canvas.wire_at(pointer), wire_near(canvas.world, card.center(), across))
            wire = next((w for w in found if w is not None and can_put(canvas, w, node)), None)
        if wire != self._wire:
            self._wire = wire
            canvas.light_wire(wire)

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        start, self._start = self._start, None
        self._end_guides()
        if start is None:
            return True
        if not self._moved:
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.canvas.said.emit(NO_WIRE_HERE)
            self.canvas.select(
                [self._node] if self._node is not None else (),
                [self._mark] if self._mark is not None else (),
            )
        elif self._step != NOWHERE:
            wire, step = self._wire, self._step
            self._forget_wire()
            self.canvas.show_places(self._load.nodes)
            self.canvas.world.backdrop.restore()
            if wire is not None and self._node is not None:
                x, y = self._load.nodes[self._node]
                put_into_wire(self.canvas, wire, self._node, (x + step[0], y + step[1]))
            else:
                carry(self.canvas, self._load, step)
        return True

    def _end_guides(self) -> None:
        if self._guides is not None:
            self._guides.end()
            self._guides = None

    def _forget_wire(self) -> None:
        if self._wire is not None:
            self._wire = None
            self.canvas.light_wire(None)

    def cancel(self) -> None:
        self._forget_wire()
        self._end_guides()
        if self._moved and self._start is not None:
            written = positions_of(self.canvas.document.project, self.canvas.key)
            before = self._load.nodes
            self.canvas.show_places({n: written.get(n, p) for n, p in before.items()})
            self.canvas.world.backdrop.restore()
        self._start = None


def _whole(x: float, y: float) -> Point:
    """Return the nearest whole pixels, for those who want no grid."""
    return (float(round(x)), float(round(y)))
