"""The dots of wires, the points that they are led past; larger where a wire is pointed at."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.items.wire_item import WireItem

Z_DOTS = 16.0
DOT, LINE = 4.5, 1.5
"""Radius, and width of the line around, in pixels on the screen."""
QUIET = 7.0
"""Diameter of the dots of other wires, in pixels at 100 %."""


class DotsItem(QGraphicsItem):
    """Paints the dots of a few wires; they keep their size on the screen."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self._spots: tuple[tuple[float, float], ...] = ()
        self._rect = QRectF()
        self.setZValue(Z_DOTS)

    def show_dots(self, spots: Iterable[tuple[float, float]]) -> None:
        """Show dots at these places of the scene, and no others."""
        now = tuple(spots)
        if now == self._spots:
            return
        self.prepareGeometryChange()
        self._spots = now
        xs, ys = [x for x, _ in now], [y for _, y in now]
        self._rect = QRectF()
        if now:
            room = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
            self._rect = room.adjusted(-24, -24, 24, 24)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        zoom, look = max(self._scope.zoom, 0.35), self._scope.paints.look
        painter.setPen(QPen(look["canvas"], LINE / zoom))
        painter.setBrush(look["ring"])
        for spot in self._spots:
            painter.drawEllipse(QPointF(*spot), DOT / zoom, DOT / zoom)


def paint_dots(painter: QPainter, wires: Iterable[WireItem]) -> None:
    """Paint the points that wires are led past, each in the colour of its wire."""
    for wire in wires:
        if wire.bends:
            pen = wire.pen()
            pen.setWidthF(QUIET)
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            at = QPointF() if wire.parentItem() is None else wire.parentItem().pos()
            painter.setOpacity(wire.opacity())
            painter.drawPoints([QPointF(*spot) + at for spot in wire.bends])
    painter.setOpacity(1.0)
