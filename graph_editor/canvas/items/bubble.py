"""The bubble beside a node at fault: what is wrong, and the first fix as a button."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPolygonF, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import fitted, text_width
from graph_editor.canvas.findings import Finding
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.theme import text_font

Z_BUBBLE = 100.0
WIDTH, PAD, GAP = 320.0, 12.0, 8.0
BUTTON = 24.0
TIP = 24.0
"""How far from a side the tip is at least."""
MORE = "More…"


class BubbleItem(QGraphicsItem):
    """Shows one problem at the same size whatever the zoom is."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self.finding: Finding | None = None
        self._height = 0.0
        self._width = WIDTH
        self._message: list[tuple[str, float]] = []
        self.button, self.more = QRectF(), QRectF()
        self.hot = ""
        self._tip: Literal["top", "bottom", ""] = "top"
        self._tip_x = TIP
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(Z_BUBBLE)
        self.setVisible(False)

    def show_finding(self, finding: Finding | None) -> None:
        """Show a problem where the bubble was put; none hides the bubble."""
        if finding is None:
            self.finding = None
            self.setVisible(False)
            return
        if finding != self.finding:
            self.prepareGeometryChange()
            self.finding, self.hot = finding, ""
            self._lay_out(finding)
        self.setVisible(True)
        self.update()

    def corner_beside(self, node: QRectF, room: QRectF) -> QPointF:
        """Return the corner at which all of the bubble is seen, and turn its tip to the node.

        Both areas are in pixels of the screen. It lies below the node, above it where there is no
        room below, and over it where there is none above either.
        """
        below = node.bottom() + self._height <= room.bottom()
        above = node.top() - self._height - GAP >= room.top() - GAP
        tip: Literal["top", "bottom", ""] = "top" if below else "bottom" if above else ""
        y = node.bottom()
        if tip == "bottom":
            y = node.top() - self._height - GAP
        elif not tip:
            y = max(room.bottom() - self._height, room.top() - GAP)
        x = max(min(node.left(), room.right() - self._width), room.left())
        tip_x = min(max(node.left() + TIP - x, TIP), self._width - TIP)
        if (tip, tip_x) != (self._tip, self._tip_x):
            self.prepareGeometryChange()
            self._tip, self._tip_x = tip, tip_x
        return QPointF(x, y)

    def body(self) -> QRectF:
        """Return the bubble without its tip, from its corner, in pixels of the screen."""
        return QRectF(0, GAP, self._width, self._height - GAP)

    def _lay_out(self, finding: Finding) -> None:
        room = WIDTH - 2 * PAD
        y = GAP + PAD - 2
        self._message = _lines(finding.message, text_font("node_title"), room, y)
        y += 17.0 * len(self._message)
        self.button = self.more = QRectF()
        y += 6
        more = text_width(MORE, "dense")
        x = PAD
        if finding.fixes:
            width = min(text_width(finding.fixes[0][1], "node_title") + 40, room - more - 20)
            self.button = QRectF(x, y, width, BUTTON)
            x += width + 12
        self.more = QRectF(x, y, more + 8, BUTTON)
        self._height = y + BUTTON + PAD - 2

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, self._width + 4, self._height + GAP + 4)

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
        painter.setFont(text_font("node_title"))
        painter.setPen(look.text)
        for text, y in self._message:
            painter.drawText(QPointF(PAD, y + 13), text)
        self._paint_buttons(painter)

    def _outline(self) -> QPainterPath:
        body = QPainterPath()
        body.addRoundedRect(self.body(), 6, 6)
        if not self._tip:
            return body
        edge, out = (GAP, -6) if self._tip == "top" else (self._height, 6)
        tip, x = QPainterPath(), self._tip_x
        tip.addPolygon(
            QPolygonF([QPointF(x - 6, edge), QPointF(x, edge + out), QPointF(x + 6, edge)])
        )
        tip.closeSubpath()
        return body.united(tip)

    def _paint_buttons(self, painter: QPainter) -> None:
        look = self._scope.paints.look
        if self.finding is not None and self.finding.fixes:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look["accent"])
            painter.drawRoundedRect(self.button, 4, 4)
            if self.hot == "fix":
                painter.setPen(look["ring"])
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.button, 4, 4)
            box = self.button
            glyph = QRectF(box.left() + 8, box.center().y() - 7, 14, 14)
            paint_glyph(painter, "wrench", look["on_accent"], glyph)
            painter.setPen(look["on_accent"])
            painter.setFont(text_font("node_title"))
            text = fitted(self.finding.fixes[0][1], "node_title", box.width() - 36)
            painter.drawText(QPointF(box.left() + 28, box.top() + 16), text)
        font = QFont(text_font("dense"))
        font.setUnderline(self.hot == "more")
        painter.setFont(font)
        painter.setPen(look["link"])
        painter.drawText(QPointF(self.more.left() + 4, self.more.top() + 16), MORE)


def _lines(text: str, font: QFont, room: float, top: float) -> list[tuple[str, float]]:
    """Return a text in lines that fit, each with the height it begins at."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found: list[tuple[str, float]] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room)
        start, length = line.textStart(), line.textLength()
        found.append((text[start : start + length].strip(), top + 17.0 * len(found)))
    layout.endLayout()
    return found
