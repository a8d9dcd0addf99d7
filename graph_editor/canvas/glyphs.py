"""The glyphs: SVG files on a grid of 16 pixels, drawn in the colour of the text beside them.

A glyph is a file of its own in assets/icons: paths of absolute ``M``, ``L``, ``C`` and ``Z``,
ellipses and rectangles with round corners, in ``currentColor``. It is stroked with 1.5 pixels and
round ends, or filled. Each file is read when it is first painted, without Qt's SVG and without a
parser of XML: what these files hold is found by two patterns, and a test holds them to that.
"""

from __future__ import annotations

import re
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

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "icons"
GRID = 16
STROKE = 1.5
FAINT = 0.4
"""Opacity of a disabled icon."""
SHAPE = re.compile(r"<(path|ellipse|rect) ([^>]*)/>")
VALUE = re.compile(r'(\w+)="([^"]*)"')
DRAWN = re.compile(r"([MLCZ])([^MLCZ]*)")
FILLED = 'fill="currentColor"'


@cache
def _text(name: str) -> str:
    """Return the file of a glyph. Raises KeyError."""
    try:
        return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        raise KeyError(name) from None


@cache
def names() -> tuple[str, ...]:
    """Return the names of all glyphs."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


def is_filled(name: str) -> bool:
    """Whether a glyph is a filled shape."""
    return FILLED in _text(name)


@cache
def glyph_path(name: str) -> QPainterPath:
    """Return a glyph's path within 16 by 16 pixels. Raises KeyError."""
    path = QPainterPath()
    for shape, values in SHAPE.findall(_text(name)):
        known = dict(VALUE.findall(values))
        if shape == "path":
            _draw(path, known["d"])
        elif shape == "ellipse":
            x, y, across, down = (float(known[key]) for key in ("cx", "cy", "rx", "ry"))
            path.addEllipse(QPointF(x, y), across, down)
        else:
            x, y, wide, high, round_ = map(
                float, (known[key] for key in ("x", "y", "width", "height", "rx"))
            )
            path.addRoundedRect(QRectF(x, y, wide, high), round_, round_)
    return path


def _draw(path: QPainterPath, data: str) -> None:
    for sign, numbers in DRAWN.findall(data):
        at = [float(number) for number in numbers.split()]
        match sign:
            case "M":
                path.moveTo(at[0], at[1])
            case "L":
                path.lineTo(at[0], at[1])
            case "C":
                path.cubicTo(at[0], at[1], at[2], at[3], at[4], at[5])
            case "Z":
                path.closeSubpath()


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
