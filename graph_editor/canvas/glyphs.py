"""The glyphs: paths on a grid of 16 pixels, drawn with a round stroke in the colour of their text.

A glyph is text in assets/icons: ``M x y`` moves, ``L x y`` draws a line, ``C`` a cubic curve, ``Z``
closes, ``E x y rx ry`` is an ellipse, ``R x y w h r`` a rectangle with round corners; an ``F`` in
front says that it is filled, not stroked.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)

FILE = Path(__file__).resolve().parents[2] / "assets" / "icons" / "glyphs.json"
GRID = 16
STROKE = 1.5
FAINT = 0.4
"""Opacity of a disabled icon."""
NUMBERS = {"M": 2, "L": 2, "C": 6, "Z": 0, "E": 4, "R": 5, "F": 0}


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return texts


@cache
def names() -> tuple[str, ...]:
    """Return the names of all glyphs."""
    return tuple(sorted(_texts()))


def is_filled(name: str) -> bool:
    """Whether a glyph is a filled shape."""
    return _texts()[name].startswith("F")


@cache
def glyph_path(name: str) -> QPainterPath:
    """Return a glyph's path within 16 by 16 pixels. Raises KeyError."""
    path = QPainterPath()
    words = _texts()[name].split()
    while words:
        sign = words.pop(0)
        count = NUMBERS[sign]
        numbers = [float(word) for word in words[:count]]
        del words[:count]
        _draw(path, sign, numbers)
    return path


def _draw(path: QPainterPath, sign: str, at: list[float]) -> None:
    match sign:
        case "M":
            path.moveTo(at[0], at[1])
        case "L":
            path.lineTo(at[0], at[1])
        case "C":
            path.cubicTo(at[0], at[1], at[2], at[3], at[4], at[5])
        case "Z":
            path.closeSubpath()
        case "E":
            path.addEllipse(QPointF(at[0], at[1]), at[2], at[3])
        case "R":
            path.addRoundedRect(QRectF(at[0], at[1], at[2], at[3]), at[4], at[4])


def paint_glyph(painter: QPainter, name: str, colour: QColor, place: QRectF) -> None:
    """Paint a glyph into a square."""
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(place.width() / GRID, place.height() / GRID)
    if is_filled(name):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
    else:
        pen = QPen(colour, STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(glyph_path(name))
    painter.restore()


class _Engine(QIconEngine):
    """Paints a glyph at any size and scale, fainter where disabled."""

    def __init__(self, name: str, colour: QColor) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, _: QIcon.State) -> None:
        place = QRectF(rect)  # type: ignore[call-overload]  # a QRect
        side = min(place.width(), place.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(FAINT if mode is QIcon.Mode.Disabled else 1.0)
        paint_glyph(painter, self._name, self._colour, square)
        painter.setOpacity(1.0)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, made.rect(), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)


def glyph_icon(name: str, colour: QColor) -> QIcon:
    """Return a glyph as an icon that is sharp at every size. Raises KeyError."""
    glyph_path(name)
    return _icon(name, colour.rgba())


@cache
def _icon(name: str, rgba: int) -> QIcon:
    """Return the one icon of a glyph in a colour.

    It is kept: where Python's garbage collection meets an icon in a circle of objects, it deletes
    the icon's engine before the icon, and the process dies.
    """
    return QIcon(_Engine(name, QColor.fromRgba(rgba)))


def glyph_pixmap(name: str, colour: QColor, size: int = GRID, scale: float = 1.0) -> QPixmap:
    """Return a glyph as a picture of ``size`` logical pixels."""
    made = QPixmap(round(size * scale), round(size * scale))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_glyph(painter, name, colour, QRectF(0, 0, size, size))
    painter.end()
    return made
