"""A file's text: coloured, with line numbers, marks of problems, and lines that are picked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.panels.code.colouring import Span, open_quotes, plain_spans, python_spans
from app.panels.code.difference import changed_lines, moved_line, replace_lines
from app.panels.code.margin import Margin
from graph_editor.canvas.theme import Theme, code_font, mixed

COLOURS = ("k_key", "k_str", "k_num", "k_fn", "k_com", "k_cls")
DIM = 0.55
"""Share of its colour that text keeps while it is not what is drawn."""
DIM_CLEAR = 0.8
"""The same where contrast must be high."""
MOST_MATCHES = 1000
Mark = tuple[str, str]
"""Severity and sentence of a problem at a line."""


LETTERS = 12
"""Usual height of the letters, in pixels."""


class CodeView(QPlainTextEdit):
    """Shows one file. Colours only what is seen, so that long files cost what short ones do."""

    line_chosen = Signal(int)
    """A line (from 1) that was clicked, or on which Enter was pressed."""
    find_asked = Signal()

    def __init__(
        self, name: str, look: Theme, parent: QWidget | None = None, letters: float = LETTERS
    ) -> None:
        super().__init__(parent)
        self.name = name
        self._spans: Callable[[str, str], list[Span]] = (
            python_spans if name.endswith(".py") else plain_spans
        )
        self._lines: list[str] = [""]
        self._quotes: list[str] = [""]
        self._stamp = 0
        self._dimmed = False
        self._matches: list[QTextCursor] = []
        self._picked: frozenset[int] = frozenset()
        self._related: frozenset[int] = frozenset()
        self.marks: Mapping[int, Mark] = {}
        self.look = look
        self.letters = letters
        self._formats: dict[str, QTextCharFormat] = {}
        self._margin = Margin(self, self)
        self._set_up()
        self.set_theme(look)

    def _set_up(self) -> None:
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("role", "pane")
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(f"Code of {self.name}")
        self.document().setDocumentMargin(0)
        self.updateRequest.connect(self._scroll_margin)
        self.verticalScrollBar().valueChanged.connect(self._colour_seen)

    # What is shown

    def set_text(self, text: str) -> None:
        """Show a text; only lines that differ are touched, and what is read stays in place."""
        new = text.removesuffix("\n").split("\n")
        start, end, new_end = changed_lines(self._lines, new)
        self._quotes = open_quotes(text) if self.name.endswith(".py") else [""] * len(new)
        if (start, start) == (end, new_end):
            return
        bar, total = self.verticalScrollBar(), len(self._lines)
        at = moved_line(self._lines, new, bar.value(), (start, end, new_end))
        self._lines = new
        replace_lines(self.document(), start, end, new[start:new_end], total)
        self._fit_margin()
        bar.setValue(at)
        self._stamp += 1
        self._colour_seen()
        self._pick_out()

    def set_theme(self, look: Theme) -> None:
        """Show everything in another theme."""
        self.look = look
        self.document().setDefaultFont(code_font(self.letters))
        self._fit_margin()
        self._recolour()

    def set_letters(self, pixels: float) -> None:
        """Show the text in another size."""
        self.letters = pixels
        self.set_theme(self.look)

    def set_dimmed(self, dimmed: bool) -> None:
        """Draw the text fainter: it is not what is drawn now."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self._recolour()

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
            self._margin.update()

    @property
    def picked(self) -> frozenset[int]:
        """The lines that are picked out."""
        return self._picked

    @property
    def related(self) -> frozenset[int]:
        """The lines that are only marked in the margin."""
        return self._related

    def seen_lines(self) -> range:
        """Return the lines (from 1) that fit into view as a whole."""
        first = self.firstVisibleBlock().blockNumber() + 1
        height = max(1, round(self.blockBoundingRect(self.firstVisibleBlock()).height()))
        return range(first, first + max(1, self.viewport().height() // height))

    def reveal(self, lines: Sequence[int]) -> None:
        """Bring the first of these lines into view, unless one of them is."""
        seen = self.seen_lines()
        if lines and not any(line in seen for line in lines):
            self.verticalScrollBar().setValue(max(0, lines[0] - 1 - len(seen) // 3))

    def line_count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    def choose(self, line: int) -> None:
        """Take it that a line was clicked."""
        self.line_chosen.emit(line)

    # Finding

    def find_matches(self, needle: str) -> int:
        """Pick out where a text occurs (capitals do not matter), and return how often."""
        self._matches = []
        found = QTextCursor(self.document())
        while needle and len(self._matches) < MOST_MATCHES:
            found = self.document().find(needle, found)
            if found.isNull():
                break
            self._matches.append(found)
        self._pick_out()
        return len(self._matches)

    def show_match(self, step: int) -> int:
        """Select the next match (or the one before) and return its number, from 1; 0: none."""
        if not self._matches:
            return 0
        at = self.textCursor().selectionStart()
        places = [match.selectionStart() for match in self._matches]
        if step == 0:
            index = next((i for i, place in enumerate(places) if place >= at), 0)
        elif step > 0:
            index = next((i for i, place in enumerate(places) if place > at), 0)
        else:
            index = next((i for i in reversed(range(len(places))) if places[i] < at), -1)
        index %= len(places)
        self.setTextCursor(self._matches[index])
        return index + 1

    # Colours

    def _recolour(self) -> None:
        look = self.look
        dim = DIM_CLEAR if look.name == "hc" else DIM
        share = dim if self._dimmed else 1.0
        self._formats = {}
        for token in COLOURS:
            made = QTextCharFormat()
            made.setForeground(mixed(look[token], look["input"], share))
            self._formats[token] = made
        plain = mixed(look["text"], look["input"], share)
        palette = self.palette()
        palette.setColor(palette.ColorRole.Text, plain)
        self.setPalette(palette)
        self._formats["plain"] = QTextCharFormat()
        self._formats["plain"].setForeground(plain)
        self._stamp += 1
        self._colour_seen()
        self._pick_out()

    def _colour_seen(self) -> None:
        block, bottom = self.firstVisibleBlock(), self.viewport().height() + 40
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        first, last = -1, -1
        while block.isValid() and top <= bottom:
            if block.userState() != self._stamp:
                self._colour(block)
                first = block.position() if first < 0 else first
                last = block.position() + block.length()
            top += self.blockBoundingRect(block).height()
            block = block.next()
        if first >= 0:  # else Qt would tell of it along with the next change of the text
            self.document().markContentsDirty(first, last - first)

    def _colour(self, block: QTextBlock) -> None:
        line, number = block.text(), block.blockNumber()
        inside = self._quotes[number] if number < len(self._quotes) else ""
        ranges = [_range(0, block.length(), self._formats["plain"])]
        ranges += [_range(at, n, self._formats[t]) for at, n, t in self._spans(line, inside)]
        block.layout().setFormats(ranges)
        block.setUserState(self._stamp)

    def _pick_out(self) -> None:
        shown = [self._whole_line(line) for line in sorted(self._picked)]
        for match in self._matches:
            shown.append(_selection(QTextCursor(match), self.look["warn_bg"]))
            shown[-1].format.setForeground(self.look["warn"])
        self.setExtraSelections(shown)
        self._margin.update()

    def _whole_line(self, line: int) -> QTextEdit.ExtraSelection:
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        made = _selection(cursor, self.look["sel"])
        made.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return made

    # The margin

    def _fit_margin(self) -> None:
        self.setViewportMargins(self._margin.wanted_width(), 0, 0, 0)
        self._place_margin()

    def _place_margin(self) -> None:
        inside = self.contentsRect()
        size = QSize(self._margin.wanted_width(), inside.height())
        self._margin.setGeometry(QRect(inside.topLeft(), size))

    def _scroll_margin(self, place: QRect, step: int) -> None:
        if step:
            self._margin.scroll(0, step)
        else:
            self._margin.update(0, place.y(), self._margin.width(), place.height())

    def line_at(self, y: int) -> int:
        """Return the line (from 1) at a height of the viewport; 0 below the last."""
        block = self.cursorForPosition(QPoint(0, y)).block()
        place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return block.blockNumber() + 1 if place.top() <= y < place.bottom() else 0

    def seen_blocks(self) -> list[tuple[int, int, int]]:
        """Return line (from 1), top and height of every line in view."""
        found, block = [], self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top < self.viewport().height():
            height = self.blockBoundingRect(block).height()
            found.append((block.blockNumber() + 1, round(top), round(height)))
            top += height
            block = block.next()
        return found

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_margin()
        self._colour_seen()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_margin()
        self._colour_seen()

    def event(self, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and _is_own_key(event):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            # a style sheet's font size would win over a font of our own
            self.document().setDefaultFont(code_font(self.letters))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.line_chosen.emit(self.textCursor().blockNumber() + 1)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            line = self.line_at(event.position().toPoint().y())
            if line:
                self.line_chosen.emit(line)


def _is_own_key(event: QKeyEvent) -> bool:
    """Whether a key means something here, whatever the window would do with it."""
    own = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.matches(QKeySequence.StandardKey.Find) or (
        event.key() in own and bare == Qt.KeyboardModifier.NoModifier
    )


def _range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, look
    return made


def _selection(cursor: QTextCursor, colour: QColor) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor = cursor
    made.format = QTextCharFormat()
    made.format.setBackground(colour)
    return made
