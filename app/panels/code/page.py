"""What every page of code has: coloured text, a margin, lines in view, words that are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

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

from app.panels.code.colouring import Span, plain_spans, python_spans
from app.panels.code.difference import changed_lines, moved_line, replace_lines
from graph_editor.canvas.theme import Theme, code_font, mixed

COLOURS = ("k_key", "k_str", "k_num", "k_fn", "k_com", "k_cls", "link")
DIM = 0.55
"""Share of its colour that text keeps while it is not what is drawn."""
DIM_CLEAR = 0.8
"""The same where contrast must be high."""
MOST_MATCHES = 1000
LETTERS = 12
"""Usual height of the letters, in pixels."""


class Beside(Protocol):
    """What a page must know of the margin beside its text, which is a widget."""

    def wanted_width(self) -> int:
        """Return how wide it must be."""


class CodePage(QPlainTextEdit):
    """Shows lines of code. Colours only what is seen, so that long files cost what short ones do.

    Who derives from it gives it a margin (``set_margin``) and lines (``put_lines``), and says
    which parts are picked out (``washes``).
    """

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
        self.look = look
        self.letters = letters
        self._formats: dict[str, QTextCharFormat] = {}
        self._margin: QWidget | None = None
        self._set_up()

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
        self.document().setDocumentMargin(0)
        self.updateRequest.connect(self._scroll_margin)
        self.verticalScrollBar().valueChanged.connect(self._colour_seen)

    def set_margin(self, margin: QWidget) -> None:
        """Take a margin, which is a child of this page and ``Beside`` it; colour everything."""
        self._margin = margin
        self.set_theme(self.look)

    # What is shown

    def put_lines(self, new: list[str], quotes: list[str]) -> bool:
        """Show lines, each of which begins inside some quotes; return whether any differs.

        Only lines that differ are touched, and what is read stays in place.
        """
        start, end, new_end = changed_lines(self._lines, new)
        self._quotes = quotes
        if (start, start) == (end, new_end):
            return False
        bar, total = self.verticalScrollBar(), len(self._lines)
        at = moved_line(self._lines, new, bar.value(), (start, end, new_end))
        self._lines = new
        replace_lines(self.document(), start, end, new[start:new_end], total)
        self._fit_margin()
        bar.setValue(at)
        self._stamp += 1
        self._colour_seen()
        self._pick_out()
        return True

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

    def caret_line(self) -> int:
        """Return the line (from 1) that the cursor is on."""
        return self.textCursor().blockNumber() + 1

    def put_caret(self, line: int) -> None:
        """Put the cursor at the beginning of a line (from 1)."""
        cursor = self.textCursor()
        cursor.setPosition(self.document().findBlockByNumber(line - 1).position())
        self.setTextCursor(cursor)

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
        ranges = [_range(0, block.length(), self._formats["plain"])]
        found = self.spans(block.blockNumber(), block.text())
        ranges += [_range(at, length, self._formats[token]) for at, length, token in found]
        block.layout().setFormats(ranges)
        block.setUserState(self._stamp)

    def spans(self, number: int, line: str) -> list[Span]:
        """Return the coloured parts of a line (from 0)."""
        return self._spans(line, self._quotes[number] if number < len(self._quotes) else "")

    def washes(self) -> list[QTextEdit.ExtraSelection]:
        """Return what is picked out beside the words that are looked for."""
        return []

    def _pick_out(self) -> None:
        shown = self.washes()
        for match in self._matches:
            shown.append(_selection(QTextCursor(match), self.look["warn_bg"]))
            shown[-1].format.setForeground(self.look["warn"])
        self.setExtraSelections(shown)
        if self._margin is not None:
            self._margin.update()

    def whole_line(self, line: int) -> QTextEdit.ExtraSelection:
        """Return what picks out a line (from 1) from side to side."""
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        made = _selection(cursor, self.look["sel"])
        made.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return made

    # The margin

    def _margin_width(self) -> int:
        margin: Beside | None = self._margin  # type: ignore[assignment]  # set_margin asks for it
        return 0 if margin is None else margin.wanted_width()

    def _fit_margin(self) -> None:
        self.setViewportMargins(self._margin_width(), 0, 0, 0)
        self._place_margin()

    def _place_margin(self) -> None:
        inside = self.contentsRect()
        size = QSize(self._margin_width(), inside.height())
        if self._margin is not None:
            self._margin.setGeometry(QRect(inside.topLeft(), size))

    def _scroll_margin(self, place: QRect, step: int) -> None:
        if self._margin is None:
            return
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
            self.choose(self.caret_line())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            line = self.line_at(event.position().toPoint().y())
            if line:
                self.choose(line)


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
