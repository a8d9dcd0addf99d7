"""The margin of a file: line numbers, bars beside lines that are picked out, marks of problems."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, code_font

BAR, MARK, GAP = 3, 17, 12
COLOURS = {"error": "error", "warning": "warn", "info": "info"}
TIP = 72
"""Letters in a line of a tooltip, which does not break them by itself."""


class Page(Protocol):
    """What the margin must know of the text beside it."""

    look: Theme
    letters: float
    marks: Mapping[int, tuple[str, str]]

    @property
    def picked(self) -> frozenset[int]:
        """Lines that are picked out."""

    @property
    def related(self) -> frozenset[int]:
        """Lines that are only marked in the margin."""

    def line_count(self) -> int:
        """Return how many lines there are."""

    def seen_blocks(self) -> list[tuple[int, int, int]]:
        """Return line, top and height of every line in view."""

    def choose(self, line: int) -> None:
        """Take it that a line was clicked."""


class Margin(QWidget):
    """Stands left of a file's text, as its child, and scrolls with it."""

    def __init__(self, page: Page, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self.setAccessibleName("Line numbers")

    def wanted_width(self) -> int:
        """Return how wide the margin must be for the greatest number."""
        digits = max(2, len(str(self._page.line_count())))
        return BAR + MARK + digits * self._advance() + GAP

    def _advance(self) -> int:
        return QFontMetrics(code_font(self._page.letters)).horizontalAdvance("0")

    def paintEvent(self, event: QPaintEvent) -> None:
        page, look = self._page, self._page.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), look["input"])
        painter.setFont(code_font(self._page.letters))
        right = self.width() - GAP
        for line, top, height in page.seen_blocks():
            if line in page.picked:
                painter.fillRect(0, top, self.width(), height, look["sel"])
            if line in page.picked or line in page.related:
                painter.fillRect(0, top, BAR, height, look["ring"])
            painter.setPen(look["text" if line in page.picked else "text3"])
            place = QRectF(0, top, right, height)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line)
            )
            if line in page.marks:
                severity = page.marks[line][0]
                square = QRectF(BAR + 2, top + (height - 12) / 2, 12, 12)
                paint_glyph(painter, severity, look[COLOURS[severity]], square)
        painter.end()

    def _line_at(self, y: int) -> int:
        return next((n for n, top, tall in self._page.seen_blocks() if top <= y < top + tall), 0)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            line = self._line_at(event.pos().y())
            sentence = self._page.marks.get(line, ("", ""))[1]
            place = event.globalPos() if sentence else QPoint()
            QToolTip.showText(place, laid_out(sentence), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().toPoint().y())
        if line and event.button() == Qt.MouseButton.LeftButton:
            self._page.choose(line)


def laid_out(words: str) -> str:
    """Return the sentences of a tooltip in lines that fit a small screen."""
    return "\n".join(textwrap.fill(line, TIP) for line in words.split("\n"))
