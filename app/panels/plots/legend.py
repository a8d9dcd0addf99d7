"""Short lines with names: which curve is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from graph_editor.canvas.theme import Theme, text_font

STROKE, GAP, APART = 14, 6, 14


@dataclass(frozen=True, slots=True)
class Entry:
    """One name and how its curve looks."""

    name: str
    colour: QColor
    dashed: bool = False


class Legend(QWidget):
    """A row of entries; what finds no room is left out, the last ones first."""

    def __init__(self, look: Theme, centred: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._centred = look, centred
        self.entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[Entry], look: Theme) -> None:
        """Show other entries."""
        self.entries, self._look = tuple(entries), look
        self.setAccessibleName("Curves: " + ", ".join(entry.name for entry in entries))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(map(self._width, self.entries)), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font("caption"))
        shown: list[Entry] = []
        for entry in self.entries:
            if sum(map(self._width, [*shown, entry])) - APART > self.width():
                break
            shown.append(entry)
        total = sum(map(self._width, shown)) - APART
        x = (self.width() - total) // 2 if self._centred else self.width() - total
        middle = self.height() / 2
        for entry in shown:
            pen = QPen(entry.colour, 2)
            if entry.dashed:
                pen.setDashPattern([2, 1.5])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + STROKE, middle))
            painter.setPen(self._look["text2"])
            rest = self._width(entry)
            painter.drawText(
                x + STROKE + GAP, 0, rest, self.height(), Qt.AlignmentFlag.AlignVCenter, entry.name
            )
            x += rest
        painter.end()

    def _width(self, entry: Entry) -> int:
        metrics = QFontMetrics(text_font("caption"))
        return STROKE + GAP + metrics.horizontalAdvance(entry.name) + APART
