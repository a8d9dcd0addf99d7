"""The summary: what every node gives and costs, the totals, and all of it to be copied."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.panels.costs.view import SummaryView
from app.panels.running.elided import Elided
from app.report import SUMMARIES
from app.session.locating import as_shown, place_of
from app.session.naming import Names
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.checking.summary import summary, totals, work_unit
from graph_editor.checking.training_memory import in_units
from graph_editor.document.changes import Change

FORMS = {"text": "As text", "markdown": "As Markdown", "tsv": "For a spreadsheet"}
"""In what forms the table can be copied, in the order of the menu."""
WAITING = "Waiting for PyTorch to check the drawing."
EMPTY = "There are no nodes yet."
GRADES = {"tight": "warning", "too_large": "error"}


class SummaryPanel(QWidget):
    """Follows the session's verdict while it can be seen."""

    title = "Summary"
    glyph = "list"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setProperty("role", "panel")
        self.setAccessibleName("Summary")
        self.words = Elided(self)
        self.words.setProperty("role", "secondary")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.inside = QCheckBox("Inside blocks", self)
        self.inside.setToolTip("Show what is in a block below its row")
        self.copy_button = QPushButton("Copy ", self)
        self.copy_button.setProperty("role", "flat")
        self.menu = QMenu(self.copy_button)
        self.copy_button.setMenu(self.menu)
        self.view = SummaryView(self)
        self.nothing = QLabel(WAITING, self)
        self.nothing.setProperty("role", "secondary")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        for form, words in FORMS.items():
            self.menu.addAction(words).triggered.connect(partial(self.copy, form))
        self.inside.toggled.connect(self.refresh)
        self.view.chosen.connect(self._go_to)
        self.view.copy_asked.connect(partial(self.copy, "tsv"))
        session.verdict_changed.connect(self.refresh)
        session.changed.connect(self._changed)
        session.room.changed.connect(self._say_fit)
        session.theme_changed.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 3, 8, 3)
        head.setSpacing(12)
        head.addWidget(self.words, 1)
        head.addWidget(self.inside)
        head.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.nothing)
        self.nothing.setContentsMargins(12, 8, 12, 8)
        column.addLayout(self._pages, 1)
        self.setFocusProxy(self.view)
        self.setMinimumSize(160, 60)

    # What is shown

    def refresh(self, *_: object) -> None:
        """Show the last verdict; nothing is done while the panel is hidden."""
        if not self.isVisible():
            return
        session, verdict = self.session, self.session.verdict
        self.inside.setVisible(bool(session.project.blocks))
        if verdict is not None and session.is_judged:
            names = Names(session.project)
            rows = summary(
                session.project,
                session.lookup,
                verdict,
                self.inside.isChecked() and bool(session.project.blocks),
                lambda graph, key, node: names.node(graph, key) or node.name or key,
            )
            self.view.summary.show_rows(rows, totals(session.project, verdict))
            self.view.fit_columns()
        rows_shown = bool(self.view.summary.rows)
        self._pages.setCurrentWidget(self.view if rows_shown else self.nothing)
        self.nothing.setText(WAITING if verdict is None else EMPTY)
        self.copy_button.setEnabled(rows_shown)
        self.copy_button.setToolTip("" if rows_shown else "There is nothing to copy yet.")
        self._say_fit()

    def _say_fit(self) -> None:
        room, total = self.session.room, self.view.summary.total
        verdict = self.session.verdict
        words = room.caution
        if not words and total is not None:
            kept = in_units(total.activations)
            unit = work_unit(verdict) if verdict is not None else "per sample"
            counts = f"{total.parameters:,} parameters, {total.flops:,} FLOPs {unit}"
            least = f"At least {counts}" if total.note else counts
            words = f"{least}, {kept} of activations per batch {total.note}".rstrip()
            words += f". {room.words}"
            words = words.strip()
        self.words.say(words)
        role = GRADES.get(room.fit, "secondary")
        if role != self.words.property("role"):
            self.words.setProperty("role", role)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)

    def _changed(self, change: Change) -> None:
        """Drop rows of nodes that are gone; what stays is shown until the next verdict."""
        if not change.is_only_layout and not self.session.project.main.graph.nodes:
            self.refresh()

    def _restyle(self) -> None:
        look = self.session.theme
        self.copy_button.setIcon(glyph_icon("copy", look["text2"]))
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # What can be done

    def copy(self, form: str, *_: object) -> None:
        """Put the table on the clipboard: the selected rows where there are several, else all."""
        shown, picked = self.view.summary, self.view.picked()
        some = len(picked) > 1
        rows = [shown.rows[at] for at in picked] if some else list(shown.rows)
        if not rows:
            self.session.said.emit("There is nothing to copy yet.")
            return
        QGuiApplication.clipboard().setText(SUMMARIES[form](rows, None if some else shown.total))
        what = f"{len(rows)} rows of the summary" if some else "the summary"
        self.session.said.emit(f"Copied {what}.")

    def _go_to(self, address: str) -> None:
        session = self.session
        place = place_of(session.project, address)
        if place is not None:
            shown = as_shown(place, session.graph_key, session.prefix)
            session.show_graph(shown.graph, shown.prefix)
            session.select([shown.node])
