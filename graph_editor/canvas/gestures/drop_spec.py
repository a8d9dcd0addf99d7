"""Drop: what is dragged from the palette panel becomes a node where it is dropped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.wiring import add_at

MIME = "application/x-netwright-spec"
"""What the palette panel drags: the name of a spec, as UTF-8 text."""


class DropSpec(CanvasGesture):
    """Adds a node with its middle at the pointer."""

    def drag(self, event: QDragMoveEvent) -> bool:
        if not event.mimeData().hasFormat(MIME):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def drop(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasFormat(MIME):
            return False
        name = bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        add_at(self.canvas, name, spot=event.position().toPoint())
        return True
