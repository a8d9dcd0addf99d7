"""The steps of the history: one row for each state, the first one on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from graph_editor.document.document import Document

STATE = int(Qt.ItemDataRole.UserRole)
START = "Start"
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class State:
    """The drawing after one step."""

    title: str
    is_present: bool
    is_undone: bool
    is_saved: bool

    @property
    def words(self) -> str:
        """The state as it is read aloud."""
        told = ((self.is_present, "present"), (self.is_undone, "undone"), (self.is_saved, "saved"))
        return ", ".join([self.title, *(word for holds, word in told if holds)])


class HistoryModel(QAbstractListModel):
    """Reads the document; a row is made when it is painted, however many there are."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rows = 0
        self._present = 0
        self._saved: int | None = None

    def follow(self, has_file: bool) -> None:
        """Show the history as it is now; what is in no file was saved nowhere."""
        document = self._document
        rows = document.length + 1
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()
        self._present = document.position
        self._saved = document.saved_position if has_file else None
        self.dataChanged.emit(self.index(0), self.index(rows - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._rows

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() > self._document.length:
            return None
        state = self._state(index.row())
        if role == STATE:
            return state
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return state.words
        return state.title if role == Qt.ItemDataRole.DisplayRole else None

    def _state(self, row: int) -> State:
        title = self._document.step_title(row) if row else START
        return State(title, row == self._present, row > self._present, row == self._saved)
