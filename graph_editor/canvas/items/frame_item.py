"""A frame around nodes, and a note on the canvas: what a person writes beside the drawing."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import fitted
from graph_editor.canvas.items.plate import LINE, paint_lines, paint_plate, wrapped
from graph_editor.canvas.items.state import Scope

Z_FRAME = 1.0
PAD, TITLE = 20.0, 32.0
"""Room around the nodes of a frame, and above them for its title."""
NOTE_WIDTH, NOTE_PAD = 240.0, 12.0
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
        paint_plate(painter, self._rect, tint, line, 8)
        if self._title and self._scope.is_full:
            title = fitted(self._title, "node_title", self._rect.width() - 24)
            words = (title, "node_title", look["text"])
            paint_lines(painter, [words], self._rect.left() + 12, self._rect.top() + 6)


class NoteItem(QGraphicsItem):
    """Text on the canvas; the first of several lines is its heading."""

    def __init__(self, scope: Scope, text: str) -> None:
        super().__init__()
        self._scope = scope
        room = NOTE_WIDTH - 2 * NOTE_PAD - STRIPE
        heading, newline, rest = text.partition("\n")
        first = wrapped(heading, "node_title", room) if newline else []
        self._lines = [*first, *wrapped(rest if newline else text, "dense", room)]
        self._headings = len(first)
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
        paint_plate(painter, self._rect, look["node"], look["line2"], 3)
        painter.fillRect(QRectF(0, 0, STRIPE, self._rect.height()), look["c_opt"])
        if not self._scope.is_full:
            return
        heading, rest = ("node_title", look["text"]), ("dense", look["text2"])
        lines = [
            (line, *(heading if index < self._headings else rest))
            for index, line in enumerate(self._lines)
        ]
        paint_lines(painter, lines, NOTE_PAD + STRIPE, NOTE_PAD - 3)
