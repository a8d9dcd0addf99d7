"""Enter: a double click shows what is inside of a block or custom code, or renames a node."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.actions_blocks import enter
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.rename import RenameLine


class EnterBlock(CanvasGesture):
    """Goes down into a block as it is used here, with the shapes of this use."""

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        spot = event.position().toPoint()
        node_id = self.canvas.node_at(spot)
        if node_id is None or self.canvas.port_at(spot) is not None:
            return False
        node = graph_of(self.canvas).nodes[node_id]
        key = node.spec.partition(".")[2]
        if node.kind == "block" and key in self.canvas.document.project.blocks:
            enter(self.canvas, node_id)
        elif node.kind == "code" and key in self.canvas.document.project.code:
            self.canvas.code_entered.emit(str(node_id))
        else:
            RenameLine(self.canvas, node_id).open_line()
        return True
