"""Add: a double click on empty canvas opens the add-palette at the pointer.

Its keys are rows of ``edit_keys``; while a wire is selected, they open it for what goes into that.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.add_palette_open import open_palette, open_palette_for_wire
from graph_editor.canvas.canvas import Canvas
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


def open_by_key(canvas: Canvas) -> None:
    """Open the search at the pointer, or for what goes into the selected wire."""
    wire = canvas.world.chosen_wire
    if wire is not None:
        open_palette_for_wire(canvas, wire)
    else:
        open_palette(canvas)
