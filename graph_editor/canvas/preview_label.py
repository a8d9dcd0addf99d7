"""The line at the top of the canvas that says what a preview shows, and that nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.items.plate import LINE, paint_lines, paint_plate
from graph_editor.canvas.preview_room import (
    EDGE,
    along_edges,
    between_edges,
    free_place,
    least_covering,
)
from graph_editor.canvas.theme import Theme, text_font

PAD, GLYPH, TEXT_X = 10, 14, 32
NOTHING_DONE = "Preview: nothing is changed yet. Esc ends it."
MOST_COVERED = 0.4
"""The part of the canvas's height that is covered at most, where nodes have to be covered."""
SHORT = "a preview: Esc ends it"
"""The same beside other words."""


class PreviewLabel(QWidget):
    """Some lines over the canvas that no mouse event notices."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self._ground = look, parent
        self.told: tuple[str, ...] = ()
        self.lines: tuple[str, ...] = ()
        """What is told, as it stands now."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Preview of a fix")
        self.hide()

    def say(self, title: str, more: Sequence[str], look: Theme) -> None:
        """Show what the edit is called, and what no place of the canvas can show."""
        self.look, self.told = look, (title, *more)
        self.setAccessibleDescription(". ".join((*self.told, NOTHING_DONE)))
        self.show()
        self.raise_()
        self.update()

    def stand(self, busy: QRegion) -> None:
        """Stand at an edge of the canvas, where nothing is covered that is to be seen.

        Between rows of nodes one line has room where several have none. Where nothing has, no
        more is said than leaves most of the canvas to be seen.
        """
        room = self._ground.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        whole = (*self.told, NOTHING_DONE)
        for lines in (whole, (" · ".join((*self.told, SHORT)),)):
            size = self._size(lines, room)
            for spots in (along_edges(size, room), between_edges(size, room)):
                found = free_place(size, spots, busy, room)
                if found is not None:
                    self._take(lines, size, found)
                    return
        size = self._size(whole, room)
        if size.height() > room.height() * MOST_COVERED:
            whole = (self.told[0], NOTHING_DONE)
            size = self._size(whole, room)
        self._take(whole, size, least_covering(size, along_edges(size, room), busy, room))

    def _take(self, lines: Sequence[str], size: QSize, corner: QPoint) -> None:
        self.lines = tuple(lines)
        self.setGeometry(QRect(corner, size))
        self.update()

    @staticmethod
    def _size(lines: Sequence[str], room: QRect) -> QSize:
        widest = max(_metrics(n).horizontalAdvance(x) for n, x in enumerate(lines))
        width = min(round(widest) + TEXT_X + PAD + 2, room.width())
        return QSize(width, round(LINE) * len(lines) + 2 * _above(lines))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        look = self.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_plate(painter, box, look["panel"], look["ring"], 6)
        top = _above(self.lines)
        paint_glyph(painter, "eye", look["ring"], QRectF(PAD, top + 2, GLYPH, GLYPH))
        room = self.width() - TEXT_X - PAD + 2
        lines = []
        for number, words in enumerate(self.lines):
            short = _metrics(number).elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            colour = look["text2" if words == NOTHING_DONE else "text"]
            lines.append((short, _style(number), colour))
        paint_lines(painter, lines, TEXT_X, top)
        painter.end()


def _above(lines: Sequence[str]) -> int:
    """Return the room above the first line, and below the last."""
    return 6 if len(lines) > 1 else 2


def _style(line: int) -> str:
    return "node_title" if line == 0 else "dense"


def _metrics(line: int) -> QFontMetricsF:
    return QFontMetricsF(text_font(_style(line)))
