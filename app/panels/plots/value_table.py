"""The values of all runs where the cross-hair is, in a small table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.theme import Theme, measure, text_font

ROW, PADDING, SWATCH, COLUMN_GAP = 18, 8, 8, 14


@dataclass(frozen=True, slots=True)
class Row:
    """A run's name and its values, in the order of the head's columns."""

    name: str
    colour: QColor
    values: tuple[str, ...]


class ValueTable(QWidget):
    """Painted over the plots; the mouse goes through it."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._board = parent
        self.look = look
        self.head: tuple[str, ...] = ()
        self.rows: tuple[Row, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_values(self, head: Sequence[str], rows: Sequence[Row], beside: QPoint) -> None:
        """Show a table beside a point of the parent; the head's first column is the place."""
        self.head, self.rows = tuple(head), tuple(rows)
        spoken = [f"{row.name}: {', '.join(row.values)}" for row in rows]
        self.setAccessibleName(f"{head[0]}; " + "; ".join(spoken) if head else "")
        room = self._board.size()
        size = self.sizeHint().boundedTo(room - QSize(8, 8))
        x = beside.x() + 10
        if x + size.width() > room.width() - 4:
            x = beside.x() - 10 - size.width()
        y = min(beside.y(), room.height() - size.height() - 4)
        self.setGeometry(max(4, x), max(4, y), size.width(), size.height())
        self.setVisible(bool(rows))
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        width = sum(self._widths()) + COLUMN_GAP * (len(self.head) - 1) + 2 * PADDING
        return QSize(width, ROW * (len(self.rows) + 1) + 2 * PADDING - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.look["line2"])
        painter.setBrush(self.look["raised"])
        radius = measure("radius", "node")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        widths = self._widths()
        widths[0] -= self.sizeHint().width() - self.width()  # names give way where there is no room
        top = PADDING - 2
        self._draw_row(painter, top, self.head, widths, QColor(), head=True)
        for row in self.rows:
            top += ROW
            self._draw_row(painter, top, (row.name, *row.values), widths, row.colour)
        painter.end()

    def _draw_row(
        self,
        painter: QPainter,
        top: int,
        texts: Sequence[str],
        widths: Sequence[int],
        colour: QColor,
        head: bool = False,
    ) -> None:
        x = PADDING
        for k, (text, width) in enumerate(zip(texts, widths, strict=True)):
            indent = 0
            if k == 0 and not head:
                painter.fillRect(QRectF(x, top + (ROW - SWATCH) / 2, SWATCH, SWATCH), colour)
                indent = SWATCH + 6
            painter.setFont(text_font("parameter" if k and not head else "caption"))
            painter.setPen(self.look["text" if k and not head else "text2"])
            side = Qt.AlignmentFlag.AlignRight if k else Qt.AlignmentFlag.AlignLeft
            flags = Qt.AlignmentFlag.AlignVCenter | side
            end = Qt.TextElideMode.ElideRight
            shown = painter.fontMetrics().elidedText(text, end, width - indent) if k == 0 else text
            painter.drawText(x + indent, top, width - indent, ROW, flags, shown)
            x += width + COLUMN_GAP

    def _widths(self) -> list[int]:
        caption, mono = QFontMetrics(text_font("caption")), QFontMetrics(text_font("parameter"))
        found = [caption.horizontalAdvance(text) for text in self.head]
        for row in self.rows:
            found[0] = max(found[0], SWATCH + 6 + caption.horizontalAdvance(row.name))
            for k, value in enumerate(row.values, start=1):
                found[k] = max(found[k], mono.horizontalAdvance(value))
        return [width + 2 for width in found]
