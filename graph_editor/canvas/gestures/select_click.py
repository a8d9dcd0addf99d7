"""Select: a click takes a node, note or frame alone, with Shift adds it, with Ctrl toggles it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.carrying import mark_at
from graph_editor.canvas.gestures.gesture import CanvasGesture


class SelectClick(CanvasGesture):
    """Takes the presses with Shift or Ctrl; the plain press begins a move, which selects too."""

    def press(self, event: QMouseEvent) -> bool:
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        toggles = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() is not Qt.MouseButton.LeftButton or not (adds or toggles):
            return False
        spot = event.position().toPoint()
        node, mark = self.canvas.node_at(spot), mark_at(self.canvas, spot)
        if node is None and mark is None:
            return False
        nodes, marks = self.canvas.selected(), self.canvas.world.backdrop.chosen
        more = frozenset() if node is None else frozenset({node})
        beside = frozenset() if mark is None else frozenset({mark})
        if toggles:
            self.canvas.select(nodes ^ more, marks ^ beside)
        else:
            self.canvas.select(nodes | more, marks | beside)
        return True
