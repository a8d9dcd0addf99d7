"""The runs as rows of a table: what each cell says, and what it is sorted by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from app.session.run_desk import RunDesk
from app.session.run_tracked import TrackedRun
from app.session.run_words import NONE, moment_words, number_words, state_words, value_words
from graph_editor.canvas.theme import Theme, text_font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SORT = Role.UserRole
RUN = Role.UserRole + 1
SWATCH = 10


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what a cell says, and what it is sorted by."""

    title: str
    text: Callable[[TrackedRun], str]
    key: Callable[[TrackedRun], object]
    doc: str
    is_number: bool = True


def _epochs(run: TrackedRun) -> str:
    status = run.status
    return f"{status.epoch}/{status.epochs}" if status.epochs else NONE


def _low(run: TrackedRun) -> float:
    value = run.value("val_loss")
    return value if math.isfinite(value) else math.inf


def _high(run: TrackedRun) -> float:
    value = run.value("val_accuracy")
    return value if math.isfinite(value) else -math.inf


COLUMNS = (
    Column("Run", lambda r: r.name, lambda r: r.name.lower(), "Check it to draw its curves", False),
    Column("State", lambda r: state_words(r.status), lambda r: r.status.state, "", False),
    Column(
        "Val acc",
        lambda r: value_words("accuracy", r.value("val_accuracy")).removesuffix(" %"),
        _high,
        "Validation accuracy of the last epoch, in percent",
    ),
    Column(
        "Val loss",
        lambda r: number_words(r.value("val_loss")),
        _low,
        "Validation loss of the last epoch",
    ),
    Column("Epochs", _epochs, lambda r: r.status.epoch, "Complete epochs, and all"),
    Column(
        "When",
        lambda r: moment_words(r.created, seconds=True),
        lambda r: r.created,
        "When it was started",
    ),
    Column(
        "Params",
        lambda r: f"{r.parameters:,}" if r.parameters else NONE,
        lambda r: r.parameters,
        "Learnable elements of the model",
    ),
)


class RunsModel(QAbstractTableModel):
    """A row for each run of the desk; the first column's check draws its curves."""

    def __init__(self, desk: RunDesk, look: Theme, parent: Any = None) -> None:
        super().__init__(parent)
        self._desk, self._look = desk, look
        self._swatches: dict[int, QIcon] = {}
        self.runs: list[TrackedRun] = list(desk.runs)

    def set_theme(self, look: Theme) -> None:
        """Take the run colours of a theme."""
        self._look = look
        self._swatches.clear()
        self._all_changed()

    def reload(self) -> None:
        """Take the desk's runs; what stays the same keeps its row."""
        runs = list(self._desk.runs)
        if runs == self.runs:
            self._all_changed()
            return
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def run_changed(self, run: TrackedRun) -> None:
        """Show a run's row anew."""
        if run in self.runs:
            row = self.runs.index(run)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.ToolTipRole:
            return column.doc or None
        if role == Role.TextAlignmentRole:
            return _side(column)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        run, column = self.runs[index.row()], COLUMNS[index.column()]
        if role == RUN:
            return run
        if role == SORT:
            return column.key(run)
        if role == Role.DisplayRole:
            return column.text(run)
        if role == Role.TextAlignmentRole:
            return _side(column)
        if role == Role.FontRole and column.is_number:
            return text_font("parameter")
        if role == Role.ToolTipRole:
            return run.status.reason or run.problem or run.label
        return self._first(run, role) if index.column() == 0 else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.CheckStateRole or index.column() != 0:
            return False
        self._desk.show(self.runs[index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        self.run_changed(self.runs[index.row()])
        return True

    def _first(self, run: TrackedRun, role: int) -> Any:
        if role == Role.CheckStateRole:
            shown = self._desk.is_shown(run)
            return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
        if role == Role.DecorationRole:
            return self._swatch(run.colour)
        if role == Role.AccessibleTextRole:
            drawn = "drawn" if self._desk.is_shown(run) else "not drawn"
            return f"{run.label}, {drawn}"
        return None

    def _swatch(self, colour: int) -> QIcon:
        if colour not in self._swatches:
            made = QPixmap(SWATCH * 2, SWATCH * 2)
            made.setDevicePixelRatio(2)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.runs[colour % len(self._look.runs)])
            painter.drawRoundedRect(0, 0, SWATCH, SWATCH, 2, 2)
            painter.end()
            icon = QIcon(made)
            icon.addPixmap(made, QIcon.Mode.Selected)  # else Qt tints it
            self._swatches[colour] = icon
        return self._swatches[colour]

    def _all_changed(self) -> None:
        if self.runs:
            last = self.index(len(self.runs) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def titles() -> Sequence[str]:
    """Return the titles of the columns."""
    return [column.title for column in COLUMNS]


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
