"""Zoom: the wheel, or two fingers on a touchpad, bring what is under the pointer nearer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture

PER_NOTCH = 1.2
NOTCH = 120
"""Eighths of a degree that a wheel turns from one notch to the next."""
PER_PIXEL = 1.0025
FARTHEST = 2000
"""Notches or pixels beyond which an event turns no further: enough to cross all zooms."""


class ZoomWheel(CanvasGesture):
    """Zooms at the pointer, in proportion to the turn; with Shift it pans sideways.

    Where the user wants the wheel to pan, Ctrl zooms.
    """

    def wheel(self, event: QWheelEvent) -> bool:
        turn, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.canvas.pan_by(turn.y() or turn.x(), 0)
            return True
        if self.canvas.wheel_pans and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step = turn if pixels.isNull() else pixels
            self.canvas.pan_by(step.x(), step.y())
            return True
        factor = zoom_factor(event, self.canvas.wheel_reversed)
        if factor != 1:
            self.canvas.zoom_at(factor, event.position())
        return True


def zoom_factor(event: QWheelEvent, is_reversed: bool) -> float:
    """Return by how much a turn zooms, in proportion to it."""
    turn, pixels = event.angleDelta().y() / NOTCH, event.pixelDelta()
    base, far = (PER_NOTCH, turn) if pixels.isNull() else (PER_PIXEL, pixels.y())
    return base ** ((-1 if is_reversed else 1) * min(max(far, -FARTHEST), FARTHEST))
