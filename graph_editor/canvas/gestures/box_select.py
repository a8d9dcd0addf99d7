"""Box select: a drag from empty canvas selects what it touches; Shift adds, Ctrl toggles."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.rewiring import NO_WIRE_HERE
from graph_editor.document.model import NodeId

Chosen = TypeVar("Chosen")
Z_BOX = 1000.0
FILL = 0.12


class BoxSelect(CanvasGesture):
    """Selects while it is drawn; a click selects the wire there, on empty canvas nothing."""

    _start: QPointF | None = None
    _before: frozenset[NodeId]
    _marks: frozenset[Mark]
    _modifiers = Qt.KeyboardModifier.NoModifier
    _box: QGraphicsRectItem | None = None

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        self._start = self.canvas.mapToScene(event.position().toPoint())
        self._before, self._modifiers = self.canvas.selected(), event.modifiers()
        self._marks = self.canvas.world.backdrop.chosen
        if not self._keeps():
            self.canvas.select(())
        return True

    def _keeps(self) -> bool:
        kept = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self._modifiers & kept)

    def move(self, event: QMouseEvent) -> None:
        if self._start is None:
            return
        end = self.canvas.mapToScene(event.position().toPoint())
        if self._box is None:
            self._box = self._drawn()
        area = QRectF(self._start, end).normalized()
        self._box.setRect(area)
        touched = frozenset(
            item.id
            for item in self.canvas.world.items(area)
            if isinstance(item, NodeItem) and item.rect().intersects(area)
        )
        notes = self.canvas.world.backdrop.notes_in(area)
        self.canvas.select(self._with(self._before, touched), self._with(self._marks, notes))

    def _with(self, before: frozenset[Chosen], touched: frozenset[Chosen]) -> frozenset[Chosen]:
        if self._modifiers & Qt.KeyboardModifier.ControlModifier:
            return before ^ touched
        if self._modifiers & Qt.KeyboardModifier.ShiftModifier:
            return before | touched
        return touched

    def _drawn(self) -> QGraphicsRectItem:
        ring = self.canvas.look["ring"]
        inside = QColor(ring)
        inside.setAlphaF(FILL)
        pen = QPen(ring, 1)
        pen.setCosmetic(True)
        box = QGraphicsRectItem()
        box.setPen(pen)
        box.setBrush(inside)
        box.setZValue(Z_BOX)
        self.canvas.world.addItem(box)
        return box

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if self._box is None and self._start is not None and not self._keeps():
            self.canvas.world.choose_wire(self.canvas.wire_at(event.position()))
            if self._modifiers & Qt.KeyboardModifier.AltModifier:
                self.canvas.said.emit(NO_WIRE_HERE)
        self._end()
        return True

    def cancel(self) -> None:
        if self._start is not None:
            self.canvas.select(self._before, self._marks)
        self._end()

    def _end(self) -> None:
        self._start = None
        if self._box is not None:
            self.canvas.world.removeItem(self._box)
            self._box = None
