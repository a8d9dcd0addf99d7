"""A plate with lines of words: how bubbles, notes, tags and the line of a preview are painted."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextLayout, QTextOption

from graph_editor.canvas.theme import text_font

LINE = 18.0
"""Height of one line."""
Words = tuple[str, str, QColor]
"""A line, its type style and its colour."""


def wrapped(text: str, style: str, room: float) -> list[str]:
    """Return a text in lines that fit into a room; a word that is too long is parted."""
    found: list[str] = []
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    for part in text.split("\n"):
        layout = QTextLayout(part, text_font(style))
        layout.setTextOption(option)
        layout.beginLayout()
        first = len(found)
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room)
            found.append(part[line.textStart() : line.textStart() + line.textLength()].strip())
        layout.endLayout()
        if len(found) == first:
            found.append("")
    return found


def paint_plate(
    painter: QPainter, box: QRectF, fill: QColor, edge: QColor | None, radius: float = 4.0
) -> None:
    """Paint the plate itself; without a colour of its edge it has none."""
    painter.setPen(QPen(edge, 1) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(box, radius, radius)


def paint_lines(
    painter: QPainter, lines: Iterable[Words], x: float, top: float, pitch: float = LINE
) -> None:
    """Paint lines below one another, each in the middle of its height."""
    for number, (words, style, colour) in enumerate(lines):
        painter.setFont(text_font(style))
        painter.setPen(colour)
        room = QRectF(x, top + pitch * number, 10_000, pitch)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
