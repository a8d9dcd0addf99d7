"""The dots of a wire that is pointed at or selected: the points that it is led past."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.items.state import Scope

Z_DOTS = 16.0
DOT, LINE = 4.5, 1.5
"""Radius, and width of the line around, in pixels on the screen."""


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
