"""Pan: the middle button drags the canvas, and so does the left one while Space is held."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture


class Pan(CanvasGesture):
    """Moves what is seen with the hand."""

    _space = False
    _last: QPoint | None = None

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space or event.modifiers():
            return False
        if not self._space:
            self._space = True
            self._show_hand()
        return True

    def key_release(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = False
            self._show_hand()
        return True

    def press(self, event: QMouseEvent) -> bool:
        middle = event.button() is Qt.MouseButton.MiddleButton
        if not middle and not (self._space and event.button() is Qt.MouseButton.LeftButton):
            return False
        self._last = event.position().toPoint()
        self._show_hand()
        return True

    def move(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        if self._last is not None:
            self.canvas.pan_by(spot.x() - self._last.x(), spot.y() - self._last.y())
        self._last = spot

    def release(self, event: QMouseEvent) -> bool:  # noqa: ARG002  # any button ends it
        self.cancel()
        return True

    def cancel(self) -> None:
        self._last = None
        self._show_hand()

    def lose_keyboard(self) -> None:
        self._space = False
        self._show_hand()

    def _show_hand(self) -> None:
        view = self.canvas.viewport()
        if self._last is not None:
            view.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            view.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            view.unsetCursor()
