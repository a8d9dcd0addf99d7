"""A file's text against an earlier one: signs and colours, folds that open, steps by change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.panels.code.colouring import Span, open_quotes
from app.panels.code.comparison import ADDED, FOLD, REMOVED, Row, changes, compare, folded
from app.panels.code.diff_margin import SURFACES, DiffMargin
from app.panels.code.page import LETTERS, CodePage
from graph_editor.canvas.theme import Theme

STEP = Qt.Key.Key_F7
SAID = {ADDED: "added", REMOVED: "removed", FOLD: "folded, Enter opens it"}


class DiffView(CodePage):
    """Shows what differs between two texts of one file."""

    left = Signal()
    """Esc: back to the text as it is."""
    moved = Signal()
    """The cursor is on another row."""

    def __init__(
        self, name: str, look: Theme, parent: QWidget | None = None, letters: float = LETTERS
    ) -> None:
        super().__init__(name, look, parent, letters)
        self.rows: Sequence[Row] = ()
        self.picked: frozenset[int] = frozenset()
        self._all: tuple[Row, ...] = ()
        self._texts: tuple[str | None, str | None] = (None, None)
        self._inside: dict[tuple[str, int], str] = {}
        self._opened: set[int] = set()
        self._starts: list[int] = []
        self.setAccessibleName(f"Changes of {name}")
        self.set_margin(DiffMargin(self, self))
        self.cursorPositionChanged.connect(self._came)

    # What is shown

    def set_texts(self, old: str | None, new: str | None) -> None:
        """Compare two texts; None: there is no such file. Folds that were opened stay open."""
        if (old, new) == self._texts and self._all:
            return
        fresh = old != self._texts[0] or not self._all
        if fresh:
            self._opened.clear()
        self._texts = (old, new)
        self._all = compare(old, new)
        self._inside = {}
        if self.name.endswith(".py"):
            for side, text in ((REMOVED, old), (ADDED, new)):
                found = open_quotes(text or "")
                self._inside |= {(side, n): quotes for n, quotes in enumerate(found, 1)}
        self._show()
        if fresh:
            self.go_to_change(0)

    def _show(self) -> None:
        self.rows = folded(self._all, self._opened)
        self._starts = changes(self.rows)
        quotes = [self._quotes_of(row) for row in self.rows]
        self.put_lines([row.text for row in self.rows] or [""], quotes or [""])
        self._fit_margin()
        self._recolour()
        self.viewport().update()
        self._came()

    def _quotes_of(self, row: Row) -> str:
        side = (ADDED, row.new) if row.new else (REMOVED, row.old)
        return "" if row.sign == FOLD else self._inside.get(side, "")

    def spans(self, number: int, line: str) -> list[Span]:
        if number < len(self.rows) and self.rows[number].sign == FOLD:
            return [(0, len(line), "link")]
        return super().spans(number, line)

    def set_picked(self, lines: Iterable[int]) -> None:
        """Mark lines (from 1) of the present text in the margin."""
        self.picked = frozenset(lines)
        self._pick_out()

    def row_of(self, line: int) -> Row | None:
        """Return the row at a line of this page (from 1); None where there is none."""
        return self.rows[line - 1] if 0 < line <= len(self.rows) else None

    # Going through it

    @property
    def change_count(self) -> int:
        """How many changes there are: lines that changed and stand together are one."""
        return len(self._starts)

    @property
    def change_number(self) -> int:
        """Which change (from 1) the cursor is in; 0: in none."""
        at = self.caret_line() - 1
        row = self.row_of(at + 1)
        if row is None or row.sign not in (ADDED, REMOVED):
            return 0
        return sum(start <= at for start in self._starts)

    def step(self, way: int) -> int:
        """Go to the next change, or with -1 to the one before; return which (from 1), or 0."""
        at, starts = self.caret_line() - 1, self._starts
        if not starts:
            return 0
        if way > 0:
            index = next((i for i, start in enumerate(starts) if start > at), 0)
        else:
            here = self.change_number
            before = [i for i, start in enumerate(starts) if start < at and i != here - 1]
            index = before[-1] if before else len(starts) - 1
        self.go_to_change(index)
        return index + 1

    def go_to_change(self, index: int) -> None:
        """Put the cursor on a change (from 0) and bring it into view with what is above it."""
        if index < len(self._starts):
            row = self._starts[index]
            self.put_caret(row + 1)
            self.reveal([row + 1])

    def choose(self, line: int) -> None:
        """Open a fold; any other row of the present text is its line there."""
        row = self.row_of(line)
        if row is None:
            return
        if row.sign == FOLD:
            self._opened.add(row.old)
            self._show()
            self.put_caret(line)
        elif row.new:
            self.line_chosen.emit(row.new)

    def _came(self) -> None:
        """Say the row at the cursor, for a screen reader and for the count above."""
        row = self.row_of(self.caret_line())
        self.setAccessibleDescription(SAID.get(row.sign, "") if row is not None else "")
        self.viewport().update()
        self.moved.emit()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, width = QPainter(self.viewport()), self.viewport().width()
        for number, top, height in self.seen_blocks():
            row = self.row_of(number)
            surface = SURFACES.get(row.sign) if row is not None else None
            if surface is not None:
                painter.fillRect(0, top, width, height, self.look[surface])
            if number == self.caret_line() and self.hasFocus():
                painter.fillRect(0, top, 2, height, self.look["ring"])
        painter.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == STEP:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
