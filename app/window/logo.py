"""The sign of the application: three joined nodes on a square of the accent colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap

from graph_editor.canvas.theme import Theme

SIZES = (16, 32, 64, 128)
LEFT, UPPER, LOWER = QPointF(0.28, 0.5), QPointF(0.7, 0.3), QPointF(0.7, 0.7)
DOT = 0.095
STROKE = 0.075


def logo_pixmap(look: Theme, size: int, scale: float = 1.0) -> QPixmap:
    """Return the sign as a picture of ``size`` logical pixels."""
    side = round(size * scale)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look["accent"])
    painter.drawRoundedRect(QRectF(0, 0, side, side), side * 0.22, side * 0.22)
    painter.setPen(QPen(look["on_accent"], side * STROKE))
    for end in (UPPER, LOWER):
        painter.drawLine(LEFT * side, end * side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look["on_accent"])
    for place in (LEFT, UPPER, LOWER):
        painter.drawEllipse(place * side, side * DOT, side * DOT)
    painter.end()
    made.setDevicePixelRatio(scale)
    return made


def logo_icon(look: Theme) -> QIcon:
    """Return the sign as the icon of a window."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(logo_pixmap(look, size))
    return icon
