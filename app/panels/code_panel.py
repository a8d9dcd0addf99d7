"""The code of the drawing, file by file: what runs, which lines are a node's, whose a line is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.panels.code.banner import Banner
from app.panels.code.compare_pane import ComparePane
from app.panels.code.comparison import REMOVED
from app.panels.code.edit_pane import EditPane
from app.panels.code.elsewhere import Elsewhere
from app.panels.code.find_bar import FindBar
from app.panels.code.finding import Finding
from app.panels.code.header import Header
from app.panels.code.line_map import LineMap, Lines
from app.panels.code.marking import marks_of
from app.panels.code.page import CodePage
from app.panels.code.state import State, cause_of, state_of
from app.panels.code.view import CodeView, Mark
from app.session.locating import as_shown, place_of
from app.session.opening import Opening
from app.session.session import Session

if TYPE_CHECKING:
    from app.session.run_desk import RunDesk

LETTERS = "code_letters"
"""The setting that says how large the code is shown."""
COMPARE = "Compare with the last run or the saved version (Ctrl+Shift+D)"
USUAL = ("model.py", "data.py", "train.py")
"""The tabs that are there before any code is."""


class CodePanel(QWidget):
    """Tabs with the written files; follows the session's selection and changes it by clicks."""

    title = "Code"
    glyph = "code"

    def __init__(
        self, session: Session, desk: RunDesk | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._map: LineMap | None = None
        self._views: dict[str, CodeView] = {}
        self._stale, self._owes_reveal, self._owes_focus = True, False, False
        self.setAccessibleName("Code")
        self.header = Header(session.theme, session.keys, self)
        self._banner = Banner(self)
        self._pages = QStackedWidget(self)
        self._nothing = QLabel(self._pages, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.find_bar = FindBar(session.theme, self)
        self._finding = Finding(self.find_bar, lambda: self.page, self)
        self.comparison = ComparePane(session, desk, self._letters(), self._pages)
        self.editing = EditPane(session, self._letters(), self._pages)
        self.elsewhere = Elsewhere(session, self.editing, self)
        self.opening = Opening(session, self)
        self._lay_out()
        self.header.set_names(list(USUAL))
        self._connect()
        self._restyle()

    def _lay_out(self) -> None:
        self._nothing.setProperty("role", "secondary")
        self._nothing.setMargin(24)
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.comparison)
        self._pages.addWidget(self.editing)
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
        session.keys.changed.connect(self._say_state)
        session.keys.tip(self.header.compare, COMPARE)
        self.header.file_changed.connect(self._show_file)
        self.header.copy_asked.connect(self.copy_file)
        self.header.open_asked.connect(self.open_in_editor)
        self.header.compare_asked.connect(self.compare)
        self.header.edit_asked.connect(self.edit)
        self.editing.ended.connect(self._show_anew)
        self.editing.resumed.connect(self._resumed)
        self.comparison.closed.connect(self._leave_comparison)
        self.comparison.counted.connect(self._say_counts)
        self.comparison.line_chosen.connect(self._choose_line)
        self.comparison.find_asked.connect(self.open_find)
        self._banner.pressed.connect(self._show_cause)
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

    @property
    def page(self) -> CodePage | None:
        """The text in sight: a file, or its comparison; None where words stand there."""
        if self.comparison.is_open:
            return self.comparison.view
        return self.editing.view if self._is_edited() else self.view

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
            if not self.comparison.is_open:
                self.header.set_names(list(written.files))
            for name in [name for name in self._views if name in written.files]:
                self._views[name].set_text(written.files[name].text)
        self.comparison.refresh()
        self._show_file()
        self._judged()
        self._pick_out(self._owes_reveal)

    def _show_file(self) -> None:
        written = self.session.written
        if self.comparison.is_open:
            self.comparison.show_file(self.file)
            self._pages.setCurrentWidget(self.comparison)
        elif self._is_edited():
            self._pages.setCurrentWidget(self.editing)
        elif written is None or self.file not in written.files:
            self._pages.setCurrentWidget(self._nothing)
        else:
            if self.file not in self._views:
                self._add_view(written.files[self.file].text)
            self._pages.setCurrentWidget(self._views[self.file])
        self.find_bar.setEnabled(self.page is not None)
        inside = self.comparison if self.comparison.is_open else self.page
        self.setFocusProxy(inside or self.header.tabs)
        self._finding.again()
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
        if key == LETTERS:
            self.comparison.set_letters(self._letters())
            self.editing.set_letters(self._letters())
            for view in self._views.values():
                view.set_letters(self._letters())

    def _say_state(self) -> None:
        state, written = self.state(), self.session.written
        self.header.say(state, written is not None and self.file in written.files)
        self.header.say_edit(self.editing.why_not(self.file), self._is_edited())
        if state.reason:
            after = " The last code is shown." if written is not None else ""
            self._banner.say(state.reason + after, cause_of(self.session) is not None)
        self._banner.setVisible(bool(state.reason) and written is not None)
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
        self.comparison.set_picked(picked)
        self._owes_reveal = reveal and bool(session.selection) and not picked
        if not reveal or not picked:
            return
        if self.file not in picked:
            self.show_file(next(name for name in self.header.names if name in picked))
        if self.view is not None:
            self.view.set_picked(picked[self.file], related.get(self.file, ()))
            self.view.reveal(picked[self.file])

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
            marks = marks_of(self.session, self._map)
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
            text = self.editing.text() if self._is_edited() else text
            QGuiApplication.clipboard().setText(text)
            count = text.count("\n")
            self.session.said.emit(f"Copied {self.file}: {count} lines.")

    def open_find(self) -> None:
        """Show the find bar with what is selected."""
        self._finding.open()

    def _close_find(self) -> None:
        for view in self._views.values():
            view.find_matches("")
        self._finding.end()

    # Editing

    def _is_edited(self) -> bool:
        return self.editing.is_open and self.editing.file == self.file

    def edit(self) -> None:
        """Edit the file that is shown, or end that; where another is edited, turn to that one."""
        compares = self.comparison.is_open
        if compares:
            self._leave_comparison()
        if self._is_edited() and not compares:
            self.editing.leave()
        elif self.editing.is_open:
            self.show_file(self.editing.file)
        elif reason := self.editing.why_not(self.file):
            self.session.said.emit(reason)
        else:
            view = self.editing.begin(self.file, self.view.caret_line() if self.view else 1)
            view.find_asked.connect(self.open_find)
        self._show_anew()

    def _resumed(self) -> None:
        """Turn to an edit that an earlier window left."""
        assert self.editing.view is not None
        self.editing.view.find_asked.connect(self.open_find)
        if self.comparison.is_open:
            self._leave_comparison()
        self.show_file(self.editing.file)
        self._show_anew()

    def _show_anew(self) -> None:
        """Show the file and go there; a dot stands behind the name of one that is edited."""
        self.header.set_counts({self.editing.file: "•"} if self.editing.is_open else {})
        self._show_file()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # Comparing, and the user's editor

    def compare(self) -> None:
        """Compare the code with that of the last run or of the saved version, or end that."""
        if self.comparison.is_open:
            self._leave_comparison()
            return
        self.header.compare.setChecked(True)
        self.comparison.open(self.file)
        self._show_file()
        self._pick_out(False)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._owes_focus = self.comparison.view is None

    def next_change(self, step: int) -> None:
        """Go to the next change of the file, or with -1 to the one before; compare first."""
        if not self.comparison.is_open:
            self.compare()
        elif self.comparison.view is not None:
            self.comparison.step(step)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.session.said.emit(self.comparison.words)

    def _leave_comparison(self) -> None:
        self.comparison.close_comparison()
        self.header.compare.setChecked(False)
        if self.session.written is not None:
            self.header.set_names(list(self.session.written.files))
        self._show_anew()

    def _say_counts(self) -> None:
        pane = self.comparison
        self.header.set_names(pane.names() or list(USUAL))
        found = {name: pane.count_of(name) for name in pane.names()}
        self.header.set_counts(
            {name: f"+{new} {REMOVED}{old}" for name, (new, old) in found.items() if new or old}
        )
        self._show_file()
        if self._owes_focus and pane.view is not None:
            self._owes_focus = False
            if pane.bar.source.hasFocus():  # nobody has gone elsewhere meanwhile
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def read_folder(self) -> None:
        """Take in what was edited in the files of an export."""
        self.elsewhere.ask()

    def open_in_editor(self) -> None:
        """Open the file that is shown in the user's editor, at the line of the cursor."""
        diff = self.comparison.view
        if diff is not None:
            row = diff.row_of(diff.caret_line())
            line = row.new if row is not None else 0
        else:
            line = self.view.caret_line() if self.view is not None else 0
        self.opening.open(self.file, max(1, line))

    # Looks and events

    def _restyle(self) -> None:
        look = self.session.theme
        self.header.set_theme(look)
        self._banner.set_theme(look)
        self.find_bar.set_theme(look)
        self.comparison.set_theme(look)
        self.editing.set_theme(look)
        for view in self._views.values():
            view.set_theme(look)
        self._say_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()
