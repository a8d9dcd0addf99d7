"""The lines of the log: the newest last, the oldest given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

MOST = 5000
"""How many lines are kept."""
DROP = 500
"""How many go at once where there are too many."""
LINE = int(Qt.ItemDataRole.UserRole)
LEVELS = {"info": "info", "ok": "check", "warning": "warning", "error": "error"}
"""Levels and their glyphs."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    time: str
    level: str
    sentence: str
    count: int = 1
    """How often in a row."""

    @property
    def text(self) -> str:
        """The line as it is copied and read aloud."""
        often = f" (×{self.count})" if self.count > 1 else ""
        grave = f" {self.level}:" if self.level in ("warning", "error") else ""
        return f"{self.time}{grave} {self.sentence}{often}"


class LogModel(QAbstractListModel):
    """Holds lines; what is said twice in a row is counted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, the oldest first."""
        return tuple(self._lines)

    def add(self, line: Line) -> None:
        """Add a line at the end."""
        last = self._lines[-1] if self._lines else None
        at = len(self._lines)
        if last and (last.level, last.sentence) == (line.level, line.sentence):
            self._lines[-1] = replace(line, count=last.count + 1)
            self.dataChanged.emit(self.index(at - 1), self.index(at - 1))
            return
        if at >= MOST:
            self.beginRemoveRows(QModelIndex(), 0, DROP - 1)
            del self._lines[:DROP]
            self.endRemoveRows()
            at -= DROP
        self.beginInsertRows(QModelIndex(), at, at)
        self._lines.append(line)
        self.endInsertRows()

    def clear(self) -> None:
        """Give up all lines."""
        self.beginResetModel()
        self._lines.clear()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == LINE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.text
        return line.sentence if role == Qt.ItemDataRole.ToolTipRole else None


def as_text(lines: Iterable[Line]) -> str:
    """Return lines as the clipboard takes them."""
    return "\n".join(line.text for line in lines)
