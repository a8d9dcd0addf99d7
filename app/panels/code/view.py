"""A file's text as it is now: with marks of problems, and lines that are picked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from app.panels.code.colouring import open_quotes
from app.panels.code.margin import Margin, laid_out
from app.panels.code.page import LETTERS, CodePage
from graph_editor.canvas.theme import Theme

Mark = tuple[str, str]
"""Severity and sentences of the problems at a line."""


class CodeView(CodePage):
    """Shows one file. The problem at a line is told where the mouse rests or the cursor comes."""

    def __init__(
        self, name: str, look: Theme, parent: QWidget | None = None, letters: float = LETTERS
    ) -> None:
        super().__init__(name, look, parent, letters)
        self._picked: frozenset[int] = frozenset()
        self._related: frozenset[int] = frozenset()
        self.marks: Mapping[int, Mark] = {}
        self.setAccessibleName(f"Code of {name}")
        self.set_margin(Margin(self, self))

    def set_text(self, text: str) -> None:
        """Show a text; only lines that differ are touched, and what is read stays in place."""
        new = text.removesuffix("\n").split("\n")
        quotes = open_quotes(text) if self.name.endswith(".py") else [""] * len(new)
        self.put_lines(new, quotes)

    def set_picked(self, lines: Iterable[int], related: Iterable[int] = ()) -> None:
        """Pick out lines (from 1), and mark related ones in the margin alone."""
        picked, others = frozenset(lines), frozenset(related)
        if (picked, others) != (self._picked, self._related):
            self._picked, self._related = picked, others
            self._pick_out()

    def set_marks(self, marks: Mapping[int, Mark]) -> None:
        """Mark lines (from 1) with problems."""
        if marks != self.marks:
            self.marks = dict(marks)
            self._pick_out()
            self._describe()

    @property
    def picked(self) -> frozenset[int]:
        """The lines that are picked out."""
        return self._picked

    @property
    def related(self) -> frozenset[int]:
        """The lines that are only marked in the margin."""
        return self._related

    def washes(self) -> list[QTextEdit.ExtraSelection]:
        return [self.whole_line(line) for line in sorted(self._picked)]

    # Problems, by mouse and by keys

    def problem_at(self, line: int) -> str:
        """Return what is wrong at a line (from 1); empty where nothing is."""
        return self.marks.get(line, ("", ""))[1]

    def _describe(self) -> None:
        """Have a screen reader say the problem at the cursor."""
        self.setAccessibleDescription(self.problem_at(self.caret_line()))

    def _tell_problem(self) -> None:
        """Show the problem at the cursor beside its line, or take the last one away."""
        words = self.problem_at(self.caret_line())
        self._describe()
        below = self.viewport().mapToGlobal(self.cursorRect().bottomLeft() + QPoint(0, 4))
        QToolTip.showText(below if words else QPoint(), laid_out(words), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.caret_line()
        super().keyPressEvent(event)
        if self.caret_line() != before:
            self._tell_problem()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QToolTip.hideText()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            words = self.problem_at(self.line_at(event.pos().y()))
            QToolTip.showText(event.globalPos() if words else QPoint(), laid_out(words), self)
            return True
        return super().viewportEvent(event)


def add_mark(marks: dict[int, Mark], line: int, mark: Mark) -> None:
    """Add a problem to those of a line; they come with the gravest first."""
    known = marks.get(line)
    if known is None:
        marks[line] = mark
    elif mark[1] not in known[1].split("\n"):
        marks[line] = (known[0], f"{known[1]}\n{mark[1]}")
