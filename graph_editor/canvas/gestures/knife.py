"""Knife: Ctrl and a drag with the right button cut the wires that the line crosses."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.nearness import wires_across
from graph_editor.canvas.rewiring import remove_wires
from graph_editor.document.model import InPort

Z_KNIFE = 1000.0
STEP = 4.0
"""Pixels on the screen that the pointer moves before the line has another corner."""


class Knife(CanvasGesture):
    """Shows what it would cut while it is drawn; what is cut is one step of the history."""

    _path: QPainterPath | None = None
    _last = QPointF()
    _line: QGraphicsPathItem | None = None
    _crossed: dict[InPort, None]

    def press(self, event: QMouseEvent) -> bool:
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() is not Qt.MouseButton.RightButton or not held:
            return False
        self._last = self.canvas.mapToScene(event.position().toPoint())
        self._path = QPainterPath(self._last)
        self._crossed = {}
        return True

    def move(self, event: QMouseEvent) -> None:
        if self._path is None:
            return
        at = self.canvas.mapToScene(event.position().toPoint())
        stroke = QLineF(self._last, at)
        if stroke.length() * self.canvas.zoom() < STEP:
            return
        self._path.lineTo(at)
        self._last = at
        for target in wires_across(self.canvas.world, stroke):
            self._crossed[target] = None
        self.canvas.world.show_cuts(frozenset(self._crossed))
        self._drawn().setPath(self._path)

    def _drawn(self) -> QGraphicsPathItem:
        if self._line is None:
            pen = QPen(self.canvas.look["error_line"], 2)
            pen.setCosmetic(True)
            pen.setStyle(Qt.PenStyle.DashLine)
            self._line = QGraphicsPathItem()
            self._line.setPen(pen)
            self._line.setZValue(Z_KNIFE)
            self.canvas.world.addItem(self._line)
        return self._line

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.RightButton:
            return False
        crossed = [t for t in self._crossed if t in self.canvas.world.wires]
        self.cancel()
        if crossed:
            remove_wires(self.canvas, crossed, "Cut")
        else:
            self.canvas.said.emit("The stroke crossed no wire.")
        return True

    def cancel(self) -> None:
        if self._path is not None:
            self.canvas.world.show_cuts(frozenset())
        if self._line is not None:
            self.canvas.world.removeItem(self._line)
            self._line = None
        self._path = None
