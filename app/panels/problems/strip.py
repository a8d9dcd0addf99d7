"""One line under the canvas: how many problems, the one at hand, its fix, the way to the next."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.panels.pointed_at import PointedAt
from app.panels.problems.acting import choose, fix, go_on, rows_now
from app.panels.problems.cure_button import CureButton
from app.panels.problems.rows import Row, counts
from app.session.no_code import NOTHING_DRAWN, is_empty
from app.session.seeking import HALTED
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.checking.verdict import Diagnostic, Fix

GRADES = (("error", "error", "error"), ("warning", "warn", "warning"), ("info", "info", "remark"))
"""Glyph, colour and word of each grade."""
ROOMY = 1000
"""Width from which on nothing is said in fewer words."""


class ProblemsStrip(QFrame):
    """Shows the gravest problem, or the one that was chosen last."""

    list_asked = Signal()
    """The whole list is wanted."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._chosen: Diagnostic | None = None
        self._row: Row | None = None
        self._whole = ""
        self.setProperty("role", "panel")
        self.setAccessibleName("Problem at hand")
        self.setFixedHeight(28)
        self._counts = [QToolButton(self) for _ in GRADES]
        self._line = QFrame(self)
        self._glyph = QLabel(self)
        self._label = QPushButton(self)
        self._sentence = QLabel(self)
        self._fix = QPushButton(self)
        self.cure = CureButton(session, self)
        self._next, self._key = QPushButton("next", self), QLabel(session.keys.now("F8"), self)
        self._lay_out()
        for button in self._counts:
            button.clicked.connect(lambda _=False: self.list_asked.emit())
        self._label.clicked.connect(self._go)
        self._fix.clicked.connect(self._cure)
        PointedAt(self._fix, session.previewing, self._first_fix)
        self.cure.refreshed.connect(self._say)
        self._next.clicked.connect(partial(self._step, 1))
        session.verdict_changed.connect(self._refresh)
        session.written_changed.connect(self._refresh)
        session.changed.connect(lambda _: self._show_row())
        session.engine_changed.connect(self._refresh)
        session.problem_chosen.connect(self._was_chosen)
        session.theme_changed.connect(self._refresh)
        session.keys.changed.connect(lambda: self._key.setText(session.keys.now("F8")))
        self._refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 10, 0)
        row.setSpacing(4)
        for button in self._counts:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(14, 14))
            row.addWidget(button)
        self._line.setProperty("role", "line")
        self._line.setFrameShape(QFrame.Shape.VLine)
        self._line.setFixedHeight(14)
        for widget, role in (
            (self._label, "flat"),
            (self._sentence, "dense"),
            (self._fix, "link"),
            (self._next, "flat"),
            (self._key, "key"),
        ):
            widget.setProperty("role", role)
        self._key.setFixedHeight(18)
        self._sentence.setMinimumWidth(40)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        row.addSpacing(4)
        row.addWidget(self._line)
        row.addSpacing(4)
        for widget in (self._glyph, self._label, self._sentence):
            row.addWidget(widget)
        row.setStretchFactor(self._sentence, 1)
        for widget in (self._fix, self.cure, self._next, self._key):
            row.addWidget(widget)

    @property
    def row(self) -> Row | None:
        """The row that is shown."""
        return self._row

    def next_problem(self) -> None:
        """Go to the next problem."""
        self._step(1)

    def previous_problem(self) -> None:
        """Go to the problem before."""
        self._step(-1)

    def _step(self, step: int, *_: object) -> None:
        go_on(self.session, self._chosen, step)

    def _was_chosen(self, problem: Diagnostic) -> None:
        self._chosen = problem
        self._refresh()

    def _refresh(self, *_: object) -> None:
        look, rows = self.session.theme, [r for r in rows_now(self.session) if r.problem]
        numbers = counts(self.session.verdict, self.session.unwritten())
        for button, number, (glyph, colour, word) in zip(
            self._counts, numbers, GRADES, strict=True
        ):
            button.setIcon(glyph_icon(glyph, look[colour if number else "text3"]))
            button.setText(str(number))
            words = f"{number} {word}" + ("" if number == 1 else "s")
            button.setAccessibleName(words)
            button.setToolTip(f"{words}: show the list")
        wanted = (self._chosen.code, self._chosen.node) if self._chosen is not None else None
        self._row = next(
            (r for r in rows if r.problem and (r.problem.code, r.problem.node) == wanted),
            rows[0] if rows else None,
        )
        self._show_row()

    def _show_row(self) -> None:
        row, look = self._row, self.session.theme
        for widget in (self._label, self._fix, self.cure, self._next, self._key):
            widget.setVisible(row is not None)
        self.cure.refresh()
        self._glyph.setVisible(row is None)
        if row is None:
            glyph, colour, self._whole = self._nothing()
            self._glyph.setPixmap(glyph_pixmap(glyph, look[colour], 14, self.devicePixelRatioF()))
        else:
            self._whole = self.cure.words() or row.sentence
            self._label.setText(row.label)
            self._label.setToolTip("Show this node")
            self._fix.setVisible(bool(row.fixes))
            self._fix.setEnabled(self.session.is_judged)
            self._fix.setToolTip("" if self.session.is_judged else "The drawing is being checked.")
        self._fit()

    def _say(self) -> None:
        """Say what all safe fixes would do, in the place of the problem, while that is asked."""
        words = self.cure.words() or (self._row.sentence if self._row is not None else self._whole)
        if words != self._whole:
            self._whole = words
            self._fit()

    def _nothing(self) -> tuple[str, str, str]:
        if self.session.engine_state in HALTED:
            words = self.session.engine_words or f"{HALTED[self.session.engine_state]}."
            return "error", "error", words
        if self.session.verdict is None:
            return "clock", "text3", "Waiting for PyTorch"
        if not self.session.is_judged:
            return "clock", "text3", "Checking…"
        if is_empty(self.session):
            return "info", "text3", NOTHING_DRAWN
        if not self.session.is_written and not self.session.is_refused:
            return "clock", "text3", "Writing the code…"
        return "check", "ok", "No problems"

    def _fit(self) -> None:
        """Cut the sentence, and before it the fix, to the room there is."""
        self.cure.shorten(self.width() < ROOMY)
        if self._row is not None and self._row.fixes:
            words = f"Fix: {self._row.fixes[0].title}"
            metrics = self._fix.fontMetrics()
            room = max(40, self.width() // 4)
            self._fix.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room))
            self._fix.setAccessibleName(words)
        self._sentence.setAccessibleName(self._whole)
        self._sentence.setToolTip(self._whole)
        layout = self.layout()
        if layout is not None:
            self._sentence.setText("")
            layout.activate()
        metrics = self._sentence.fontMetrics()
        room = max(0, self._sentence.width() - 2)
        self._sentence.setText(metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, room))

    def _go(self) -> None:
        if self._row is not None and self._row.problem is not None:
            choose(self.session, self._row.problem)

    def _first_fix(self) -> Fix | None:
        return self._row.fixes[0] if self._row is not None and self._row.fixes else None

    def _cure(self) -> None:
        if self._row is not None:
            fix(self.session, self._row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
