"""The code of now against that of the last run or of the saved version, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.panels.code.compare_bar import CompareBar
from app.panels.code.comparison import compare, counts
from app.panels.code.diff_view import DiffView
from app.session.earlier import Earlier
from app.session.earlier_code import LastRun, SavedVersion
from app.session.run_words import moment_words
from app.session.session import Session
from graph_editor.canvas.theme import Theme

if TYPE_CHECKING:
    from app.session.run_desk import RunDesk

NAMES = {"run": "the last run", "saved": "the saved version"}


class ComparePane(QWidget):
    """Works nothing out until it is opened, and nothing while it is closed."""

    line_chosen = Signal(int)
    """A line (from 1) of the present text of the file that is shown."""
    find_asked = Signal()
    closed = Signal()
    counted = Signal()
    """``names`` or ``count_of`` say something else."""

    def __init__(
        self, session: Session, desk: RunDesk | None, letters: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.is_open = False
        self.source, self.file = "", ""
        self._letters = letters
        self._views: dict[str, DiffView] = {}
        self._counts: dict[str, tuple[int, int]] = {}
        self._seen: dict[str, tuple[str | None, str | None]] = {}
        self.run, self.saved = LastRun(desk, self), SavedVersion(session, self)
        self.bar = CompareBar(session.theme, session.keys, self)
        self._note, self._nothing = QLabel(self, wordWrap=True), QLabel(self, wordWrap=True)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.bar.source_chosen.connect(self.compare_with)
        self.bar.step_asked.connect(self.step)
        self.bar.closed.connect(self.closed)
        for earlier in (self.run, self.saved):
            earlier.changed.connect(self.refresh)
        self.destroyed.connect(self.saved.close)

    def _lay_out(self) -> None:
        self._nothing.setProperty("role", "secondary")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setMargin(24)
        self._note.setProperty("role", "secondary")
        self._note.setContentsMargins(12, 4, 12, 6)
        for label in (self._nothing, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._pages.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._note)
        column.addWidget(self._pages, 1)

    # What is compared

    def open(self, file: str) -> None:
        """Begin to compare a file with what it was last compared with, at first with a run."""
        self.is_open, self.file = True, file
        first = "run" if self.run.run is not None else "saved"
        self.compare_with(self.source or first)

    def close_comparison(self) -> None:
        """Work nothing out any more."""
        self.is_open = False

    def compare_with(self, source: str) -> None:
        """Compare with the last run (``run``) or the saved version (``saved``)."""
        self.source = source
        (self.run if source == "run" else self.saved).want()
        self.refresh()

    def show_file(self, name: str) -> None:
        """Turn to a file."""
        self.file = name
        if self.is_open:
            self._show()

    @property
    def earlier(self) -> Earlier:
        """What the code of now is compared with."""
        return self.run.earlier if self.source == "run" else self.saved.earlier

    @property
    def view(self) -> DiffView | None:
        """The comparison that is shown; None where there is none, or nothing differs."""
        shown = self._pages.currentWidget()
        return shown if self.is_open and isinstance(shown, DiffView) else None

    @property
    def words(self) -> str:
        """Why nothing is shown; empty where something is."""
        return "" if self.view is not None else self._nothing.text()

    def names(self) -> list[str]:
        """Return the files of now, then those that are only in the earlier code."""
        return list(dict.fromkeys([*self._now(), *(self.earlier.files or {})]))

    def count_of(self, name: str) -> tuple[int, int]:
        """Return how many lines of a file were added and removed."""
        return self._counts.get(name, (0, 0))

    def _now(self) -> Mapping[str, str]:
        written = self.session.written
        files = written.files if written is not None else {}
        return {name: source.text for name, source in files.items()}

    def refresh(self) -> None:
        """Compare again; only files whose texts are others than before are worked out."""
        if not self.is_open:
            return
        now, was = self._now(), self.earlier.files
        known, self._seen = self._seen, {}
        for name in self.names() if was is not None else []:
            pair = (was.get(name) if was is not None else None, now.get(name))
            self._seen[name] = pair
            if known.get(name) != pair or name not in self._counts:
                same = pair[0] == pair[1]
                self._counts[name] = (0, 0) if same else counts(compare(*pair))
        self._counts = {name: self._counts[name] for name in self._seen}
        self._show()
        self.counted.emit()

    # What is shown

    def _show(self) -> None:
        self._note.setText(self.earlier.words if self.earlier.files is not None else "")
        self._note.setVisible(bool(self._note.text()))
        moment = ""
        if self.source == "run" and self.run.run is not None:
            moment = moment_words(self.run.run.created)
        self.bar.show_source(self.source, moment)
        reason = self._reason()
        if reason:
            self._nothing.setText(reason)
            self._pages.setCurrentWidget(self._nothing)
        else:
            if self.file not in self._views:
                self._add_view()
            view = self._views[self.file]
            view.set_texts(*self._seen[self.file])
            self._pages.setCurrentWidget(view)
        self.setFocusProxy(self.view or self.bar.source)
        self._say()

    def _reason(self) -> str:
        """Return why there is nothing to show of this file, as sentences."""
        if self.earlier.files is None:
            return self.session.keys.said(self.earlier.words)
        if self.session.written is None:
            return "There is no code of this drawing yet that could be compared."
        if any(self.count_of(self.file)):
            return ""
        others = [name for name in self._counts if any(self._counts[name])]
        if not others:
            return f"The code is the same as that of {NAMES[self.source]}."
        return f"{self.file} is the same. Changed: {', '.join(others)}."

    def _add_view(self) -> None:
        view = DiffView(self.file, self.session.theme, self._pages, self._letters)
        view.resize(self._pages.size())
        self._views[self.file] = view
        self._pages.addWidget(view)
        view.line_chosen.connect(self.line_chosen)
        view.find_asked.connect(self.find_asked)
        view.left.connect(self.closed)
        view.moved.connect(self._say)

    def _say(self) -> None:
        view, place = self.view, ""
        if view is not None and view.change_number:
            place = f"{view.change_number} of {view.change_count}"
        self.bar.say(*self.count_of(self.file), place)

    def step(self, way: int) -> None:
        """Go to the next change of this file, or with -1 to the one before."""
        if self.view is not None:
            self.view.step(way)

    # Looks

    def set_picked(self, lines: Mapping[str, list[int]]) -> None:
        """Mark lines of the present files in the margin."""
        for name, view in self._views.items():
            view.set_picked(lines.get(name, ()))

    def set_theme(self, look: Theme) -> None:
        """Show everything in another theme."""
        self.bar.set_theme(look)
        for view in self._views.values():
            view.set_theme(look)

    def set_letters(self, pixels: int) -> None:
        """Show the texts in another size."""
        self._letters = pixels
        for view in self._views.values():
            view.set_letters(pixels)
