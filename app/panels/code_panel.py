"""The code of the drawing, file by file: what runs, which lines are a node's, whose a line is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.panels.code.banner import Banner
from app.panels.code.find_bar import FindBar
from app.panels.code.header import Header
from app.panels.code.line_map import LineMap, Lines
from app.panels.code.state import State, cause_of, state_of
from app.panels.code.view import CodeView, Mark
from app.report import GRADES
from app.session.locating import as_shown, place_of
from app.session.session import Session

LETTERS = "code_letters"
"""The setting that says how large the code is shown."""
USUAL = ("model.py", "data.py", "train.py")
"""The tabs that are there before any code is."""


class CodePanel(QWidget):
    """Tabs with the written files; follows the session's selection and changes it by clicks."""

    title = "Code"
    glyph = "code"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._map: LineMap | None = None
        self._views: dict[str, CodeView] = {}
        self._stale, self._owes_reveal = True, False
        self.setAccessibleName("Code")
        self.header = Header(session.theme, self)
        self._banner = Banner(self)
        self._pages = QStackedWidget(self)
        self._nothing = QLabel(self._pages, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.find_bar = FindBar(session.theme, self)
        self._lay_out()
        self.header.set_names(list(USUAL))
        self._connect()
        self._restyle()

    def _lay_out(self) -> None:
        self._nothing.setProperty("role", "secondary")
        self._nothing.setMargin(24)
        self._pages.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._banner)
        column.addWidget(self._pages, 1)
        column.addWidget(self.find_bar)
        self.find_bar.hide()
        self.setMinimumSize(180, 80)

    def _connect(self) -> None:
        session = self.session
        session.written_changed.connect(self._refresh)
        session.verdict_changed.connect(self._judged)
        session.changed.connect(self._say_state)
        session.engine_changed.connect(self._say_state)
        session.selection_changed.connect(self._selected)
        session.graph_changed.connect(self._selected)
        session.theme_changed.connect(self._restyle)
        self.destroyed.connect(session.settings.subscribe(self._set_letters))
        self.header.file_changed.connect(self._show_file)
        self.header.copy_asked.connect(self.copy_file)
        self._banner.pressed.connect(self._show_cause)
        self.find_bar.wanted.connect(self._find)
        self.find_bar.step_asked.connect(self._find_step)
        self.find_bar.closed.connect(self._close_find)

    # What is shown

    @property
    def file(self) -> str:
        """The name of the file that is shown."""
        return self.header.file

    @property
    def view(self) -> CodeView | None:
        """The text that is shown; None while there is no code."""
        return self._views.get(self.file)

    def show_file(self, name: str) -> None:
        """Turn to a file, where there is one of that name."""
        self.header.show_file(name)

    def state(self) -> State:
        """Return what the code shown is worth now."""
        return state_of(self.session)

    def _refresh(self) -> None:
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        written = self.session.written
        if written is not None:
            if self.session.is_written or self._map is None:
                self._map = LineMap(self.session.project, written)
            self.header.set_names(list(written.files))
            for name in [name for name in self._views if name in written.files]:
                self._views[name].set_text(written.files[name].text)
        self._show_file()
        self._judged()
        self._pick_out(self._owes_reveal)

    def _show_file(self) -> None:
        written = self.session.written
        if written is None or self.file not in written.files:
            self._pages.setCurrentWidget(self._nothing)
        else:
            if self.file not in self._views:
                self._add_view(written.files[self.file].text)
            self._pages.setCurrentWidget(self._views[self.file])
        self.find_bar.setEnabled(self.view is not None)
        self.setFocusProxy(self.view or self.header.tabs)
        if self.find_bar.isVisible():
            self._find(self.find_bar.field.text())
        self._say_state()

    def _add_view(self, text: str) -> None:
        view = CodeView(self.file, self.session.theme, self._pages, self._letters())
        view.resize(self._pages.size())  # what is in view is asked before the layout has run
        self._views[self.file] = view
        self._pages.addWidget(view)
        view.set_text(text)
        view.line_chosen.connect(self._choose_line)
        view.find_asked.connect(self.open_find)
        self._judged()
        self._pick_out(False)

    def _letters(self) -> int:
        return int(self.session.settings[LETTERS])

    def _set_letters(self, key: str) -> None:
        """Show the texts in the size that the user wants."""
        for view in self._views.values() if key == LETTERS else ():
            view.set_letters(self._letters())

    def _say_state(self) -> None:
        state, has_code = self.state(), self.session.written is not None
        self.header.say(state, self.view is not None)
        if state.reason:
            after = " The last code is shown." if has_code else ""
            self._banner.say(state.reason + after, cause_of(self.session) is not None)
        self._banner.setVisible(bool(state.reason) and has_code)
        for view in self._views.values():
            view.set_dimmed(bool(state.reason))
        self._nothing.setText(state.reason or "The code stands here once PyTorch has checked it.")

    # Selection, both ways

    def _selected(self) -> None:
        if self.isVisible():
            self._pick_out(True)
        else:
            self._stale = self._owes_reveal = True

    def _pick_out(self, reveal: bool) -> None:
        session = self.session
        picked: Lines = {}
        related: Lines = {}
        if self._map is not None and session.selection:
            picked = self._map.lines(session.graph_key, session.selection)
            related = self._map.below(session.graph_key, session.selection)
        for name, view in self._views.items():
            view.set_picked(picked.get(name, ()), related.get(name, ()))
        self._owes_reveal = reveal and bool(session.selection) and not picked
        if not reveal or not picked:
            return
        if self.file not in picked:
            self.show_file(next(name for name in self.header.names if name in picked))
            view = self._views[self.file]
            view.set_picked(picked[self.file], related.get(self.file, ()))
        self._views[self.file].reveal(picked[self.file])

    def _choose_line(self, line: int) -> None:
        place = self._map.place(self.file, line) if self._map is not None else None
        if place is None:
            return
        session = self.session
        place = as_shown(place, session.graph_key, session.prefix)
        session.show_graph(place.graph, place.prefix)
        session.select([place.node])

    # Problems

    def _judged(self) -> None:
        marks: dict[str, dict[int, Mark]] = {}
        if self._map is not None and self._views and self.isVisible():
            for problem in sorted(self.session.problems(), key=_grade, reverse=True):
                place = place_of(self.session.project, problem.node)
                found = self._map.lines(place.graph, [place.node]) if place is not None else {}
                for file, lines in found.items():
                    mark = (problem.severity, problem.message)
                    marks.setdefault(file, {}).update(dict.fromkeys(lines, mark))
        for name, view in self._views.items():
            view.set_marks(marks.get(name, {}))
        self._say_state()

    def _show_cause(self) -> None:
        place = place_of(self.session.project, cause_of(self.session) or "")
        if place is None:
            return
        place = as_shown(place, self.session.graph_key, self.session.prefix)
        self.session.show_graph(place.graph, place.prefix)
        self.session.select([place.node])
        for problem in self.session.problems():
            if problem.node == cause_of(self.session):
                self.session.problem_chosen.emit(problem)
                break

    # Copying and finding

    def copy_file(self) -> None:
        """Put the whole file on the clipboard."""
        if self.session.written is not None and self.file in self.session.written.files:
            text = self.session.written.files[self.file].text
            QGuiApplication.clipboard().setText(text)
            count = text.count("\n")
            self.session.said.emit(f"Copied {self.file}: {count} lines.")

    def open_find(self) -> None:
        """Show the find bar with what is selected."""
        if self.view is not None:
            words = self.view.textCursor().selectedText()
            self.find_bar.open(words if "\u2029" not in words else "")

    def _find(self, words: str) -> None:
        if self.view is not None:
            count = self.view.find_matches(words)
            self.find_bar.say(self.view.show_match(0), count)

    def _find_step(self, step: int) -> None:
        if self.view is not None:
            count = self.view.find_matches(self.find_bar.field.text())
            self.find_bar.say(self.view.show_match(step), count)

    def _close_find(self) -> None:
        self.find_bar.hide()
        for view in self._views.values():
            view.find_matches("")
        if self.view is not None:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # Looks and events

    def _restyle(self) -> None:
        look = self.session.theme
        self.header.set_theme(look)
        self._banner.set_theme(look)
        self.find_bar.set_theme(look)
        for view in self._views.values():
            view.set_theme(look)
        self._say_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()


def _grade(problem: object) -> int:
    return GRADES.index(getattr(problem, "severity", "info"))
