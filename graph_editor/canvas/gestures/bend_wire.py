"""Bend: a double click on a wire makes a dot that it is led past; a drag moves the dot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.editing import name_of, snapped
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.nearness import dot_near, place_in, point_on
from graph_editor.canvas.rewiring import bend
from graph_editor.document.edits import Point
from graph_editor.document.model import InPort

DOT_RADIUS = 9.0
"""How near the pointer must be to a dot, in pixels on the screen."""


class BendWire(CanvasGesture):
    """A double click on a dot takes it away again. Each is one step of the history."""

    _wire: InPort | None = None
    _index = 0
    _points: tuple[Point, ...] = ()
    _moved = False

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        canvas, spot = self.canvas, event.position()
        if canvas.node_at(spot) is not None or canvas.port_at(spot) is not None:
            return False
        at = canvas.mapToScene(spot.toPoint())
        dot = dot_near(canvas.world, at, DOT_RADIUS / canvas.zoom())
        wire = canvas.wire_at(spot) if dot is None else dot[0]
        if wire is None:
            return False
        points = canvas.world.wires[wire].bends
        name = name_of(canvas, wire.node)
        if dot is not None:
            kept = tuple(p for i, p in enumerate(points) if i != dot[1])
            bend(canvas, wire, kept, f"Unbend the wire to {name}")
        else:
            item = canvas.world.wires[wire]
            place, (x, y) = place_in(item, at), point_on(item, at)
            made = (*points[:place], (float(round(x)), float(round(y))), *points[place:])
            bend(canvas, wire, made, f"Bend the wire to {name}")
        canvas.world.choose_wire(wire)
        return True

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton or event.modifiers():
            return False
        canvas, spot = self.canvas, event.position()
        if canvas.node_at(spot) is not None or canvas.port_at(spot) is not None:
            return False
        at = canvas.mapToScene(spot.toPoint())
        dot = dot_near(canvas.world, at, DOT_RADIUS / canvas.zoom())
        if dot is None:
            return False
        self._wire, self._index = dot
        self._points, self._moved = canvas.world.wires[self._wire].bends, False
        canvas.select(())
        canvas.world.choose_wire(self._wire)
        return True

    def move(self, event: QMouseEvent) -> None:
        if self._wire is None:
            return
        at = self._on_grid(self.canvas.mapToScene(event.position().toPoint()))
        if not self._moved and at == self._points[self._index]:
            return
        self._moved = True
        now = (*self._points[: self._index], at, *self._points[self._index + 1 :])
        self.canvas.world.show_bends(self._wire, now)

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        wire, moved = self._wire, self._moved
        now = self.canvas.world.wires[wire].bends if wire in self.canvas.world.wires else ()
        self.cancel()
        if wire is not None and moved:
            bend(self.canvas, wire, now, f"Bend the wire to {name_of(self.canvas, wire.node)}")
        return True

    def cancel(self) -> None:
        if self._wire in self.canvas.world.wires and self._moved:
            self.canvas.world.show_bends(self._wire, self._points)
        self._wire, self._moved = None, False

    def _on_grid(self, at: QPointF) -> Point:
        if self.canvas.snaps:
            return snapped(at.x(), at.y())
        return (float(round(at.x())), float(round(at.y())))
