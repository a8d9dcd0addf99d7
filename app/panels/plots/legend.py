"""Short lines with names: which curve is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from graph_editor.canvas.theme import Theme, text_font

HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Spacing:
    """How much of a row goes to what is not a name."""

    stroke: int
    gap: int
    """Between a stroke and its name."""
    apart: int
    """Between two entries."""


ROOMY, TIGHT = Spacing(14, 6, 14), Spacing(10, 4, 8)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name and how its curve looks."""

    name: str
    colour: QColor
    dashed: bool = False


class Legend(QWidget):
    """A row of entries, closer together where room is scarce.

    The last ones that find no room even so are counted at the end, as ``+2``, and named by a tip.
    """

    def __init__(
        self,
        look: Theme,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self.align = look, align
        self.entries: tuple[Entry, ...] = ()
        self._spacing, self._count = ROOMY, 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def shown(self) -> tuple[Entry, ...]:
        """The entries that find room."""
        return self.entries[: self._count]

    def set_entries(self, entries: Sequence[Entry], look: Theme) -> None:
        """Show other entries."""
        self.entries, self._look = tuple(entries), look
        self.setAccessibleName("Curves: " + ", ".join(entry.name for entry in entries))
        self._settle()
        self.updateGeometry()
        self.update()

    def least_width(self) -> int:
        """Return the room that all entries take at least."""
        return self._row(len(self.entries), TIGHT)

    def sizeHint(self) -> QSize:
        return QSize(self._row(len(self.entries), ROOMY), HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font("caption"))
        space, x = self._spacing, self._start()
        for entry in self.shown:
            pen = QPen(entry.colour, 2)
            if entry.dashed:
                pen.setDashPattern([2, 1.5])
            painter.setPen(pen)
            middle = self.height() / 2
            painter.drawLine(QPointF(x, middle), QPointF(x + space.stroke, middle))
            self._write(painter, x + space.stroke + space.gap, entry.name)
            x += space.stroke + space.gap + _wide(entry.name) + space.apart
        if self._count < len(self.entries):
            self._write(painter, x, self._rest(self._count))
        painter.end()

    def _settle(self) -> None:
        """Find out how many entries have room, and how far apart."""
        every, room = len(self.entries), self.width()
        self._spacing = ROOMY if self._row(every, ROOMY) <= room else TIGHT
        fitting = (n for n in range(every, 0, -1) if self._row(n, self._spacing) <= room)
        self._count = next(fitting, 0)
        self.setToolTip(", ".join(entry.name for entry in self.entries[self._count :]))

    def _row(self, count: int, space: Spacing) -> int:
        """Return how wide so many entries are, with the number of those that are left out."""
        names = [entry.name for entry in self.entries[:count]]
        parts = [space.stroke + space.gap + _wide(name) for name in names]
        if count < len(self.entries):
            parts.append(_wide(self._rest(count)))
        return sum(parts) + space.apart * max(len(parts) - 1, 0)

    def _rest(self, count: int) -> str:
        return f"+{len(self.entries) - count}"

    def _start(self) -> int:
        free = self.width() - self._row(self._count, self._spacing)
        if self.align is Qt.AlignmentFlag.AlignLeft:
            return 0
        return free // 2 if self.align is Qt.AlignmentFlag.AlignHCenter else free

    def _write(self, painter: QPainter, x: int, words: str) -> None:
        painter.setPen(self._look["text2"])
        flag = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(x, 0, self.width(), self.height(), flag, words)


def _wide(words: str) -> int:
    return QFontMetrics(text_font("caption")).horizontalAdvance(words)
