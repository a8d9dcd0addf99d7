"""Zoom: the wheel, or two fingers on a touchpad, bring what is under the pointer nearer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture

PER_NOTCH = 1.2
NOTCH = 120
"""Eighths of a degree that a wheel turns from one notch to the next."""
PER_PIXEL = 1.0025


class ZoomWheel(CanvasGesture):
    """Zooms at the pointer, in proportion to the turn; with Shift it pans sideways."""

    def wheel(self, event: QWheelEvent) -> bool:
        turn, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.canvas.pan_by(turn.y() or turn.x(), 0)
            return True
        notches = PER_NOTCH ** (turn.y() / NOTCH)
        factor = notches if pixels.isNull() else PER_PIXEL ** pixels.y()
        if factor != 1:
            self.canvas.zoom_at(factor, event.position())
        return True
