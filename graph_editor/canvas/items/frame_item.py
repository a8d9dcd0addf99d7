"""A frame around nodes, and a note on the canvas: what a person writes beside the drawing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import fitted
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.theme import text_font

Z_FRAME = 1.0
PAD, TITLE = 20.0, 32.0
"""Room around the nodes of a frame, and above them for its title."""
NOTE_WIDTH, NOTE_PAD, LINE = 240.0, 12.0, 18.0
STRIPE = 3.0
TINTS = ("c_op", "c_layer", "c_data", "c_act", "c_block", "c_loss", "c_opt", "c_metric")
"""Colours of frames by their number."""


class FrameItem(QGraphicsItem):
    """A titled frame behind its nodes."""

    def __init__(self, scope: Scope, title: str, colour: object) -> None:
        super().__init__()
        self._scope, self._title = scope, title
        number = colour if isinstance(colour, int) and not isinstance(colour, bool) else 0
        self._token = TINTS[number % len(TINTS)]
        self._rect = QRectF()
        self.setZValue(Z_FRAME)

    def surround(self, nodes: QRectF) -> None:
        """Lie around an area that nodes take."""
        rect = nodes.adjusted(-PAD, -TITLE, PAD, PAD)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-1, -1, 1, 1)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        look = self._scope.paints.look
        tint = QColor(look[self._token])
        tint.setAlphaF(0.10)
        line = QColor(look[self._token])
        line.setAlphaF(0.45)
        painter.setBrush(tint)
        painter.setPen(line)
        painter.drawRoundedRect(self._rect, 8, 8)
        if self._title and self._scope.is_full:
            painter.setPen(look["text"])
            painter.setFont(text_font("node_title"))
            title = fitted(self._title, "node_title", self._rect.width() - 24)
            painter.drawText(QPointF(self._rect.left() + 12, self._rect.top() + 19), title)


class NoteItem(QGraphicsItem):
    """Text on the canvas; the first of several lines is its heading."""

    def __init__(self, scope: Scope, text: str) -> None:
        super().__init__()
        self._scope = scope
        room = NOTE_WIDTH - 2 * NOTE_PAD - STRIPE
        heading, newline, _ = text.partition("\n")
        self._lines = wrapped(text, room)
        self._headings = len(wrapped(heading, room)) if newline else 0
        self._rect = QRectF(0, 0, NOTE_WIDTH, LINE * len(self._lines) + 2 * NOTE_PAD - 4)
        self.setZValue(Z_FRAME + 1)

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-1, -1, 1, 1)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        look = self._scope.paints.look
        painter.setPen(look["line2"])
        painter.setBrush(look["node"])
        painter.drawRoundedRect(self._rect, 3, 3)
        painter.fillRect(QRectF(0, 0, STRIPE, self._rect.height()), look["c_opt"])
        if not self._scope.is_full:
            return
        for index, line in enumerate(self._lines):
            is_heading = index < self._headings
            painter.setFont(text_font("node_title" if is_heading else "dense"))
            painter.setPen(look["text" if is_heading else "text2"])
            painter.drawText(QPointF(NOTE_PAD + STRIPE, NOTE_PAD + 10 + LINE * index), line)


def wrapped(text: str, room: float) -> list[str]:
    """Return a text in lines that fit into a room."""
    found: list[str] = []
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    for part in text.split("\n"):
        layout = QTextLayout(part, text_font("dense"))
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
