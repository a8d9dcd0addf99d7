"""The bubble beside a node at fault: what is wrong, and the first fix as a button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import text_width
from graph_editor.canvas.findings import Finding
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.items.plate import paint_lines, paint_plate, wrapped
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.theme import text_font

Z_BUBBLE = 100.0
WIDTH, PAD, GAP = 320.0, 12.0, 8.0
BUTTON, PITCH = 24.0, 17.0
"""Heights of a button with one line, and of each line."""
TEXT_X = 28.0
"""Where the words of a button begin: behind its glyph."""
TIP = 24.0
"""How far from a side the tip is at least."""
TOP = GAP + PAD - 2
"""Where the message begins."""
EDGE, NEAR = 3.0, 2.0
"""Of a short bubble: around its row, and away from the node."""
MORE = "More…"
Tip: TypeAlias = Literal["top", "bottom", "left", "right", ""]
"""The side on which the tip is; none where the bubble lies over its node."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One way in which the bubble can stand at a node, in pixels of the screen."""

    tip: Tip
    body: QRectF
    node: QRectF

    @property
    def along(self) -> float:
        """How far along its side the tip is."""
        body, node = self.body, self.node
        if self.tip in ("left", "right"):
            return _within(node.center().y() - body.top(), TIP, body.height() - TIP)
        wanted = max(node.left(), body.left()) + TIP
        return _within(min(wanted, node.center().x()) - body.left(), TIP, body.width() - TIP)


def _within(value: float, least: float, most: float) -> float:
    return max(min(value, most), least)


def _first_line(words: str, room: float) -> str:
    """Return words, or as many of them as one line has room for."""
    lines = wrapped(words, "node_title", room)
    return lines[0] if len(lines) == 1 else wrapped(words, "node_title", room - PAD)[0] + "…"


class BubbleItem(QGraphicsItem):
    """Shows one problem at the same size whatever the zoom is."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self.finding: Finding | None = None
        self._height = 0.0
        self._width = WIDTH
        self._message: list[str] = []
        self._message_top = TOP
        self.is_short = False
        """Whether it has one row only, for a canvas in which all of it would cover its node."""
        self.words: list[str] = []
        """The lines of the button."""
        self.button, self.more = QRectF(), QRectF()
        self.hot = ""
        self._tip: Tip = "top"
        self._tip_at = TIP
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(Z_BUBBLE)
        self.setVisible(False)

    def show_finding(self, finding: Finding | None, short: bool = False) -> None:
        """Show a problem where the bubble was put, maybe in one row; none hides the bubble."""
        if finding is None:
            self.finding = None
            self.setVisible(False)
            return
        if finding != self.finding:
            self.hot = ""
        if (finding, short) != (self.finding, self.is_short):
            self.prepareGeometryChange()
            self.finding, self.is_short = finding, short
            (self._lay_out_short if short else self._lay_out)(finding)
        self.setVisible(True)
        self.update()

    def spots_beside(self, node: QRectF, room: QRectF) -> Iterator[Stand]:
        """Yield how it can stand with all of it in a room: below the node, above, at its sides.

        Both areas are in pixels of the screen. The last one is over the node.
        """
        wide, high = self._width, self._height - GAP
        if self.is_short:
            yield from self._short_spots(node, room)
            return
        left = _within(node.left(), room.left(), room.right() - wide)
        right = _within(node.right() - wide, room.left(), room.right() - wide)
        middle = node.center().y() - high / 2
        low = _within(middle, room.top(), room.bottom() - high)
        last = _within(node.bottom() + GAP, room.top(), room.bottom() - high)
        below, above = node.bottom() + GAP, node.top() - GAP - high
        tries: list[tuple[Tip, float, float]] = [
            *(("top", x, below) for x in (left, right)),
            *(("bottom", x, above) for x in (left, right)),
            ("left", node.right() + GAP, low),
            ("right", node.left() - GAP - wide, low),
        ]
        for tip, x, y in tries:
            body = QRectF(x, y, wide, high)
            if room.contains(body):
                yield Stand(tip, body, node)
        yield Stand("", QRectF(left, last, wide, high), node)

    def _short_spots(self, node: QRectF, room: QRectF) -> Iterator[Stand]:
        """Yield how one row can stand: as near below the node, or above it, as there is room."""
        wide, high = self._width, self._height - GAP
        left = _within(node.left(), room.left(), room.right() - wide)
        for y in (node.bottom() + NEAR, node.top() - NEAR - high):
            inside = _within(y, room.top(), room.bottom() - high)
            yield Stand("", QRectF(left, inside, wide, high), node)

    def turn(self, stand: Stand) -> QPointF:
        """Turn the tip to where it is said to stand; return the place of its corner."""
        along = stand.along
        if (stand.tip, along) != (self._tip, self._tip_at):
            self.prepareGeometryChange()
            self._tip, self._tip_at = stand.tip, along
        return stand.body.topLeft() - QPointF(0, GAP)

    @property
    def is_there(self) -> bool:
        """Whether it is seen, and takes what the mouse does; a preview may hide it."""
        return self.isVisible() and self.opacity() > 0

    def body(self) -> QRectF:
        """Return the bubble without its tip, from its corner, in pixels of the screen."""
        return QRectF(0, GAP, self._width, self._height - GAP)

    def _lay_out_short(self, finding: Finding) -> None:
        """Have one row: the fix, or the beginning of the message, and the way to the rest."""
        more = text_width(MORE, "dense") + 8
        room = WIDTH - more - 3 * EDGE - GAP
        self._message, self.words, self.button = [], [], QRectF()
        self._message_top = GAP + EDGE + (BUTTON - PITCH) / 2
        if finding.fixes:
            self.words = [_first_line(finding.fixes[0][1], room - TEXT_X - PAD)]
            widest = text_width(self.words[0], "node_title") + TEXT_X + PAD
            self.button = QRectF(EDGE, GAP + EDGE, widest, BUTTON)
            x = self.button.right() + GAP
        else:
            self._message = [_first_line(finding.message, room - PAD)]
            x = PAD + text_width(self._message[0], "node_title") + GAP
        self.more = QRectF(x, GAP + EDGE, more, BUTTON)
        self._width, self._height = self.more.right() + EDGE, self.more.bottom() + EDGE

    def _lay_out(self, finding: Finding) -> None:
        room = WIDTH - 2 * PAD
        self._width, self._message_top = WIDTH, TOP
        self._message = wrapped(finding.message, "node_title", room)
        y = TOP + PITCH * len(self._message) + 6
        more = text_width(MORE, "dense") + 8
        x = PAD
        self.words, self.button = [], QRectF()
        if finding.fixes:
            self.words = wrapped(finding.fixes[0][1], "node_title", room - TEXT_X - PAD)
            widest = max(text_width(words, "node_title") for words in self.words)
            high = BUTTON + PITCH * (len(self.words) - 1)
            self.button = QRectF(x, y, widest + TEXT_X + PAD, high)
            x = self.button.right() + 12
            if x + more > WIDTH - PAD:  # no room beside it
                x, y = PAD, self.button.bottom() + 4
        self.more = QRectF(x, y, more, BUTTON)
        self._height = max(self.button.bottom(), self.more.bottom()) + PAD - 2

    def boundingRect(self) -> QRectF:
        return QRectF(-GAP, 0, self._width + 2 * GAP, self._height + GAP)

    def part_at(self, at: QPointF) -> str:
        """Return what is at a place in the bubble: fix, more, bubble, or nothing."""
        if self.button.contains(at):
            return "fix"
        if self.more.contains(at):
            return "more"
        return "bubble" if self.body().contains(at) else ""

    def set_hot(self, part: str) -> None:
        """Show which part is under the pointer."""
        if part != self.hot:
            self.hot = part
            self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        if self.finding is None:
            return
        look = self._scope.paints
        is_error = self.finding.severity == "error"
        painter.setPen(look.error_border if is_error else look.warn_border)
        painter.setBrush(look.look["error_bg" if is_error else "warn_bg"])
        painter.drawPath(self._outline())
        message = [(line, "node_title", look.look["text"]) for line in self._message]
        paint_lines(painter, message, PAD, self._message_top, PITCH)
        self._paint_buttons(painter)

    def _outline(self) -> QPainterPath:
        body = QPainterPath()
        body.addRoundedRect(self.body(), 6, 6)
        if not self._tip:
            return body
        at, box = self._tip_at, self.body()
        edge = {"top": GAP, "bottom": self._height, "left": 0.0, "right": self._width}[self._tip]
        out = -6 if self._tip in ("top", "left") else 6
        points = [QPointF(at - 6, edge), QPointF(at, edge + out), QPointF(at + 6, edge)]
        if self._tip in ("left", "right"):
            points = [QPointF(p.y(), box.top() + p.x()) for p in points]
        tip = QPainterPath()
        tip.addPolygon(QPolygonF(points))
        tip.closeSubpath()
        return body.united(tip)

    def _paint_buttons(self, painter: QPainter) -> None:
        look = self._scope.paints.look
        if self.finding is not None and self.finding.fixes:
            box = self.button
            ring = look["ring"] if self.hot == "fix" else None
            paint_plate(painter, box, look["accent"], ring)
            glyph = QRectF(box.left() + 8, box.top() + BUTTON / 2 - 7, 14, 14)
            paint_glyph(painter, "wrench", look["on_accent"], glyph)
            lines = [(line, "node_title", look["on_accent"]) for line in self.words]
            top = box.top() + (BUTTON - PITCH) / 2
            paint_lines(painter, lines, box.left() + TEXT_X, top, PITCH)
        font = QFont(text_font("dense"))
        font.setUnderline(self.hot == "more")
        painter.setFont(font)
        painter.setPen(look["link"])
        painter.drawText(QPointF(self.more.left() + 4, self.more.top() + 16), MORE)
