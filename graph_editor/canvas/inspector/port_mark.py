"""The mark of a port beside its tensor's shape: colour by rank, form by dtype."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.theme import Theme

SIDE = 10.0
WHOLE = ("int", "uint")


def form_of(dtype: str) -> str:
    """Return the form that stands for a dtype: circle, square, diamond, hexagon or ring."""
    if not dtype:
        return "ring"
    if dtype == "bool":
        return "diamond"
    if dtype.startswith("complex"):
        return "hexagon"
    return "square" if dtype.startswith(WHOLE) else "circle"


class PortMark(QWidget):
    """One mark, 16 by 16 pixels."""

    def __init__(
        self, look: Theme, rank: int | None, dtype: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._rank, self._dtype = look, rank, dtype
        self.setFixedSize(QSize(16, 16))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # all of it is small
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._look.rank(self._rank)
        form = form_of(self._dtype)
        place = QRectF(8 - SIDE / 2, 8 - SIDE / 2, SIDE, SIDE)
        if form == "ring":
            painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DotLine))
            painter.drawEllipse(place.adjusted(1, 1, -1, -1))
            painter.end()
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if form == "circle":
            painter.drawEllipse(place)
        elif form == "square":
            painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        else:
            painter.drawPolygon(_polygon(4 if form == "diamond" else 6))
        painter.end()


def _polygon(corners: int) -> QPolygonF:
    turn = 2 * math.pi / corners
    radius = SIDE / 2 + 0.5
    points = [
        QPointF(8 + radius * math.sin(i * turn), 8 - radius * math.cos(i * turn))
        for i in range(corners)
    ]
    return QPolygonF(points)
