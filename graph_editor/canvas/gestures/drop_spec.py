"""Drop: what is dragged from the palette panel becomes a node where it is dropped.

On a wire it is put into it; on a node it takes that node's place.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.inserting import (
    add_into_wire,
    lost_by,
    meant,
    replace_by,
    why_not_into,
    why_not_replace,
)
from graph_editor.canvas.refusal_bubble import RefusalBubble
from graph_editor.canvas.wiring import add_at
from graph_editor.document.model import InPort, NodeId

MIME = "application/x-netwright-spec"
"""What the palette panel drags: the name of a spec, as UTF-8 text."""
BESIDE = QPoint(16, 20)
"""From the pointer to the bubble that says what a drop would do."""


class DropSpec(CanvasGesture):
    """Adds a node with its middle at the pointer; shows what a drop would do there."""

    _bubble: RefusalBubble | None = None

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        canvas.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._bubble = None

    def drag(self, event: QDragMoveEvent) -> bool:
        if not event.mimeData().hasFormat(MIME):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._show(_named(event.mimeData()), event.position().toPoint())
        return True

    def _show(self, name: str, spot: QPoint) -> None:
        """Light the wire or node that a drop would change, and say what it would do."""
        node, wire = self._under(spot)
        canvas, words, reason = self.canvas, "", ""
        if node is not None:
            lost = lost_by(canvas, node, name)
            kept = "keeps its wires" if not lost else f"{lost} of its ports go"
            words = f"Replaces {canvas.title(node)} and {kept}"
            reason = why_not_replace(canvas, node, name)
        elif wire is not None:
            words = "Goes into this wire"
            reason = why_not_into(canvas, wire, name)
        canvas.hover(node)
        lit = wire if wire is None or reason else meant(canvas, wire, name)
        canvas.light_wire(lit if not reason else None)
        if self._bubble is None:
            self._bubble = RefusalBubble(canvas.look, canvas.viewport())
        self._bubble.look = canvas.look
        if words:
            self._bubble.tell(reason or words, spot + BESIDE, refuses=bool(reason))
        else:
            self._bubble.hide()

    def _under(self, spot: QPoint) -> tuple[NodeId | None, InPort | None]:
        node = self.canvas.node_at(spot)
        return node, self.canvas.wire_at(spot) if node is None else None

    def drag_leave(self) -> None:
        self.canvas.hover(None)
        self.canvas.light_wire(None)
        if self._bubble is not None:
            self._bubble.hide()

    def drop(self, event: QDropEvent) -> bool:
        if not event.mimeData().hasFormat(MIME):
            return False
        name = _named(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.drag_leave()
        canvas, spot = self.canvas, event.position().toPoint()
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        node, wire = self._under(spot)
        if node is not None and not why_not_replace(canvas, node, name):
            replace_by(canvas, node, name)
        elif wire is not None and not why_not_into(canvas, wire, name):
            add_into_wire(canvas, wire, name, middle=canvas.mapToScene(spot))
        else:
            add_at(canvas, name, spot=spot)
        return True


def _named(data: QMimeData) -> str:
    return bytes(data.data(MIME).data()).decode("utf-8", "replace")
