"""The table of runs: sorted, filtered, and with a bar in the row of a run that goes on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.panels.running.runs_filter import matches
from app.panels.running.runs_model import COLUMNS, RUN, SORT, RunsModel
from app.session.run_tracked import TrackedRun
from app.session.run_words import state_words
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, measure, text_font

Index = QModelIndex | QPersistentModelIndex
STATE = 1
WIDTHS = (150, 92, 70, 72, 70, 110, 78)
GIVES_WAY = (6, 5, 4, 3, 2)
"""Columns that are left out where there is no room, the first of these first."""
GLYPHS = {
    "finished": ("check", "ok"),
    "stopped": ("stop", "text3"),
    "paused": ("pause", "warn"),
    "failed": ("error", "error"),
    "died": ("error", "error"),
    "unreadable": ("warning", "warn"),
}


class Filtered(QSortFilterProxyModel):
    """The runs that fit the text above the list."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.setSortRole(SORT)
        self.setDynamicSortFilter(True)

    def set_text(self, text: str) -> None:
        """Show only what fits a text."""
        self.text = text
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        del source_parent
        model = self.sourceModel()
        return not isinstance(model, RunsModel) or matches(model.runs[source_row], self.text)


class StateDelegate(QStyledItemDelegate):
    """A glyph and a word, or a bar of progress."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        run: TrackedRun = index.data(RUN)
        box: QRectF = QRectF(option.rect).adjusted(8, 0, -6, 0)
        self._paint_ground(painter, option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if run.status.state in ("running", "starting", "stopping"):
            self._paint_bar(painter, box, run.progress)
        else:
            glyph, colour = GLYPHS.get(run.status.state, ("info", "info"))
            place = QRectF(box.left(), box.center().y() - 7, 14, 14)
            paint_glyph(painter, glyph, self.look[colour], place)
            painter.setFont(text_font("dense"))
            painter.setPen(self.look["text2"])
            rest = box.adjusted(20, 0, 0, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(rest, flags, state_words(run.status))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(WIDTHS[STATE], round(measure("height", "row")))

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        widget = option.widget
        empty = QStyleOptionViewItem(option)
        empty.text = ""
        style = widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, empty, painter, widget)

    def _paint_bar(self, painter: QPainter, box: QRectF, share: float) -> None:
        bar = QRectF(box.left(), box.center().y() - 2, min(box.width(), 60), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look["line2"])
        painter.drawRoundedRect(bar, 2, 2)
        bar.setWidth(max(4.0, bar.width() * share))
        painter.setBrush(self.look["ring"])
        painter.drawRoundedRect(bar, 2, 2)


class RunsView(QTableView):
    """The table; Enter shows a run, Space draws its curves or not, the menu key offers the rest."""

    opened = Signal(object)
    """A TrackedRun that was activated."""
    chosen = Signal(object)
    """The TrackedRun of the present row, or None."""
    menu_wanted = Signal(object)
    """Where on the screen the menu of the present row is to open."""

    def __init__(self, model: RunsModel, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Filtered(self)
        self.rows.setSourceModel(model)
        self.setModel(self.rows)
        self.setAccessibleName("Runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.setWordWrap(False)
        self.setIconSize(QSize(10, 10))
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sortByColumn(5, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(round(measure("height", "row")))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self._state = StateDelegate(look, self)
        self.setItemDelegateForColumn(STATE, self._state)
        self.activated.connect(self._activated)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit(self.run()))

    def set_theme(self, look: Theme) -> None:
        """Paint in a theme."""
        self._state.look = look
        self.viewport().update()

    def run(self) -> TrackedRun | None:
        """Return the run of the present row."""
        index = self.currentIndex()
        found: TrackedRun | None = index.data(RUN) if index.isValid() else None
        return found

    def select_run(self, run: TrackedRun | None) -> None:
        """Make a run's row the present one, if it is listed."""
        for row in range(self.rows.rowCount()):
            if self.rows.index(row, 0).data(RUN) is run:
                self.setCurrentIndex(self.rows.index(row, 0))
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            first = index.siblingAtColumn(0)
            checked = Qt.CheckState(first.data(Qt.ItemDataRole.CheckStateRole))
            other = (
                Qt.CheckState.Unchecked
                if checked == Qt.CheckState.Checked
                else Qt.CheckState.Checked
            )
            self.rows.setData(first, other, Qt.ItemDataRole.CheckStateRole)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._activated(index)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        if self.run() is not None:
            self.menu_wanted.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width()
        hidden: set[int] = set()
        for column in GIVES_WAY:
            shown = [w for k, w in enumerate(WIDTHS) if k not in hidden]
            if sum(shown) - WIDTHS[0] + 110 <= room:
                break
            hidden.add(column)
        for column in range(len(COLUMNS)):
            if self.isColumnHidden(column) != (column in hidden):
                self.setColumnHidden(column, column in hidden)

    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(RUN))
