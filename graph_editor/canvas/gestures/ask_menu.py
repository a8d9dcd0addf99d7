"""Menu: a click with the right button asks for what can be done with what lies there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.gestures.gesture import CanvasGesture


class AskMenu(CanvasGesture):
    """Selects what lies under the pointer, unless that is selected already; a drag asks nothing."""

    _start: QPoint | None = None

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.RightButton or event.modifiers():
            return False
        canvas, spot = self.canvas, event.position().toPoint()
        self._start = spot
        port = canvas.port_at(spot)
        node = canvas.node_at(spot) if port is None else port.node
        if node is not None:
            if node not in canvas.selected():
                canvas.select([node])
        else:
            wire = canvas.wire_at(spot)
            canvas.select(())
            canvas.world.choose_wire(wire)
        return True

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.RightButton:
            return False
        start, self._start = self._start, None
        spot = event.position().toPoint()
        near = QApplication.startDragDistance()
        if start is not None and (spot - start).manhattanLength() < near:
            self.canvas.menu_asked.emit(event.globalPosition().toPoint())
        return True

    def cancel(self) -> None:
        self._start = None
