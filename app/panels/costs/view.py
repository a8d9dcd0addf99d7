"""The table of the summary: sorted by its heads, walked and copied by keys."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.panels.costs.model import COLUMNS, SummaryModel
from graph_editor.canvas.theme import measure

WIDEST, LEAST = 260, 96
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
        self._fitting, self._by_hand = True, False
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
        head.sectionResized.connect(self._widened)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self._fitting = False

    def fit_columns(self) -> None:
        """Make every column as wide as what is in it, those of words less where room is short.

        Columns that somebody has widened stay.
        """
        if self._by_hand or not self.summary.rows:
            return
        self._fitting = True
        wide = [self._natural(column) for column in range(len(COLUMNS))]
        words = [at for at, column in enumerate(COLUMNS) if not column.is_number]
        excess = sum(wide) - self.viewport().width()
        spare = sum(max(0, wide[at] - LEAST) for at in words)
        for at in words:
            if excess > 0 and spare:
                share = min(1.0, excess / spare)
                wide[at] -= math.ceil(max(0, wide[at] - LEAST) * share)
        for column, width in enumerate(wide):
            self.setColumnWidth(column, width)
        self._fitting = False

    def _natural(self, column: int) -> int:
        head = self.horizontalHeader().sectionSizeHint(column)
        return min(WIDEST, max(head, self.sizeHintForColumn(column) + 8))

    def _widened(self, *_: int) -> None:
        self._by_hand = self._by_hand or not self._fitting

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

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
