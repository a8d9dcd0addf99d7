"""A frame around nodes, and a note on the canvas: what a person writes beside the drawing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import fitted
from graph_editor.canvas.items.plate import LINE, paint_lines, paint_plate, wrapped
from graph_editor.canvas.items.state import Scope
from graph_editor.document.model import NodeId

Z_FRAME, Z_NOTE, DEEPER = 1.0, 2.0, 0.001
"""Frames within others lie a little above them."""
PAD, TITLE = 20.0, 32.0
"""Room around the nodes of a frame, and above them for its title."""
INSET, RADIUS = 12.0, 8.0
NOTE_WIDTH, NOTE_PAD = 240.0, 12.0
STRIPE = 3.0
LARGE = 1.5
"""How much larger than the rest a title gets before it would not fit its bar."""
MOST_LINES = 4
"""Lines of a comment that are shown; the last ends in … where there are more."""
TOKENS = {
    "grey": "c_op",
    "blue": "c_layer",
    "green": "c_data",
    "orange": "c_act",
    "yellow": "c_opt",
    "pink": "c_loss",
}
"""The colours of frames and notes, as the themes call them."""
TINTS = ("c_op", "c_layer", "c_data", "c_act", "c_block", "c_loss", "c_opt", "c_metric")
"""Colours by number, as older files say them."""


def token_of(colour: object, otherwise: str) -> str:
    """Return what a theme calls a colour that a file says; what is no colour is another one."""
    if isinstance(colour, int) and not isinstance(colour, bool):
        return TINTS[colour % len(TINTS)]
    return TOKENS.get(str(colour), otherwise)


class FrameItem(QGraphicsItem):
    """A titled frame behind its nodes."""

    def __init__(self, scope: Scope, frame: Mapping[str, object]) -> None:
        super().__init__()
        self._scope = scope
        self.title, self.comment = str(frame.get("title", "")), str(frame.get("comment", ""))
        members = frame.get("nodes", ())
        self.nodes = tuple(map(NodeId, members)) if isinstance(members, tuple) else ()
        """The nodes that it stands around."""
        self.inner: list[FrameItem] = []
        """Frames that stand within it."""
        self.is_inner = False
        """Whether it stands within another one; from afar both titles would lie upon each other."""
        self.is_chosen = False
        self._token = token_of(frame.get("colour"), "c_op")
        self._rect = QRectF()
        self._lines: tuple[float, list[str]] = (-1.0, [])
        self.setZValue(Z_FRAME)

    def surround(self, area: QRectF) -> None:
        """Lie around an area that nodes and frames within take."""
        high = LINE * len(self._worded(area.width() + 2 * (PAD - INSET)))
        rect = area.adjusted(-PAD, -TITLE - high, PAD, PAD)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def around(self, area: QRectF) -> QRectF:
        """Return where it would lie around another area."""
        high = LINE * len(self._lines[1])
        return area.adjusted(-PAD, -TITLE - high, PAD, PAD)

    def _worded(self, room: float) -> list[str]:
        """Return the comment in lines that fit into a room."""
        if not self.comment:
            return []
        if self._lines[0] != room:
            lines = wrapped(self.comment, "dense", room)
            if len(lines) > MOST_LINES:
                last = fitted(lines[MOST_LINES - 1] + " …", "dense", room)
                lines = [*lines[: MOST_LINES - 1], last]
            self._lines = (room, lines)
        return self._lines[1]

    def set_chosen(self, is_chosen: bool) -> None:
        """Show it as selected, or as any other."""
        if is_chosen != self.is_chosen:
            self.is_chosen = is_chosen
            self.update()

    def rect(self) -> QRectF:
        """Return what it takes of the scene; it is not to be changed."""
        return self._rect

    def bar(self) -> QRectF:
        """Return the bar with its title, by which it is taken."""
        return QRectF(self._rect.left(), self._rect.top(), self._rect.width(), TITLE - 4)

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-2, -2, 2, 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        paints = self._scope.paints
        look, zoom = paints.look, self._scope.zoom
        paint_plate(painter, self._rect, _faint(look[self._token], 0.09), None, RADIUS)
        bar = QPainterPath()
        bar.addRoundedRect(self._rect, RADIUS, RADIUS)
        below = QRectF(self._rect)
        below.setTop(self.bar().bottom())
        rest = QPainterPath()
        rest.addRect(below)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faint(look[self._token], 0.22))
        painter.drawPath(bar.subtracted(rest))
        edge = QPen(_faint(look[self._token], 0.6), 1)
        painter.setPen(paints.on_screen("select", 2, zoom) if self.is_chosen else edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._rect, RADIUS, RADIUS)
        self.paint_title(painter, zoom)
        if self._scope.is_full and self._lines[1]:
            words = [(line, "dense", look["text2"]) for line in self._lines[1]]
            paint_lines(painter, words, self._rect.left() + INSET, self._rect.top() + TITLE - 2)

    def paint_title(self, painter: QPainter, zoom: float) -> None:
        """Paint the title; from afar it is larger than the rest, and at last above the frame."""
        is_far = self._scope.is_far
        scale = 1.0 if self._scope.is_full else 1.0 / zoom if is_far else min(1.0 / zoom, LARGE)
        room = self._rect.width() / scale - 2 * INSET
        title = fitted(self.title, "node_title", room) if self.title and room > 24 else ""
        if not title:
            return
        above = -LINE - 2 if is_far else (TITLE - 4) / scale / 2 - LINE / 2
        painter.save()
        painter.translate(QPointF(self._rect.left(), self._rect.top()))
        painter.scale(scale, scale)
        words = (title, "node_title", self._scope.paints.look["text"])
        paint_lines(painter, [words], INSET, above)
        painter.restore()

    def paint_far(self, painter: QPainter, zoom: float) -> None:
        """Paint it as a part of the overview."""
        look = self._scope.paints.look
        paint_plate(painter, self._rect, _faint(look[self._token], 0.14), None, 0)
        token = "select" if self.is_chosen else self._token
        painter.setPen(self._scope.paints.on_screen(token, 2 if self.is_chosen else 1, zoom))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._rect)
        if not self.is_inner:
            self.paint_title(painter, zoom)


class NoteItem(QGraphicsItem):
    """Text on the canvas; the first of several lines is its heading."""

    def __init__(self, scope: Scope, note: Mapping[str, object]) -> None:
        super().__init__()
        self._scope, self.text = scope, str(note.get("text", ""))
        self._token = token_of(note.get("colour"), "c_opt")
        self.is_chosen = False
        room = NOTE_WIDTH - 2 * NOTE_PAD - STRIPE
        heading, newline, rest = self.text.partition("\n")
        first = wrapped(heading, "node_title", room) if newline else []
        self._lines = [*first, *wrapped(rest if newline else self.text, "dense", room)]
        self._headings = len(first)
        self._rect = QRectF(0, 0, NOTE_WIDTH, LINE * len(self._lines) + 2 * NOTE_PAD - 4)
        self.setZValue(Z_NOTE)

    def set_chosen(self, is_chosen: bool) -> None:
        """Show it as selected, or as any other."""
        if is_chosen != self.is_chosen:
            self.is_chosen = is_chosen
            self.update()

    def rect(self) -> QRectF:
        """Return what it takes of the scene."""
        return self._rect.translated(self.pos())

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-2, -2, 2, 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        look = self._scope.paints.look
        paint_plate(painter, self._rect, look["node"], look["line2"], 3)
        painter.fillRect(self._rect.adjusted(1, 1, -1, -1), _faint(look[self._token], 0.12))
        painter.fillRect(QRectF(0, 0, STRIPE, self._rect.height()), look[self._token])
        if self.is_chosen:
            painter.setPen(self._scope.paints.on_screen("select", 2, self._scope.zoom))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._rect, 3, 3)
        if not self._scope.is_full:
            return
        heading, rest = ("node_title", look["text"]), ("dense", look["text2"])
        lines = [
            (line, *(heading if index < self._headings else rest))
            for index, line in enumerate(self._lines)
        ]
        paint_lines(painter, lines, NOTE_PAD + STRIPE, NOTE_PAD - 3)

    def paint_far(self, painter: QPainter, zoom: float) -> None:
        """Paint it as a part of the overview."""
        look = self._scope.paints.look
        painter.fillRect(self.rect(), _faint(look[self._token], 0.5))
        if self.is_chosen:
            painter.setPen(self._scope.paints.on_screen("select", 2, zoom))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect())


def _faint(colour: QColor, share: float) -> QColor:
    made = QColor(colour)
    made.setAlphaF(share)
    return made
