"""The small bubble that says what a drop would do, or why a port refuses the wire in the hand."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, text_font

PAD, GLYPH, TEXT_X, LINE, HEIGHT = 10, 14, 32, 18, 48
DROP = "Drop to connect anyway, Esc to cancel"
NO_DROP = "It cannot be connected"
LET_GO = "Let go to do so, Esc to cancel"
ONLY_ADDS = "Let go to add it here, without a wire"
TONES = {
    "error": ("error_bg", "error_line", "error"),
    "warn": ("warn_bg", "warn", "warning"),
    "info": ("panel", "line2", "info"),
}
"""Ground, line and glyph of each tone."""


class RefusalBubble(QWidget):
    """Two lines over the canvas that no mouse event notices."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.words, self.advice = "", ""
        self.tone = "error"
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("What a drop would do")
        self.hide()

    def say(self, words: str, may_drop: bool, below: QPoint) -> None:
        """Show a sentence under a place, as near as there is room."""
        self._show(words, DROP if may_drop else NO_DROP, "warn" if may_drop else "error", below)

    def tell(self, words: str, below: QPoint, refuses: bool = False) -> None:
        """Show what a drop here would do; where it ``refuses``, that it only adds a node."""
        advice = ONLY_ADDS if refuses else LET_GO
        self._show(words, advice, "warn" if refuses else "info", below)

    def _show(self, words: str, advice: str, tone: str, below: QPoint) -> None:
        self.words, self.advice, self.tone = words, advice, tone
        bold, plain = text_font("node_title"), text_font("dense")
        width = max(
            QFontMetricsF(bold).horizontalAdvance(words),
            QFontMetricsF(plain).horizontalAdvance(self.advice),
        )
        room = self.parentWidget()
        wide = min(round(width) + TEXT_X + PAD + 2, room.width() - 8) if room else 200
        self.resize(wide, HEIGHT)
        if room is not None:
            x = min(max(below.x(), 4), room.width() - self.width() - 4)
            y = below.y() if below.y() + HEIGHT + 4 < room.height() else below.y() - HEIGHT - 48
            self.move(x, max(4, y))
        self.setAccessibleDescription(f"{words}. {self.advice}.")
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        look = self.look
        ground, line, glyph = TONES[self.tone]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look[line], 1))
        painter.setBrush(look[ground])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        paint_glyph(painter, glyph, look[self.tone], QRectF(PAD, 8, GLYPH, GLYPH))
        self._line(painter, 6, "node_title", "text", self.words)
        self._line(painter, 6 + LINE, "dense", "text2", self.advice)
        painter.end()

    def _line(self, painter: QPainter, y: float, style: str, token: str, text: str) -> None:
        font = text_font(style)
        painter.setFont(font)
        painter.setPen(self.look[token])
        room = QRectF(TEXT_X, y, self.width() - TEXT_X - PAD + 2, LINE)
        short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)
