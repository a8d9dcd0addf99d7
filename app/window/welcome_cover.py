"""The welcome page over a window: it covers all but the menus and the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands.frame import Frame
from app.dialogs.welcome import WelcomePage
from app.dialogs.welcome_runs import live_runs
from app.session.places import home
from app.session.run_desk import RUNS

if TYPE_CHECKING:
    from pathlib import Path

    from app.window.shell import Shell


class Host(Frame, Protocol):
    """The window that is covered."""

    shell: Shell

    @property
    def is_untouched(self) -> bool:
        """Whether nothing would be lost with it."""

    def new_empty(self) -> None:
        """Open a window with nothing drawn."""

    def refresh_bars(self) -> None:
        """Say again what is open."""


class WelcomeCover(QWidget):
    """Shows the welcome page until something is chosen or Esc is pressed."""

    def __init__(self, place: Host) -> None:
        super().__init__(place.shell)
        self._place, self._shell = place, place.shell
        session = place.session
        folders = (place.desk.folder, home() / RUNS)
        self.page = WelcomePage(session.settings, session.theme, lambda: live_runs(folders), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.page.open_path.connect(self._open)
        self.page.open_template.connect(self._open_template)
        self.page.new_empty.connect(self._new)
        self.page.watch_run.connect(self._watch)
        session.theme_changed.connect(lambda: self.page.set_theme(session.theme))
        self._shell.installEventFilter(self)
        self._shell.arranged.connect(self._stay_above)
        self.hide()

    def open_cover(self) -> None:
        """Cover the window."""
        self._cover()
        self._let_behind(False)
        self._shell.title_row.set_title("Welcome", "")
        if not self.isVisible():
            self._shell.status.tell_of_drawing(False)
        self.show()
        self.raise_()
        self.page.setFocus()

    def close_cover(self) -> None:
        """Let the window be seen again."""
        if not self.isVisible():
            return
        self.hide()
        self._let_behind(True)
        self._shell.status.tell_of_drawing(True)
        self._place.refresh_bars()
        self._place.canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_cover()
        else:
            super().keyPressEvent(event)

    def _stay_above(self, _: str) -> None:
        """Docks that were put elsewhere come to lie above what was there before."""
        if self.isVisible():
            self._let_behind(False)
            self.raise_()

    def _cover(self) -> None:
        top = self._shell.title_row.height()
        below = self._shell.statusBar().height()
        height = self._shell.height() - top - below
        self.setGeometry(0, top, self._shell.width(), height)

    def _let_behind(self, reachable: bool) -> None:
        """Let the keyboard reach what is covered, or not."""
        self._shell.middle.setEnabled(reachable)
        self._shell.tools.setEnabled(reachable)
        for dock in self._shell.docks.values():
            dock.setEnabled(reachable)

    def _open(self, path: Path | None) -> None:
        self._place.open_file(path)
        self.close_cover()

    def _open_template(self, path: Path) -> None:
        self._place.open_example(path)
        self.close_cover()

    def _new(self) -> None:
        if self._place.is_untouched and not self._place.session.project.main.graph.nodes:
            self.close_cover()
        else:
            self._place.new_empty()

    def _watch(self, folder: Path) -> None:
        self.close_cover()
        for run in self._place.desk.runs:
            if run.folder == folder:
                self._place.desk.choose(run)
        self._place.show_panel("run")
