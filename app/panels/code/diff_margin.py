"""The margin of a comparison: line numbers, and the sign of each line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.panels.code.comparison import ADDED, FOLD, REMOVED, SAME, Row
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, code_font

BAR, SIGN, GAP = 3, 20, 6
"""Widths in pixels; the sign's grows with the letters."""
SURFACES = {ADDED: "ok_bg", REMOVED: "error_bg", FOLD: "panel"}
"""Colour behind the rows of a sign."""
INKS = {ADDED: "ok", REMOVED: "error"}
"""Colour of the sign itself."""


class Page(Protocol):
    """What the margin must know of the comparison beside it."""

    look: Theme
    letters: float
    rows: Sequence[Row]
    picked: frozenset[int]
    """Lines of the present text that are picked out."""

    def seen_blocks(self) -> list[tuple[int, int, int]]:
        """Return row (from 1), top and height of every row in view."""

    def choose(self, line: int) -> None:
        """Take it that a row was clicked."""


class DiffMargin(QWidget):
    """Stands left of a comparison, as its child, and scrolls with it."""

    def __init__(self, page: Page, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self.setAccessibleName("Signs and line numbers")

    def wanted_width(self) -> int:
        """Return how wide the margin must be for the greatest number and a sign."""
        greatest = max((max(row.old, row.new) for row in self._page.rows), default=0)
        digits = max(2, len(str(greatest)))
        return BAR + 4 + digits * self._advance() + self._sign_width() + GAP

    def _advance(self) -> int:
        return QFontMetrics(code_font(self._page.letters)).horizontalAdvance("0")

    def _sign_width(self) -> int:
        return max(SIGN, 2 * self._advance() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        page, look = self._page, self._page.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), look["input"])
        painter.setFont(code_font(page.letters))
        for number, top, height in page.seen_blocks():
            if number <= len(page.rows):
                self._paint_row(painter, page.rows[number - 1], top, height)
        painter.end()

    def _paint_row(self, painter: QPainter, row: Row, top: int, height: int) -> None:
        look = self._page.look
        surface, ink = SURFACES.get(row.sign), INKS.get(row.sign)
        if surface is not None:
            painter.fillRect(0, top, self.width(), height, look[surface])
        if row.new in self._page.picked and row.sign != FOLD:
            painter.fillRect(0, top, BAR, height, look["ring"])
        wide = self._sign_width()
        sign = QRectF(self.width() - wide - GAP, top, wide, height)
        if row.sign == FOLD:
            square = QRectF(0, 0, 12, 12)
            square.moveCenter(sign.center())
            paint_glyph(painter, "chevron_right", look["link"], square)
            return
        middle = Qt.AlignmentFlag.AlignVCenter
        numbers = QRectF(0, top, sign.left(), height)
        painter.setPen(look["text3"])
        number = str(row.new or row.old)
        painter.drawText(numbers, Qt.AlignmentFlag.AlignRight | middle, number)
        if row.sign != SAME:
            painter.setPen(look[ink or "text"])
            painter.drawText(sign, Qt.AlignmentFlag.AlignHCenter | middle, row.sign)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        y = event.position().toPoint().y()
        rows = self._page.seen_blocks()
        row = next((n for n, top, tall in rows if top <= y < top + tall), 0)
        if row and event.button() == Qt.MouseButton.LeftButton:
            self._page.choose(row)
