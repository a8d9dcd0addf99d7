"""The line at the top of the canvas that says what a preview shows, and that nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, text_font

PAD, GLYPH, TEXT_X, LINE, EDGE = 10, 14, 32, 18, 12
NOTHING_DONE = "Preview: nothing is changed yet. Esc ends it."


class PreviewLabel(QWidget):
    """Some lines over the canvas that no mouse event notices."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.lines: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Preview of a fix")
        self.hide()

    def say(
        self, title: str, more: Sequence[str], look: Theme, avoid: Sequence[QRect] = ()
    ) -> None:
        """Show what the edit is called, and what no place of the canvas can show.

        It stands at the upper edge, or at the lower one where it would cover what is to be seen.
        """
        self.look, self.lines = look, (title, *more, NOTHING_DONE)
        self.setAccessibleDescription(". ".join(self.lines))
        bold, plain = QFontMetricsF(text_font("node_title")), QFontMetricsF(text_font("dense"))
        widest = max(
            bold.horizontalAdvance(title), *(plain.horizontalAdvance(x) for x in self.lines[1:])
        )
        self.resize(round(widest) + TEXT_X + PAD + 2, LINE * len(self.lines) + 12)
        self._stand(avoid)
        self.show()
        self.raise_()
        self.update()

    def _stand(self, avoid: Sequence[QRect]) -> None:
        room = self.parentWidget()
        if room is None:
            return
        self.resize(min(self.width(), room.width() - 2 * EDGE), self.height())
        x = (room.width() - self.width()) // 2
        places = (QPoint(x, EDGE), QPoint(x, room.height() - self.height() - EDGE))
        free = (p for p in places if not any(QRect(p, self.size()).intersects(r) for r in avoid))
        self.move(next(free, places[0]))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        look = self.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look["ring"], 1))
        painter.setBrush(look["panel"])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        paint_glyph(painter, "eye", look["ring"], QRectF(PAD, 8, GLYPH, GLYPH))
        for number, words in enumerate(self.lines):
            font = text_font("node_title" if number == 0 else "dense")
            painter.setFont(font)
            last = number == len(self.lines) - 1
            painter.setPen(look["text2" if last else "text"])
            room = QRectF(TEXT_X, 6 + LINE * number, self.width() - TEXT_X - PAD + 2, LINE)
            mode = Qt.TextElideMode.ElideRight
            short = QFontMetricsF(font).elidedText(words, mode, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)
        painter.end()
