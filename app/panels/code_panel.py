"""The code of the drawing, file by file: what runs, which lines are a node's, whose a line is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.code.banner import Banner
from app.panels.code.find_bar import FindBar
from app.panels.code.line_map import LineMap, Lines
from app.panels.code.state import State
from app.panels.code.view import CodeView, Mark
from app.report import GRADES, label
from app.session.locating import as_shown, place_of
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap

LETTERS = "code_letters"
"""The setting that says how large the code is shown."""
USUAL = ("model.py", "data.py", "train.py")
"""The tabs that are there before any code is."""

MEND = "Mend this first"
"""A way out that the list of problems says better."""


class CodePanel(QWidget):
    """Tabs with the written files; follows the session's selection and changes it by clicks."""

    title = "Code"
    glyph = "code"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._map: LineMap | None = None
        self._views: dict[str, CodeView] = {}
        self._names: list[str] = []
        self._stale, self._owes_reveal = True, False
        self.setAccessibleName("Code")
        self.tabs = QTabBar(self, expanding=False, usesScrollButtons=True)
        self.tabs.setAccessibleName("Files")
        self._more = QToolButton(self)
        self._glyph, self._status = QLabel(self), QLabel(self)
        self._copy = QToolButton(self)
        self._banner = Banner(self)
        self._pages = QStackedWidget(self)
        self._nothing = QLabel(self._pages, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.find_bar = FindBar(session.theme, self)
        self._lay_out()
        self._connect()
        self._set_names(list(USUAL))
        self._restyle()

    def _lay_out(self) -> None:
        self._header = QFrame(self)
        self._header.setProperty("role", "window")
        row = QHBoxLayout(self._header)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(6)
        row.addWidget(self.tabs)
        row.addWidget(self._more)
        row.addStretch(1)
        for widget in (self._glyph, self._status, self._copy):
            row.addWidget(widget)
        self._header.setFixedHeight(28)
        self._status.setProperty("role", "secondary")
        self._copy.setAccessibleName("Copy this file")
        self._more.setAccessibleName("More files")
        self._more.setToolTip("More files")
        for button in (self._copy, self._more):
            button.setIconSize(QSize(14, 14))
            button.setFixedSize(30, 24)
        self._nothing.setProperty("role", "secondary")
        self._nothing.setMargin(24)
        self._pages.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
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
        self.tabs.currentChanged.connect(self._show_file)
        self._copy.clicked.connect(self.copy_file)
        self._more.clicked.connect(self._offer_more)
        self._banner.pressed.connect(self._show_cause)
        self.find_bar.wanted.connect(self._find)
        self.find_bar.step_asked.connect(self._find_step)
        self.find_bar.closed.connect(self._close_find)

    # What is shown

    @property
    def file(self) -> str:
        """The name of the file that is shown."""
        return self.tabs.tabText(self.tabs.currentIndex())

    @property
    def view(self) -> CodeView | None:
        """The text that is shown; None while there is no code."""
        return self._views.get(self.file)

    def show_file(self, name: str) -> None:
        """Turn to a file, where there is one of that name."""
        if name in self._names:
            at = self._tab(name)
            self.tabs.setCurrentIndex(at if at >= 0 else self.tabs.addTab(name))

    def state(self) -> State:
        """Return what the code shown is worth now."""
        session = self.session
        if session.is_written:
            return State("check", "ok", "this is what runs")
        if session.engine_state == "stopped" and not session.is_judged:
            return State("error", "error", "not checked", session.engine_words)
        if session.refusal is not None and session.is_judged:
            return State("error", "error", "no code for this drawing", self._refusal())
        if session.verdict is None:
            return State("clock", "text3", "waiting for PyTorch")
        return State("clock", "text3", "checking…")

    def _refusal(self) -> str:
        refusal = self.session.refusal
        if refusal is None:
            return ""
        where = label(self.session.project, refusal.node)
        words = refusal.feature if where in refusal.feature else f"{where}: {refusal.feature}"
        way_out = refusal.way_out.rstrip(".")
        return f"{words}." if way_out in ("", MEND) else f"{words}. {way_out}."

    def _refresh(self) -> None:
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        written = self.session.written
        if written is not None:
            if self.session.is_written or self._map is None:
                self._map = LineMap(self.session.project, written)
            self._set_names(list(written.files))
            for name in [name for name in self._views if name in written.files]:
                self._views[name].set_text(written.files[name].text)
        self._show_file()
        self._judged()
        self._pick_out(self._owes_reveal)

    def _set_names(self, names: list[str]) -> None:
        if names == self._names:
            return
        current = self.file if self._names else names[0]
        self._names = names
        self._more.setVisible(any(not name.endswith(".py") for name in names))
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                if name.endswith(".py") or name == current:
                    self.tabs.addTab(name)
            self.tabs.setCurrentIndex(max(0, self._tab(current)))

    def _tab(self, name: str) -> int:
        """Return the place of a file's tab; -1: it is behind the button."""
        texts = [self.tabs.tabText(index) for index in range(self.tabs.count())]
        return texts.index(name) if name in texts else -1

    def _drop_tabs(self) -> None:
        """Put files that are no Python behind the button again, but for the one shown."""
        with QSignalBlocker(self.tabs):
            for index in reversed(range(self.tabs.count())):
                name = self.tabs.tabText(index)
                if not name.endswith(".py") and name != self.file:
                    self.tabs.removeTab(index)

    def _offer_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in [name for name in self._names if not name.endswith(".py")]:
            menu.addAction(name, partial(self.show_file, name))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _show_file(self) -> None:
        self._drop_tabs()
        written = self.session.written
        if written is None or self.file not in written.files:
            self._pages.setCurrentWidget(self._nothing)
        else:
            if self.file not in self._views:
                self._add_view(written.files[self.file].text)
            self._pages.setCurrentWidget(self._views[self.file])
        self.find_bar.setEnabled(self.view is not None)
        self.setFocusProxy(self.view or self.tabs)
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
        state, look = self.state(), self.session.theme
        self._glyph.setPixmap(
            glyph_pixmap(state.glyph, look[state.colour], 14, self.devicePixelRatioF())
        )
        self._status.setText(state.words)
        for widget in (self._glyph, self._status):
            widget.setToolTip(state.reason or _capital(state.words))
            widget.setAccessibleName(state.words)
        has_code = self.session.written is not None
        if state.reason:
            after = " The last code is shown." if has_code else ""
            self._banner.say(state.reason + after, self._cause() is not None)
        self._banner.setVisible(bool(state.reason) and has_code)
        for view in self._views.values():
            view.set_dimmed(bool(state.reason))
        self._nothing.setText(state.reason or "The code stands here once PyTorch has checked it.")
        self._copy.setEnabled(self.view is not None)
        self._copy.setToolTip("Copy this file" if self.view else "There is no code to copy yet.")
        self._fit_header()

    def _fit_header(self) -> None:
        """Leave the words out where the tabs need the room; the glyph says the same."""
        words = self._status.fontMetrics().horizontalAdvance(self._status.text())
        needed = self.tabs.sizeHint().width() + words + 106
        self._status.setVisible(self._header.width() >= needed)

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
            self.show_file(next(name for name in self._names if name in picked))
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

    def _cause(self) -> str | None:
        """Return the address of the node for which there is no code."""
        refusal = self.session.refusal
        if refusal is None or not self.session.is_judged:
            return None
        return refusal.node if place_of(self.session.project, refusal.node) else None

    def _show_cause(self) -> None:
        place = place_of(self.session.project, self._cause() or "")
        if place is None:
            return
        place = as_shown(place, self.session.graph_key, self.session.prefix)
        self.session.show_graph(place.graph, place.prefix)
        self.session.select([place.node])
        for problem in self.session.problems():
            if problem.node == self._cause():
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
        self._copy.setIcon(glyph_icon("copy", look["text2"]))
        self._more.setIcon(glyph_icon("more", look["text2"]))
        self._banner.set_theme(look)
        self.find_bar.set_theme(look)
        for view in self._views.values():
            view.set_theme(look)
        self._say_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_header()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()


def _grade(problem: object) -> int:
    return GRADES.index(getattr(problem, "severity", "info"))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("…") else ".")
