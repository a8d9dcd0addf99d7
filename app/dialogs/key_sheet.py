"""The body of the shortcuts sheet: groups of lines in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.dialogs.dialog import Scroll, label
from app.dialogs.key_rows import GestureRow, KeyRow

Line = KeyRow | GestureRow
COLUMN, HEAD = 272, 40
"""The least width of a column, and the height of a group's title with the space above it."""


class Group(QWidget):
    """A title and its lines."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.lines: list[Line] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 16)
        self.column.setSpacing(0)
        heading = label(title, "section")
        heading.setContentsMargins(8, 0, 8, 4)
        self.column.addWidget(heading)

    def add(self, line: Line) -> None:
        """Add a line at the end."""
        self.lines.append(line)
        self.column.addWidget(line)

    def weight(self) -> int:
        """Return about how high it is."""
        shown = [line for line in self.lines if not line.isHidden()]
        return HEAD + sum(26 if isinstance(line, KeyRow) else 42 for line in shown)


class KeySheet(Scroll):
    """Sets groups side by side; each stays whole, in the order in which they were given."""

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(12, parent)
        self.groups = groups
        self._columns: list[QVBoxLayout] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self.column.addLayout(self._row)
        self.column.addStretch(1)
        for group in groups:
            group.setParent(self.content)

    def show_where(self, fits: Callable[[Line], bool]) -> int:
        """Show the lines for which a question is answered with yes; return how many."""
        count = 0
        for group in self.groups:
            for line in group.lines:
                line.setHidden(not fits(line))
            shown = sum(not line.isHidden() for line in group.lines)
            group.setHidden(not shown)
            count += shown
        self._set_out()
        return count

    def key_rows(self) -> list[KeyRow]:
        """Return the lines with keys that are shown, as they are read."""
        shown = [group for group in self.groups if not group.isHidden()]
        lines = [line for group in shown for line in group.lines if not line.isHidden()]
        return [line for line in lines if isinstance(line, KeyRow)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._count() != len(self._columns):
            self._set_out()

    def _count(self) -> int:
        return max(1, min(4, (self.viewport().width() - 24) // COLUMN))

    def _set_out(self) -> None:
        """Put the groups into columns of about one height."""
        for column in self._columns:
            while column.count():
                column.takeAt(0)
            self._row.removeItem(column)
            column.deleteLater()
        self._columns = [QVBoxLayout() for _ in range(self._count())]
        for column in self._columns:
            column.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._row.addLayout(column, 1)
        shown = [group for group in self.groups if not group.isHidden()]
        for group, at in zip(
            shown, columns_of([g.weight() for g in shown], self._count()), strict=True
        ):
            self._columns[at].addWidget(group)


def columns_of(heights: Sequence[int], count: int) -> list[int]:
    """Return the column of each group, in order, so that the highest column is as low as can be."""
    low, high = max(heights, default=0), sum(heights)
    while low < high:
        middle = (low + high) // 2
        if _filled(heights, middle)[-1:] < [count]:
            high = middle
        else:
            low = middle + 1
    return _filled(heights, low)


def _filled(heights: Sequence[int], most: int) -> list[int]:
    """Return the columns where none is higher than ``most``, as many as that takes."""
    found: list[int] = []
    column = used = 0
    for height in heights:
        if used and used + height > most:
            column, used = column + 1, 0
        used += height
        found.append(column)
    return found
