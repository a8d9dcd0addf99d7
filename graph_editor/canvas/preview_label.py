"""The line at the top of the canvas that says what a preview shows, and that nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.items.plate import LINE, paint_lines, paint_plate
from graph_editor.canvas.preview_room import EDGE, along_edges, freest
from graph_editor.canvas.theme import Theme, text_font

PAD, GLYPH, TEXT_X = 10, 14, 32
NOTHING_DONE = "Preview: nothing is changed yet. Esc ends it."


class PreviewLabel(QWidget):
    """Some lines over the canvas that no mouse event notices."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self._ground = look, parent
        self.lines: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Preview of a fix")
        self.hide()

    def say(self, title: str, more: Sequence[str], look: Theme) -> None:
        """Show what the edit is called, and what no place of the canvas can show."""
        self.look, self.lines = look, (title, *more, NOTHING_DONE)
        self.setAccessibleDescription(". ".join(self.lines))
        self.show()
        self.raise_()
        self.update()

    def stand(self, busy: QRegion) -> None:
        """Stand at an edge of the canvas, where nothing is covered that is to be seen."""
        room = self._ground.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        widest = max(_metrics(n).horizontalAdvance(x) for n, x in enumerate(self.lines))
        width = min(round(widest) + TEXT_X + PAD + 2, room.width())
        self.resize(width, round(LINE) * len(self.lines) + 12)
        self.move(freest(self.size(), along_edges(self.size(), room), busy, room))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        look = self.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_plate(painter, box, look["panel"], look["ring"], 6)
        paint_glyph(painter, "eye", look["ring"], QRectF(PAD, 8, GLYPH, GLYPH))
        room = self.width() - TEXT_X - PAD + 2
        lines = []
        for number, words in enumerate(self.lines):
            short = _metrics(number).elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            colour = look["text2" if words is self.lines[-1] else "text"]
            lines.append((short, _style(number), colour))
        paint_lines(painter, lines, TEXT_X, 6)
        painter.end()


def _style(line: int) -> str:
    return "node_title" if line == 0 else "dense"


def _metrics(line: int) -> QFontMetricsF:
    return QFontMetricsF(text_font(_style(line)))
