"""Move: a drag of a node takes all selected nodes along, on the grid, as one step.

A node without wires that is dropped on a wire is put into it.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.editing import move, snapped
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.inserting import can_put, put_into_wire
from graph_editor.document.edits import Point, positions_of
from graph_editor.document.model import InPort, NodeId


class MoveNodes(CanvasGesture):
    """Shows the nodes at their new places while they are dragged, and edits once at the end."""

    _start: QPoint | None = None
    _node: NodeId
    _before: dict[NodeId, Point]
    _moved = False
    _now: dict[NodeId, Point]
    _wire: InPort | None = None
    """The wire that the node would be put into."""

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        node = self.canvas.node_at(event.position().toPoint())
        if node is None:
            return False
        if node not in self.canvas.selected():
            self.canvas.select([node])
        self._node, self._start, self._moved = node, event.position().toPoint(), False
        self._before, self._now = {}, {}
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
        x, y = self._before[self._node]
        to = snapped(x + dx, y + dy) if self.canvas.snaps else _whole(x + dx, y + dy)
        step = (to[0] - x, to[1] - y)
        now = {n: (a + step[0], b + step[1]) for n, (a, b) in self._before.items()}
        if now != self._now:
            self._now = now
            self.canvas.show_places(now)
            self._look_for_wire()

    def _look_for_wire(self) -> None:
        """Light the wire under the middle of a node that fits into it."""
        canvas = self.canvas
        wire = None
        if len(self._before) == 1:
            rect = canvas.world.nodes[self._node].rect()
            wire = canvas.wire_at(canvas.mapFromScene(rect.center()))
            wire = wire if wire is not None and can_put(canvas, wire, self._node) else None
        if wire != self._wire:
            self._wire = wire
            canvas.light_wire(wire)

    def _begin(self) -> bool:
        spots = self.canvas.places()
        self._before = {n: spots[n] for n in self.canvas.selected() if n in spots}
        self._moved = self._node in self._before
        return self._moved

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        start, self._start = self._start, None
        if start is None:
            return True
        if not self._moved:
            self.canvas.select([self._node])
        elif self._now and self._now != self._before:
            now, wire = dict(self._now), self._wire
            self._forget_wire()
            self.canvas.show_places(self._before)
            if wire is not None:
                put_into_wire(self.canvas, wire, self._node, now[self._node])
            else:
                move(self.canvas, now)
        return True

    def _forget_wire(self) -> None:
        if self._wire is not None:
            self._wire = None
            self.canvas.light_wire(None)

    def cancel(self) -> None:
        self._forget_wire()
        if self._moved and self._start is not None:
            written = positions_of(self.canvas.document.project, self.canvas.key)
            self.canvas.show_places({n: written.get(n, p) for n, p in self._before.items()})
        self._start = None


def _whole(x: float, y: float) -> Point:
    """Return the nearest whole pixels, for those who want no grid."""
    return (float(round(x)), float(round(y)))
