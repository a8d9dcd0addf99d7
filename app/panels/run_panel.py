"""The present run: how far it is, its last numbers, and its curves over those of other runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.panels.plots.imports import PlotImports
from app.panels.plots.options import Options
from app.panels.running.run_figures import RunFigures
from app.panels.running.run_states import HINT, LOADING, NO_RUN, EmptyPage, FaultBanner
from app.panels.running.run_title import RunTitle
from app.panels.running.run_toolbar import RunToolbar, as_kept, options_from
from app.session.run_desk import RunDesk
from app.session.run_numbers import RunNumbers
from app.session.run_tracked import TrackedRun
from app.session.session import Session

if TYPE_CHECKING:
    from app.panels.plots.board import PlotBoard

MEMORY = "run_options"
NARROW = 520
"""Width up to which the numbers stand above the curves."""
FLAT = 330
"""Height up to which the numbers stand in one row."""
TALL = 460
"""Height that all takes where it stands one above the other; the panel scrolls below it."""
FOREIGN = "It is a run of another project: Runs can stop it, in the menu of its row."
INTERVAL = 66
"""Milliseconds between two updates of the words; the curves have their own."""


class RunPanel(QWidget):
    """Title, toolbar, curves and numbers. The plots are made when they are first to be seen."""

    title = "Run"
    glyph = "chart"

    def __init__(self, session: Session, desk: RunDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.board: PlotBoard | None = None
        self.imports = PlotImports(self)
        self.setAccessibleName("Run")
        self.setProperty("role", "panel")
        self.head = RunTitle(session.theme, self)
        self.banner = FaultBanner(self)
        self.toolbar = RunToolbar(self)
        self.toolbar.show_options(options_from(session.settings.memory(MEMORY)))
        self.figures = RunFigures(self)
        self.empty = EmptyPage(self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(12)
        self._middle.addWidget(self.pages, 1)
        self._middle.addWidget(self.figures, 0)
        self._lay_out()
        self._words_soon = QTimer(self, singleShot=True, interval=INTERVAL)
        self._words_soon.timeout.connect(self.show_words)
        self._keep_soon = QTimer(self, singleShot=True, interval=800)
        self._keep_soon.timeout.connect(self._keep_options)
        self._connect()
        self.show_words()

    def _lay_out(self) -> None:
        self.content = QWidget(self)
        self.content.setProperty("role", "panel")
        column = QVBoxLayout(self.content)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        for part in (self.head, self.banner, self.toolbar):
            column.addWidget(part)
        column.addLayout(self._middle, 1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _connect(self) -> None:
        desk, session = self.desk, self.session
        desk.records_added.connect(self._added)
        desk.status_changed.connect(self._schedule)
        desk.current_changed.connect(self.show_words)
        desk.shown_changed.connect(self._show_runs)
        session.verdict_changed.connect(self.imports.start)
        session.written_changed.connect(self._schedule)
        session.room.changed.connect(self._schedule)
        session.theme_changed.connect(self._restyle)
        self.imports.ready.connect(self._make_board)
        self.imports.failed.connect(self._no_plots)
        self.head.pause_pressed.connect(desk.toggle_pause)
        self.head.stop_pressed.connect(desk.stop)
        self.head.checkpoint_pressed.connect(desk.checkpoint)
        self.banner.show_pressed.connect(self._point_at_fault)
        self.toolbar.options_changed.connect(self._take_options)
        self.toolbar.fit_pressed.connect(self._fit)

    # What is shown

    def show_words(self) -> None:
        """Show everything but the curves as it is now."""
        run = self.desk.current
        self.head.show_run(run, self.desk.is_starting, self._why_not_steered(run))
        self.banner.show_run(run)
        self.figures.show_run(run)
        has_run = run is not None or self.desk.is_starting
        for part in (self.head, self.toolbar, self.figures):
            part.setVisible(has_run)
        if has_run:
            self.empty.say("", LOADING)
            self.imports.start()
        else:
            reason = self.desk.why_not_train()
            self.empty.say(NO_RUN, f"{self.session.keys.said(HINT)}\n{reason}".strip())
        room = self.session.room
        self.empty.warn("" if has_run else room.caution, room.fit == "too_large")
        self._keep_room()
        wanted = self.board if has_run and self.board is not None else self.empty
        if self.pages.currentWidget() is not wanted:
            self.pages.setCurrentWidget(wanted)

    def _keep_room(self) -> None:
        """Scroll rather than squeeze what stands one above the other."""
        tall = self.width() < NARROW and not self.head.isHidden()
        self.content.setMinimumHeight(TALL if tall else 0)

    def _why_not_steered(self, run: TrackedRun | None) -> str:
        active = self.desk.active
        if run is None or run is active:
            return ""
        if active is None:
            return FOREIGN if run.is_live else ""
        return f"The buttons are for the run that goes on: {active.label}."

    def _added(self, run: TrackedRun, numbers: RunNumbers) -> None:
        if self.board is not None:
            self.board.add(run, numbers)
        if run is self.desk.current:
            self._schedule()

    def _schedule(self, *_: object) -> None:
        if self.isVisible() and not self._words_soon.isActive():
            self._words_soon.start()

    def _show_runs(self) -> None:
        if self.board is not None:
            self.board.set_runs(self.desk.shown)
        self.show_words()

    def _make_board(self) -> None:
        """Make the plots, once they can be made and are to be seen."""
        if self.board is not None or not self.isVisible() or not self.imports.are_ready:
            return
        from app.panels.plots.board import PlotBoard  # imports pyqtgraph

        self.board = PlotBoard(self.session.theme, self)
        self.board.set_options(self.toolbar.options)
        self.board.set_runs(self.desk.shown)
        self.pages.addWidget(self.board)
        self.show_words()

    def _no_plots(self, problem: str) -> None:
        self.empty.say("No plots", f"A library that they need cannot be imported: {problem}.")

    # What the user does

    def _take_options(self, options: Options) -> None:
        if self.board is not None:
            self.board.set_options(options)
        self._keep_soon.start()

    def _keep_options(self) -> None:
        self.session.settings.remember(MEMORY, as_kept(self.toolbar.options))

    def _fit(self) -> None:
        if self.board is not None:
            self.board.fit()

    def _point_at_fault(self) -> None:
        if self.desk.current is not None:
            self.desk.point_at_fault(self.desk.current)

    # Qt

    def _restyle(self) -> None:
        self.head.set_theme(self.session.theme)
        if self.board is not None:
            self.board.set_theme(self.session.theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(230, 150)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_words()
        QTimer.singleShot(0, self, self._make_board)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._keep_soon.isActive():
            self._keep_soon.stop()
            self._keep_options()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow, flat = self.width() < NARROW, self.height() < FLAT
        above = narrow or flat
        way = QBoxLayout.Direction.BottomToTop if above else QBoxLayout.Direction.LeftToRight
        if self._middle.direction() != way:
            self._middle.setDirection(way)
            self._middle.setSpacing(4 if above else 12)
        self._keep_room()
        self.figures.set_columns(2 if narrow else 4 if flat else 1)
