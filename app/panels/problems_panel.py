"""The list of problems: grouped by cause, the gravest first, each with its fixes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QStackedLayout, QVBoxLayout, QWidget

from app.panels.problems.acting import (
    fix,
    go_on,
    go_to,
    report_again,
    rows_now,
    silence,
    silenced,
    why_not_silenced,
)
from app.panels.problems.cure_bar import CureBar
from app.panels.problems.model import said
from app.panels.problems.rows import Row, counts
from app.panels.problems.strip import ProblemsStrip
from app.panels.problems.view import ProblemView
from app.session.no_code import NOTHING_DRAWN, is_empty
from app.session.seeking import HALTED
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.checking.verdict import Diagnostic, Fix

__all__ = ["ProblemsPanel", "ProblemsStrip"]


class ProblemsPanel(QWidget):
    """Follows the session's verdict; Enter goes to a node, Alt+Enter cures it."""

    title = "Problems"
    glyph = "error"
    counts_changed = Signal(int, int, int)
    """How many errors, warnings and infos there are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._chosen: Diagnostic | None = None
        self._counts = (0, 0, 0)
        self._stale = True
        self.setAccessibleName("Problems")
        self.bar = CureBar(session, self)
        self.view = ProblemView(session, self)
        self._nothing = QWidget(self)
        self._glyph, self._words = QLabel(self._nothing), QLabel(self._nothing)
        self._more = QLabel(self._nothing)
        self._lay_out()
        self.view.chosen.connect(partial(go_to, session))
        self.view.fix_asked.connect(partial(fix, session))
        self.view.pointed.connect(self._point)
        self.view.menu_asked.connect(self._offer)
        session.verdict_changed.connect(self._refresh)
        session.written_changed.connect(self._refresh)
        session.engine_changed.connect(self._refresh)
        session.problem_chosen.connect(self._was_chosen)
        session.theme_changed.connect(self._refresh)
        session.changed.connect(lambda _: self.bar.refresh())
        self._refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._nothing)
        column.setSpacing(4)
        column.addStretch(1)
        for label, role in ((self._glyph, ""), (self._words, ""), (self._more, "secondary")):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setProperty("role", role)
            column.addWidget(label)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        self._pages = QStackedLayout()
        whole.addLayout(self._pages, 1)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._nothing)
        self.setMinimumSize(160, 60)
        self.setFocusProxy(self.view)

    def next_problem(self) -> None:
        """Go to the next problem, round and round."""
        go_on(self.session, self._chosen, 1)

    def previous_problem(self) -> None:
        """Go to the problem before, round and round."""
        go_on(self.session, self._chosen, -1)

    # What is shown

    def _refresh(self) -> None:
        numbers = counts(self.session.verdict, self.session.unwritten())
        if numbers != self._counts:
            self._counts = numbers
            self.counts_changed.emit(*numbers)
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        rows = rows_now(self.session)
        self.bar.setVisible(bool(rows))
        self.bar.refresh()
        self.view.show_rows(rows)
        self.view.viewport().update()
        self._pages.setCurrentWidget(self.view if rows else self._nothing)
        if not rows:
            self._say_nothing()

    def _say_nothing(self) -> None:
        glyph, colour, words, more = "clock", "text3", "Waiting for PyTorch", ""
        if self.session.engine_state in HALTED:
            glyph, colour, words = "error", "error", HALTED[self.session.engine_state]
            more = self.session.engine_words
        elif self.session.verdict is not None and is_empty(self.session):
            glyph, words = "info", NOTHING_DRAWN.rstrip(".")
            keys = self.session.keys.of("add.palette") or "double-click"
            more = f"Add a node: {keys} on the canvas."
        elif self.session.is_judged and not self.session.is_written:
            words = "Writing the code"
        elif self.session.verdict is not None:
            glyph, colour, words = "check", "ok", "No problems"
            more = "PyTorch accepts the drawing as it is."
        look = self.session.theme
        self._glyph.setPixmap(glyph_pixmap(glyph, look[colour], 24, self.devicePixelRatioF()))
        self._words.setText(words)
        self._more.setText(more)
        self._more.setVisible(bool(more))

    def _was_chosen(self, problem: Diagnostic) -> None:
        self._chosen = problem
        if self._stale:
            self._refresh()
        for row in self.view.rows.rows:
            if row.problem is not None and problem in (row.problem, *row.others):
                self.view.show_row(row.key)

    # What can be done

    def _point(self, fix: Fix | None) -> None:
        """Preview a fix, or none."""
        if fix is not None:
            self.session.previewing.show(fix)
        else:
            self.session.previewing.end()

    def _offer(self, row: Row | None, place: QPoint) -> None:
        menu = self.menu_of(row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def menu_of(self, row: Row | None) -> QMenu:
        """Return the menu of a row: its fixes, the way to it, silence; None: of the whole list."""
        menu, session = QMenu(self), self.session
        menu.setToolTipsVisible(True)
        if row is not None:
            look = session.theme
            for number, each in enumerate(row.fixes):
                act = menu.addAction(glyph_icon("wrench", look["text2"]), each.title)
                act.setShortcut("Alt+Return" if number == 0 else f"Alt+{number + 1}")
                act.triggered.connect(partial(_call, fix, session, row, number))
                act.setData(each)
            menu.hovered.connect(lambda act: self._point(act.data()))
            menu.aboutToHide.connect(partial(self._point, None))
            menu.addSeparator()
            go = menu.addAction("Show all of them" if row.waiting else "Show the node")
            go.setShortcut("Return")
            go.triggered.connect(partial(_call, go_to, session, row))
            self._add_silence(menu, row)
            copy = menu.addAction("Copy")
            copy.triggered.connect(partial(_call, _copy, row))
        count = len(silenced(session.project))
        if count:
            again = menu.addAction(f"Report what {count} node{'s' if count > 1 else ''} silenced")
            again.triggered.connect(partial(_call, report_again, session))
        if menu.isEmpty():
            nothing = menu.addAction("Nothing is silenced")
            nothing.setEnabled(False)
            nothing.setToolTip(
                "A warning is silenced from its own menu; here it is reported again."
            )
        return menu

    def _add_silence(self, menu: QMenu, row: Row) -> None:
        words = "Silence this remark" if row.severity == "info" else "Silence this warning"
        act: QAction = menu.addAction(words)
        reason = why_not_silenced(row)
        act.setEnabled(not reason)
        act.setToolTip(reason)
        act.triggered.connect(partial(_call, silence, self.session, row))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()


def _call(act: object, *arguments: object) -> None:
    """Call without what a signal adds: whether an action is checked."""
    if callable(act):
        act(*arguments[:-1] if isinstance(arguments[-1], bool) else arguments)


def _copy(row: Row) -> None:
    details = "\n".join(row.details)
    QGuiApplication.clipboard().setText(f"{said(row)}\n{details}" if details else said(row))
