"""What is wrong with the selected node: one card for each problem, with its fixes as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.panels.inspector_parts import FittingButton, WrappingButton, clear, label
from graph_editor.canvas.findings import Finding
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme
from graph_editor.checking.verdict import NO_CODE

LOOKS = {
    "error": ("error", "error", "error"),
    "warning": ("warning", "warning", "warn"),
    "info": ("card", "info", "info"),
    "waiting": ("card", "clock", "text2"),
}
"""Severity -> role of the card, glyph, colour."""


class Problems(QWidget):
    """The cards of all problems of one node."""

    fix_chosen = Signal(str)
    fix_made = Signal(object, str)
    """A button for a fix was made: the widget, and the fix's id."""
    silenced = Signal(str)
    """The code of a rule that is not to be reported here."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_problems(self, problems: Iterable[Finding], look: Theme) -> None:
        """Show the problems; cards that stay the same are left alone, and so is the focus."""
        found = tuple(problems)
        self.setVisible(bool(found))
        if (found, look) == self._shown:
            return
        self._shown, self._look = (found, look), look
        clear(self._column)
        for problem in found:
            self._column.addWidget(self._card(problem))

    def _card(self, problem: Finding) -> QFrame:
        role, glyph, colour = LOOKS.get(problem.severity, LOOKS["info"])
        card = QFrame()
        card.setProperty("role", role)
        card.setAccessibleName(f"{problem.severity}: {problem.message}")
        column = QVBoxLayout(card)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        title, rest = in_two(problem.message)
        head = QHBoxLayout()
        head.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(glyph_pixmap(glyph, self._look[colour], 14, self.devicePixelRatioF()))
        picture.setFixedWidth(14)
        words = label(title, "dense", wrap=True, select=True)
        words.setProperty("part", "problem")
        head.addWidget(picture)
        head.addWidget(words, 1)
        column.addLayout(head)
        if rest:
            column.addWidget(label(rest, "secondary", wrap=True, select=True))
        for place, (fix, words_of_fix) in enumerate(problem.fixes):
            ratio = self.devicePixelRatioF()
            wrench = glyph_pixmap("wrench", self._look["text2"], 14, ratio)
            button = WrappingButton(words_of_fix, wrench, partial(self.fix_chosen.emit, fix))
            button.setObjectName(f"fix {place}")
            self.fix_made.emit(button, fix)
            column.addWidget(button)
        self._add_links(column, problem)
        return card

    def _add_links(self, column: QVBoxLayout, problem: Finding) -> None:
        links = QHBoxLayout()
        links.setSpacing(4)
        if problem.detail:
            own = label(problem.detail, "mono", wrap=True, select=True)
            own.hide()
            show = FittingButton(
                "PyTorch's words", lambda: own.setVisible(own.isHidden()), role="link"
            )
            links.addWidget(show)
        if problem.severity != "error" and problem.code not in ("", NO_CODE):
            silence = FittingButton(
                "Do not report here", partial(self.silenced.emit, problem.code), role="link"
            )
            links.addWidget(silence)
        links.addStretch()
        if links.count() > 1:
            column.addLayout(links)
        if problem.detail:
            column.addWidget(own)


def in_two(message: str) -> tuple[str, str]:
    """Return a message's first sentence, and the rest."""
    first, stop, rest = message.partition(". ")
    return (first + stop.strip(), rest) if stop else (message, "")
