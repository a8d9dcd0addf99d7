"""The summary as rows of a table: what each cell says, what it is sorted by, and the totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from graph_editor.canvas.telling import ROUNDS
from graph_editor.canvas.theme import code_font, text_font
from graph_editor.checking.summary import SummaryRow, Totals
from graph_editor.checking.training_memory import in_units, range_in_units

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Order = Qt.SortOrder
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what a cell says, what it is sorted by, and what the total says."""

    title: str
    text: Callable[[SummaryRow], str]
    key: Callable[[SummaryRow], object]
    total: Callable[[Totals], str]
    doc: str
    is_number: bool = True


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _bytes(size: int) -> str:
    return in_units(size) if size else ""


SHAPE = f"Its shape. {ROUNDS}"
COLUMNS = (
    Column(
        "Node",
        lambda r: r.name,
        lambda r: r.name.lower(),
        lambda t: t.title.capitalize(),
        "",
        False,
    ),
    Column("What", lambda r: r.spec, lambda r: r.spec.lower(), lambda _: "", "", False),
    Column("Output", lambda r: r.output, lambda r: r.output, lambda t: t.note, SHAPE, False),
    Column(
        "Parameters",
        lambda r: _count(r.parameters),
        lambda r: r.parameters,
        lambda t: _count(t.parameters),
        "Learnable numbers",
    ),
    Column(
        "FLOPs/sample",
        lambda r: _count(r.flops),
        lambda r: r.flops,
        lambda t: _count(t.flops),
        "Floating point operations of a forward pass, those of a batch by its size; a multiply-add "
        "counts as two. Of the whole pass where nothing has a batch",
    ),
    Column(
        "Activations/batch",
        lambda r: _bytes(r.activations),
        lambda r: r.activations,
        lambda t: _bytes(t.activations),
        "What is kept for the backward pass, for one batch",
    ),
    Column(
        "To train",
        lambda r: range_in_units(r.memory) if r.memory.high else "",
        lambda r: r.memory.high,
        lambda t: range_in_units(t.memory) if t.memory.high else "",
        "Memory for weights, gradients, the optimizer's numbers and activations",
    ),
)


class SummaryModel(QAbstractTableModel):
    """Rows in the order of execution, or sorted by a column; the totals are always last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[SummaryRow, ...] = ()
        self.total: Totals | None = None
        self._found: tuple[SummaryRow, ...] = ()
        self._by: tuple[int, Order] = (-1, Order.AscendingOrder)

    def show_rows(self, rows: Sequence[SummaryRow], total: Totals) -> None:
        """Show other rows, sorted as those before."""
        self.beginResetModel()
        self._found, self.total = tuple(rows), total
        self._sort()
        self.endResetModel()

    @property
    def is_sorted(self) -> bool:
        """Whether the rows are in another order than that of execution."""
        return self._by[0] >= 0

    def sort(self, column: int, order: Order = Order.AscendingOrder) -> None:
        """Sort by a column; -1 is the order of execution."""
        self.layoutAboutToBeChanged.emit()
        self._by = (column, order)
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        column, order = self._by
        if column < 0:
            self.rows = self._found
            return
        key: Callable[[SummaryRow], object] = COLUMNS[column].key
        reverse = order is Order.DescendingOrder
        self.rows = tuple(sorted(self._found, key=key, reverse=reverse))  # type: ignore[arg-type]  # alike within a column

    def row(self, index: Index) -> SummaryRow | None:
        """Return the row at an index; None for the totals."""
        known = index.isValid() and index.row() < len(self.rows)
        return self.rows[index.row()] if known else None

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        inner = parent is not None and parent.isValid()
        return 0 if inner else len(self.rows) + (self.total is not None)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        column, row = COLUMNS[index.column()], self.row(index)
        if role in (Role.DisplayRole, Role.ToolTipRole):
            if row is None:
                return column.total(self.total) if self.total is not None else ""
            indent = INDENT * row.depth if index.column() == 0 and not self.is_sorted else ""
            return (indent if role == Role.DisplayRole else "") + column.text(row)
        if role == Role.FontRole:
            return _font(index.column(), row is None)
        if role == Role.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.ToolTipRole:
            return column.doc or None
        if role == Role.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        return None


def _font(column: int, is_total: bool) -> QFont:
    font = QFont(text_font("dense") if column == 0 else code_font(12))
    if is_total:
        font.setWeight(QFont.Weight.DemiBold)
    return font
