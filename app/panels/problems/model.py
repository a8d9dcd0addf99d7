"""The list of problems as a Qt model: rows, with torch's own words folded beneath them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.panels.problems.rows import Row

ROW = int(Qt.ItemDataRole.UserRole)
"""The Row itself."""
DETAIL = ROW + 1
"""Text beneath a row."""
Index = QModelIndex | QPersistentModelIndex
GRADES = {"error": "Error", "warning": "Warning", "info": "Information", "waiting": "Waiting"}


class ProblemModel(QAbstractItemModel):
    """Rows on the first level, their details on the second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, the gravest first."""
        return self._rows

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows; those with the same keys stay the same rows."""
        if rows == self._rows:
            return
        same = [_shape(r) for r in rows] == [_shape(r) for r in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))

    def row(self, index: Index) -> Row | None:
        """Return the row of an index, or the row that a detail lies beneath."""
        if not index.isValid():
            return None
        at = index.internalId()
        return self._rows[index.row() if at == 0 else at - 1]

    def index_of(self, key: tuple[str, ...]) -> QModelIndex:
        """Return the index of the row with a key; an invalid one where there is none."""
        keys = [row.key for row in self._rows]
        return self.index(keys.index(key), 0) if key in keys else QModelIndex()

    # Qt's side

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        if parent is None or not parent.isValid():
            inside = 0 <= row < len(self._rows) and column == 0
            return self.createIndex(row, column, 0) if inside else QModelIndex()
        return self.createIndex(row, column, parent.row() + 1)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject's is another
        at = index.internalId() if index.isValid() else 0
        return self.createIndex(at - 1, 0, 0) if at else QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self._rows)
        return 0 if parent.internalId() else len(self._rows[parent.row()].details)

    def columnCount(self, parent: Index | None = None) -> int:
        del parent
        return 1

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.row(index)
        if row is None:
            return None
        if index.internalId():
            text = row.details[index.row()]
            plain = (DETAIL, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return text if role in plain else None
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return said(row)
        return None


def said(row: Row) -> str:
    """Return a row as it is read aloud and copied."""
    words = f"{GRADES[row.severity]}: {row.label}"
    words += f" {row.sentence}" if row.problem is None else f": {row.sentence}"
    return f"{words} Fix: {row.fixes[0].title}." if row.fixes else words


def _shape(row: Row) -> tuple[object, ...]:
    return (*row.key, len(row.details))
