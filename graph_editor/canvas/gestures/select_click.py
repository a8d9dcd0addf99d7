"""Select: a click on a node takes it alone, with Shift adds it, with Ctrl adds or removes it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture


class SelectClick(CanvasGesture):
    """Takes the presses with Shift or Ctrl; the plain press begins a move, which selects too."""

    def press(self, event: QMouseEvent) -> bool:
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        toggles = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() is not Qt.MouseButton.LeftButton or not (adds or toggles):
            return False
        node = self.canvas.node_at(event.position().toPoint())
        if node is None:
            return False
        chosen = self.canvas.selected()
        self.canvas.select(chosen ^ {node} if toggles else chosen | {node})
        return True
