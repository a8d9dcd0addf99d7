"""The plots of the run panel side by side: loss, one metric, the learning rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.plots.board_curves import (
    colours_of,
    entries,
    loss_curves,
    metric_curves,
    metrics_of,
    rate_curves,
    run_colour,
)
from app.panels.plots.legend import Entry, Legend
from app.panels.plots.options import Options
from app.panels.plots.plot import LEFT, Plot
from app.panels.plots.readout import place_words, readout
from app.panels.plots.run_data import RunData
from app.panels.plots.value_table import Row, ValueTable
from app.session.run_numbers import RunNumbers
from app.session.run_tracked import TrackedRun
from app.session.run_words import is_share
from graph_editor.canvas.theme import Theme

INTERVAL = 33
"""Milliseconds between two updates: at most 30 a second."""
FIRST_SHARE = -4
"""Of a plan at first a sixteenth is shown, as a power of 2."""
RIGHT, APART = 8, 6
"""Room to the right of a legend, and between a title and its legend."""
STACKED, WITH_RATE = 420, 760
"""Widths up to which plots lie below each other, and from which the rate has a plot."""


class PlotColumn(QWidget):
    """A plot with its title and legend: beside the title, or below it where that is too narrow."""

    resized = Signal()

    def __init__(self, name: str, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(name, self)
        self.title.setProperty("role", "section")
        self.choice = QToolButton(self)
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choice.setAccessibleName("Metric")
        self.choice.hide()
        self.legend = Legend(look, parent=self)
        self.plot = Plot(name.lower(), self)
        titles = QHBoxLayout()
        titles.addWidget(self.title)
        titles.addWidget(self.choice)
        titles.addStretch(1)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setContentsMargins(LEFT, 0, RIGHT, 0)
        self._head.setSpacing(APART)
        self._head.addLayout(titles)
        self._head.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.plot, 1)

    def is_narrow(self) -> bool:
        """Whether title and legend do not fit beside each other."""
        if self.isHidden() or self.legend.isHidden() or not self.legend.entries:
            return False
        title = self.title if self.choice.isHidden() else self.choice
        wanted = title.sizeHint().width() + APART + self.legend.least_width()
        return self.width() - LEFT - RIGHT < wanted

    def put_legend(self, below: bool) -> None:
        """Put the legend below the title, or beside it."""
        way = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if self._head.direction() == way:
            return
        self._head.setDirection(way)
        self._head.setSpacing(0 if below else APART)
        side = Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag.AlignRight
        self.legend.align = side
        self.legend.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class PlotBoard(QWidget):
    """Draws runs over each other; is told what is new, and draws it while it can be seen."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._runs: list[RunData] = []
        self._known: dict[Path, RunData] = {}
        self._metric = ""
        self.options = Options()
        self.loss_column = PlotColumn("Loss", look, self)
        self.metric_column = PlotColumn("Accuracy", look, self)
        self.rate_column = PlotColumn("Learning rate", look, self)
        self.columns = (self.loss_column, self.metric_column, self.rate_column)
        self.names = Legend(look, Qt.AlignmentFlag.AlignHCenter, self)
        self.table = ValueTable(look, self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        for column, stretch in zip(self.columns, (5, 4, 3), strict=True):
            self._row.addWidget(column, stretch)
            column.plot.pointed.connect(partial(self._point, column))
            column.resized.connect(self._put_legends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(self._row, 1)
        whole.addWidget(self.names)
        self._soon = QTimer(self, singleShot=True, interval=INTERVAL)
        self._soon.timeout.connect(self.refresh)
        self.updates = 0
        self._make_curves()

    # What is drawn

    def set_runs(self, runs: Sequence[TrackedRun]) -> None:
        """Draw these runs, the present one first."""
        self._runs = [self._data(run) for run in runs]
        self._make_curves()

    def set_options(self, options: Options) -> None:
        """Draw in another way."""
        before, self.options = self.options, options
        if replace(before, smoothing=options.smoothing) != options:
            for column in self.columns:
                column.plot.is_fitted = True
        self._make_curves()

    def set_theme(self, look: Theme) -> None:
        """Take the colours of a theme."""
        self._look = self.table.look = look
        self._make_curves()

    def add(self, run: TrackedRun, numbers: RunNumbers) -> None:
        """Take what has been added to a run."""
        data = self._known.get(run.folder)
        if data is None:
            return
        before = set(data.epochs)
        data.add(numbers)
        if data not in self._runs:
            return
        if set(data.epochs) != before:
            self._make_curves()
        elif not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Draw what is new, where it can be seen."""
        if not self.isVisible():
            return
        self.updates += 1
        reach = max((self._reach(data.run) for data in self._runs), default=0.0)
        for column in self.columns:
            if column.isVisible():
                column.plot.reach = reach
                column.plot.refresh()

    def fit(self) -> None:
        """Show all that there is in every plot."""
        for column in self.columns:
            column.plot.fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # a QShowEvent
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.hide()
        stacked = self.width() < STACKED
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != way:
            self._row.setDirection(way)
        self.metric_column.legend.setVisible(not stacked)  # that of the losses stands above
        self.rate_column.setVisible(self.width() >= WITH_RATE or (stacked and self.height() >= 420))
        self._soon.start()

    # How

    def _data(self, run: TrackedRun) -> RunData:
        if run.folder not in self._known:
            self._known[run.folder] = RunData(run)
        return self._known[run.folder]

    def _reach(self, run: TrackedRun) -> float:
        """Return how far a run's axis goes: its plan, or the half, quarter … that has begun."""
        shown = 2.0 ** max(math.ceil(math.log2(run.progress or 1.0)), FIRST_SHARE)
        if self.options.across == "epoch":
            return shown * run.status.epochs
        return shown * run.steps if self.options.across == "step" else 0.0

    def _make_curves(self) -> None:
        options, look, runs = self.options, self._look, self._runs
        metrics = metrics_of(runs)
        metric = self._metric if self._metric in metrics else (metrics or ["accuracy"])[0]
        self._name_metric(metric, metrics)
        marked = any(data.run.marks.metrics for data in runs)  # before the first epoch reports
        self.metric_column.setVisible(bool(metrics) or marked)
        self.loss_column.plot.set_curves(loss_curves(runs, look, options.smoothing))
        self.metric_column.plot.set_curves(metric_curves(runs, look, metric))
        self.metric_column.plot.share = is_share(metric)
        self.rate_column.plot.set_curves(rate_curves(runs, look))
        for column in self.columns:
            log_y = options.log_y and column is self.loss_column
            column.plot.set_scales(options.across, options.log_x, log_y)
            column.plot.set_theme(look)
        for column in (self.loss_column, self.metric_column):
            column.legend.set_entries(entries(runs, look), look)
        named = [Entry(data.run.label, run_colour(look, data)) for data in runs]
        self.names.set_entries(named, look)
        self.names.setVisible(len(named) > 1)
        self._put_legends()
        self.table.hide()
        self.refresh()

    def _put_legends(self) -> None:
        """Put the legends of all plots on one height, so that the plots are as well."""
        below = any(column.is_narrow() for column in self.columns)
        for column in self.columns:
            column.put_legend(below)

    def _name_metric(self, metric: str, metrics: Sequence[str]) -> None:
        words = metric.replace("_", " ")
        title = words[:1].upper() + words[1:] + (" %" if is_share(metric) else "")
        several = len(metrics) > 1
        self.metric_column.title.setText(title)
        self.metric_column.title.setVisible(not several)
        self.metric_column.choice.setText(title)
        self.metric_column.choice.setVisible(several)
        if several and [a.text() for a in self.metric_column.choice.actions()] != list(metrics):
            menu = QMenu(self.metric_column.choice)
            for name in metrics:
                action = QAction(name, menu)
                action.triggered.connect(partial(self._choose_metric, name))
                menu.addAction(action)
            old = self.metric_column.choice.menu()
            self.metric_column.choice.setMenu(menu)
            if old is not None:
                old.deleteLater()

    def _choose_metric(self, name: str) -> None:
        self._metric = name
        self.metric_column.plot.is_fitted = True
        self._make_curves()

    def _point(self, column: PlotColumn, place: float | None) -> None:
        for each in self.columns:
            each.plot.point_at(place)
        x = None if place is None else column.plot.pixel_of(place)
        if place is None or x is None:
            self.table.hide()
            return
        across = self.options.across
        found = [(data, readout(column.plot, data, across, place)) for data in self._runs]
        names = list(dict.fromkeys(name for _, values in found for name in values))
        rows = [
            Row(data.run.label, colour, tuple(values.get(name, "") for name in names))
            for data, values in found
            for colour in colours_of(self._runs, data, self._look)[:1]
            if values
        ]
        beside = column.plot.mapTo(self, QPoint(round(x), 14))
        self.table.show_values([place_words(across, place), *names], rows, beside)
