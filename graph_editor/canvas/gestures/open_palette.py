"""Add: a double click on empty canvas, Tab or Shift+A open the add-palette at the pointer.

While a wire is selected, the keys open it for what goes into that wire.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from graph_editor.canvas.add_palette_open import open_palette, open_palette_for_wire
from graph_editor.canvas.gestures.gesture import CanvasGesture


class OpenPalette(CanvasGesture):
    """Opens the search for what can be added."""

    def double_click(self, event: QMouseEvent) -> bool:
        spot = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if self.canvas.node_at(spot) is not None or self.canvas.port_at(spot) is not None:
            return False
        open_palette(self.canvas, spot)
        return True

    def key(self, event: QKeyEvent) -> bool:
        tab = event.key() == Qt.Key.Key_Tab and not event.modifiers()
        shift_a = (
            event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if not tab and not shift_a:
            return False
        wire = self.canvas.world.chosen_wire
        if wire is not None:
            open_palette_for_wire(self.canvas, wire)
        else:
            open_palette(self.canvas)
        return True
