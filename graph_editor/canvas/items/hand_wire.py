"""The wire in the hand: from a port to the pointer, while it is being drawn."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from graph_editor.canvas.anatomy import Side
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.routing import Spot, route

Z_HAND = 90.0
OPPOSITE: dict[Side, Side] = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


class HandWire(QGraphicsPathItem):
    """A wire with one loose end."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self.setZValue(Z_HAND)
        self.setVisible(False)

    def lead(
        self, starts: Iterable[tuple[QPointF, Side]], end: QPointF, is_out: bool, refused: bool
    ) -> None:
        """Show wires from ports to a place; red where the port there refuses them."""
        there: Spot = (end.x(), end.y())
        whole = QPainterPath()
        for start, leaves in starts:
            here: Spot = (start.x(), start.y())
            enters = OPPOSITE[leaves]
            if is_out:
                whole.addPath(route(here, leaves, there, enters))
            else:
                whole.addPath(route(there, enters, here, leaves))
        self.setPath(whole)
        look = self._scope.paints.look
        pen = QPen(look["error_line" if refused else "ring"], 2.0)
        pen.setStyle(Qt.PenStyle.DashLine if refused else Qt.PenStyle.SolidLine)
        self.setPen(pen)
        self.setVisible(True)

    def area(self) -> QRectF:
        """Return what the wire covers."""
        return self.boundingRect()
