"""The table of the summary: sorted by its heads, walked and copied by keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.panels.costs.model import COLUMNS, SummaryModel
from graph_editor.canvas.theme import measure

WIDEST = 260
"""Pixels of a column of words that nobody has widened."""
NARROW = 40


class SummaryView(QTableView):
    """A click on a head sorts, a third one brings back the order of execution."""

    chosen = Signal(str)
    """The address of a node whose row was clicked, or on which Enter was pressed."""
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = SummaryModel(self)
        self.setModel(self.summary)
        self.setAccessibleName("Summary")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(measure("height", "row")))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setMinimumSectionSize(NARROW)
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.sortIndicatorChanged.connect(self._sort)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self._fitted = False

    def fit_columns(self) -> None:
        """Make every column as wide as what is in it, once: later the user has widened some."""
        if self._fitted or not self.summary.rows:
            return
        self._fitted = True
        for column in range(len(COLUMNS)):
            self.resizeColumnToContents(column)
            wide = self.columnWidth(column) + 12
            words = not COLUMNS[column].is_number
            self.setColumnWidth(column, min(wide, WIDEST) if words else wide)

    def picked(self) -> tuple[int, ...]:
        """Return the rows that are selected, from the top, without the totals."""
        rows = {index.row() for index in self.selectionModel().selectedRows()}
        return tuple(sorted(row for row in rows if row < len(self.summary.rows)))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.summary.sort(column, order)

    def _choose(self, index: QModelIndex) -> None:
        row = self.summary.row(index)
        if row is not None:
            self.chosen.emit(row.address)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
            event.accept()
        else:
            super().keyPressEvent(event)
