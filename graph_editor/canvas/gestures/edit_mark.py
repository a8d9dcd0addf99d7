"""Edit: a double click on a frame's title or on a note lets it be typed anew."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.actions_marks import type_mark
from graph_editor.canvas.carrying import mark_at
from graph_editor.canvas.gestures.gesture import CanvasGesture


class EditMark(CanvasGesture):
    """Opens the field in which a title or a note is typed."""

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        mark = mark_at(self.canvas, event.position().toPoint())
        if mark is None:
            return False
        self.canvas.select((), [mark])
        type_mark(self.canvas, mark)
        return True
