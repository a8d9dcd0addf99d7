"""Enter: a double click shows what is inside of a block or custom code; edits others' numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.opening import open_node


class EnterBlock(CanvasGesture):
    """Goes down into a block as it is used here, with the shapes of this use."""

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        spot = event.position().toPoint()
        node_id = self.canvas.node_at(spot)
        if node_id is None or self.canvas.port_at(spot) is not None:
            return False
        open_node(self.canvas, node_id)
        return True
