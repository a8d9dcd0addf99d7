"""The editor of custom code: coloured, with line numbers, and nothing in it that does not show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QAbstractScrollArea, QPlainTextEdit, QTextEdit, QWidget

from graph_editor.canvas.theme import Theme, code_font
from graph_editor.document.hidden import BADGE, is_hidden, meant, shown

LETTERS = 12
GAP = 12
INDENT = "    "
QUOTES = ("", '"""', "'''")
"""What a line may begin inside of, by the number that stands for it."""


@dataclass(frozen=True, slots=True)
class Colouring:
    """How Python is coloured; both functions are those of the code panel."""

    spans: Callable[[str, str], list[tuple[int, int, str]]]
    """The coloured parts of a line that begins inside a string with these quotes."""
    quotes: Callable[[str], list[str]]
    """The quotes of the string that each line of a text begins inside."""


class Colours(QSyntaxHighlighter):
    """Colours Python, and makes badges of hidden signs stand out."""

    def __init__(self, document: QTextDocument, colouring: Colouring, look: Theme) -> None:
        super().__init__(document)
        self._colouring = colouring
        self.look = look

    def highlightBlock(self, text: str) -> None:
        before = self.previousBlockState()
        inside = QUOTES[before] if 0 < before < len(QUOTES) else ""
        self.setCurrentBlockState(QUOTES.index(self._colouring.quotes(f"{inside}{text}\n")[1]))
        for start, length, token in self._colouring.spans(text, inside):
            made = QTextCharFormat()
            made.setForeground(self.look[token])
            self.setFormat(start, length, made)
        for found in BADGE.finditer(text):
            made = QTextCharFormat()
            made.setForeground(self.look["warn"])
            made.setBackground(self.look["warn_bg"])
            self.setFormat(found.start(), len(found[0]), made)


class CodeEditor(QPlainTextEdit):
    """Edits a text. Every sign that does not show by itself is a badge such as ⟨RLO⟩.

    Tab indents while one types; who comes by with Tab goes on with it. Ctrl+Tab always goes on, and
    Shift+Tab back.
    """

    def __init__(self, look: Theme, colouring: Colouring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.faulty = 0
        """The line (from 1) that is marked as faulty; 0: none."""
        self._types = False
        """Whether something was typed or clicked here since the focus came."""
        self.setProperty("role", "mono")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName("Python code")
        self.setAccessibleDescription("Tab indents while you type; Ctrl+Tab and Shift+Tab leave.")
        self.colours = Colours(self.document(), colouring, look)
        self.margin = _Margin(self)
        self.updateRequest.connect(self._scroll_margin)
        self.blockCountChanged.connect(self._fit_margin)
        self.textChanged.connect(self._show_hidden)
        self._fit_font()

    def code(self) -> str:
        """Return the text as it is meant."""
        return meant(self.toPlainText())

    def set_code(self, text: str) -> None:
        """Show a text; what cannot be seen becomes a badge."""
        self.setPlainText(shown(text))

    def mark(self, line: int) -> None:
        """Mark a line (from 1) as faulty; 0 takes the mark away."""
        if line == self.faulty:
            return
        self.faulty = line
        marks = []
        if line:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            mark.format.setBackground(self.look["error_bg"])
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)
        self.margin.update()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, with badges for what does not show."""
        self.insertPlainText(shown(source.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        leaves = not self._types or held == Qt.KeyboardModifier.ControlModifier
        self._types = self._types or bool(event.text().strip())
        if key == Qt.Key.Key_Tab and leaves:
            QAbstractScrollArea.focusNextPrevChild(self, True)
        elif key == Qt.Key.Key_Backtab:
            QAbstractScrollArea.focusNextPrevChild(self, False)
        elif key == Qt.Key.Key_Tab:
            self.insertPlainText(INDENT)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self._new_line()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._types = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._types = True

    def _new_line(self) -> None:
        """Begin a line as far right as the one before, or further after a colon."""
        line = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        indent = line[: len(line) - len(line.lstrip(" "))]
        deeper = INDENT if line.rstrip().endswith(":") else ""
        self.insertPlainText("\n" + indent + deeper)
        self.ensureCursorVisible()

    def _show_hidden(self) -> None:
        """Make badges of hidden signs that came in another way than by pasting."""
        text = self.toPlainText()
        if text.isascii() or not any(map(is_hidden, text)):
            return
        for place in reversed([at for at, sign in enumerate(text) if is_hidden(sign)]):
            cursor = QTextCursor(self.document())
            cursor.setPosition(len(text[:place].encode("utf-16-le")) // 2)
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, cursor.MoveMode.KeepAnchor)
            cursor.insertText(shown(text[place]))

    # The margin

    def margin_width(self) -> int:
        """Return how wide the line numbers are."""
        digits = max(2, len(str(self.blockCount())))
        return digits * QFontMetrics(code_font(LETTERS)).horizontalAdvance("0") + 2 * GAP

    def _fit_font(self) -> None:
        self.document().setDefaultFont(code_font(LETTERS))
        self._fit_margin()

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        inside = self.contentsRect()
        size = QSize(self.margin_width(), inside.height())
        self.margin.setGeometry(QRect(inside.topLeft(), size))

    def _scroll_margin(self, place: QRect, step: int) -> None:
        if step:
            self.margin.scroll(0, step)
        else:
            self.margin.update(0, place.y(), self.margin.width(), place.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            # a style sheet's font would win over one of our own
            self.document().setDefaultFont(code_font(LETTERS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_margin()

    def paint_numbers(self, painter: QPainter, height: int) -> None:
        """Paint the numbers of the lines in view."""
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top < height:
            tall, number = self.blockBoundingRect(block).height(), block.blockNumber() + 1
            painter.setPen(self.look["error" if number == self.faulty else "text3"])
            place = QRectF(0, top, self.margin.width() - GAP, tall)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, right, str(number))
            top += tall
            block = block.next()


class _Margin(QWidget):
    """The line numbers, left of the text."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setAccessibleName("Line numbers")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._editor.look["panel"])
        painter.setFont(code_font(LETTERS))
        self._editor.paint_numbers(painter, self.height())
        painter.end()
