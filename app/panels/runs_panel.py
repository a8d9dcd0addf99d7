"""All runs of the project in a table: compare them, draw them, open what they were made from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.panels.running.run_facts import RunFacts
from app.panels.running.run_states import EmptyPage
from app.panels.running.runs_model import RunsModel
from app.panels.running.runs_view import RunsView
from app.session.run_desk import RunDesk
from app.session.run_tracked import TrackedRun
from app.session.session import Session
from app.training.folder import PROJECT

INTERVAL = 400
"""Milliseconds between two updates of the rows of runs that go on."""
NO_RUNS = "No runs yet"
NO_RUNS_HINT = "Each training is kept in a folder beside the project and listed here."


class RunsPanel(QWidget):
    """Filter, table, and the facts of the selected run."""

    title = "Runs"
    glyph = "list"

    open_requested = Signal(object)
    """The path of a drawing that is to be opened as an unsaved copy."""
    show_requested = Signal()
    """A run was chosen: its curves are to be brought into sight."""

    def __init__(self, session: Session, desk: RunDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.setAccessibleName("Runs")
        self.setProperty("role", "panel")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Filter by name, state or setting: epochs > 20")
        self.field.setAccessibleName("Filter the runs")
        self.field.setClearButtonEnabled(True)
        self.count = QLabel(self)
        self.count.setProperty("role", "count")
        self.model = RunsModel(desk, session.theme, self)
        self.view = RunsView(self.model, session.theme, self)
        self.facts = RunFacts(self)
        self.facts.show_run(None)
        self.empty = EmptyPage(self)
        self.line = QFrame(self)
        self.line.setProperty("role", "line")
        self.line.setFrameShape(QFrame.Shape.HLine)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self.field, 1)
        head.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.line)
        column.addWidget(self.facts)
        self._changed: set[TrackedRun] = set()
        self._soon = QTimer(self, singleShot=True, interval=INTERVAL)
        self._soon.timeout.connect(self._show_changed)
        self._connect()
        self._reload()

    def _connect(self) -> None:
        self.desk.runs_changed.connect(self._reload)
        self.desk.status_changed.connect(self._note)
        self.desk.records_added.connect(self._note)
        self.desk.shown_changed.connect(self._reload)
        self.session.theme_changed.connect(self._restyle)
        self.field.textChanged.connect(self._filter)
        self.view.chosen.connect(self._chosen)
        self.view.opened.connect(self._opened)
        self.view.menu_wanted.connect(self._open_menu)
        self.facts.show_pressed.connect(lambda: self._opened(self.view.run()))
        self.facts.graph_pressed.connect(self._open_graph)
        self.facts.folder_pressed.connect(self._show_folder)

    # What is shown

    def _reload(self) -> None:
        before = self.view.run()
        self.model.reload()
        if self.view.run() is not before:
            self.view.select_run(before)
        self._count()

    def _count(self) -> None:
        total, shown = len(self.model.runs), self.view.rows.rowCount()
        self.count.setText(str(total) if shown == total else f"{shown} of {total}")
        nothing = total == 0 or shown == 0
        self.empty.setVisible(nothing)
        self.view.setVisible(not nothing)
        if total == 0:
            self.empty.say(NO_RUNS, NO_RUNS_HINT)
        elif shown == 0:
            self.empty.say("No run fits", "Change or clear the filter.")
        self._chosen(self.view.run() if not nothing else None)

    def _note(self, run: TrackedRun, _: object = None) -> None:
        self._changed.add(run)
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _show_changed(self) -> None:
        for run in self._changed:
            self.model.run_changed(run)
        self._changed.clear()

    def _filter(self, text: str) -> None:
        self.view.rows.set_text(text)
        self._count()

    def _chosen(self, run: TrackedRun | None) -> None:
        self.facts.show_run(run)
        self.line.setVisible(run is not None)

    def _restyle(self) -> None:
        self.model.set_theme(self.session.theme)
        self.view.set_theme(self.session.theme)

    # What the user does

    def _opened(self, run: TrackedRun | None) -> None:
        if run is not None:
            self.desk.choose(run)
            self.show_requested.emit()

    def _open_graph(self) -> None:
        run = self.view.run()
        if run is not None:
            self.open_requested.emit(run.folder / PROJECT)

    def _show_folder(self) -> None:
        run = self.view.run()
        if run is None:
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder))):
            self.session.said.emit(f"No file manager answers; the folder is {run.folder}")

    def _copy_folder(self) -> None:
        run = self.view.run()
        if run is not None:
            QGuiApplication.clipboard().setText(str(run.folder))
            self.session.said.emit(f"Copied: {run.folder}")

    def menu(self) -> QMenu:
        """Return the menu of the selected run."""
        menu = QMenu(self)
        menu.addAction("Show curves", lambda: self._opened(self.view.run()))
        menu.addAction("Open graph", self._open_graph)
        run = self.view.run()
        if run is not None and run.is_live:
            menu.addAction("Stop this run", lambda: self.desk.stop_run(run))
        menu.addSeparator()
        menu.addAction("Show folder", self._show_folder)
        menu.addAction("Copy path of the folder", self._copy_folder)
        menu.addSeparator()
        menu.addAction("Read the list again", self.desk.refresh)
        return menu

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.desk.refresh()
        self._show_changed()
