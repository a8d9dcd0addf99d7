"""A text while it is edited: typing, indenting, undo, and marks of what is not understood."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.panels.code.colouring import open_quotes
from app.panels.code.page import LETTERS
from app.panels.code.view import CodeView
from graph_editor.canvas.theme import Theme
from graph_editor.document.hidden import meant, shown

INDENT = "    "


class EditView(CodeView):
    """Edits a text. What cannot be seen in it is a badge such as ⟨RLO⟩; Tab indents."""

    apply_asked = Signal()
    cancel_asked = Signal()
    edited = Signal()

    def __init__(
        self, name: str, look: Theme, parent: QWidget | None = None, letters: float = LETTERS
    ) -> None:
        super().__init__(name, look, parent, letters)
        self._shown = ""
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setAccessibleName(f"Edit {name}")
        self.setAccessibleDescription("Ctrl+Enter applies, Escape cancels, Ctrl+Tab leaves.")

    def begin(self, text: str) -> None:
        """Edit a text, of which nothing can be undone."""
        self.set_text(shown(text))
        self._shown = self.toPlainText()
        self.setUndoRedoEnabled(True)
        self.document().setModified(False)
        self.textChanged.connect(self._was_edited)

    def retype(self, text: str) -> None:
        """Put another text in place of this one, as one step that can be undone."""
        line, cursor = self.caret_line(), QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(shown(text))
        cursor.endEditBlock()
        self.put_caret(line)

    def code(self) -> str:
        """Return the text as it is meant, with a line's end at its end."""
        return meant(self.toPlainText()).rstrip("\n") + "\n"

    def _was_edited(self) -> None:
        """Follow what was typed; colouring the lines is told as a change of the text, too."""
        text = self.toPlainText()
        if text == self._shown:
            return
        self._shown = text
        self._lines, self._quotes = text.split("\n"), open_quotes(text)
        self._stamp += 1
        self.set_marks({})
        self._fit_margin()
        self._colour_seen()
        self.edited.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, with badges for what does not show."""
        self.insertPlainText(shown(source.text()))

    # Keys

    def event(self, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and (_applies(event) or _is_escape(event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        if _applies(event):
            self.apply_asked.emit()
        elif _is_escape(event):
            self.cancel_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and held & _CONTROL:
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
        elif key == Qt.Key.Key_Tab:
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._outdent()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._new_line()
        else:
            QPlainTextEdit.keyPressEvent(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        QPlainTextEdit.mouseReleaseEvent(self, event)  # a click puts the cursor, and no more

    def _new_line(self) -> None:
        """Begin a line as far right as the one before, or further after a colon or a bracket."""
        line = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        indent = line[: len(line) - len(line.lstrip(" "))]
        deeper = INDENT if line.rstrip().endswith((":", "(", "[", "{")) else ""
        self.insertPlainText("\n" + indent + deeper)
        self.ensureCursorVisible()

    def _indent(self) -> None:
        if self.textCursor().hasSelection():
            whole = self.textCursor()
            whole.beginEditBlock()
            for cursor in self._line_starts():
                cursor.insertText(INDENT)
            whole.endEditBlock()
        else:
            self.insertPlainText(INDENT)

    def _outdent(self) -> None:
        whole = self.textCursor()
        whole.beginEditBlock()
        for cursor in self._line_starts():
            line = cursor.block().text()
            for _ in range(min(len(INDENT), len(line) - len(line.lstrip(" ")))):
                cursor.deleteChar()
        whole.endEditBlock()

    def _line_starts(self) -> list[QTextCursor]:
        """Return cursors at the beginning of every selected line."""
        chosen, found = self.textCursor(), list[QTextCursor]()
        block = self.document().findBlock(chosen.selectionStart())
        last = self.document().findBlock(chosen.selectionEnd()).blockNumber()
        while block.isValid() and block.blockNumber() <= last:
            found.append(QTextCursor(block))
            block = block.next()
        return found


_CONTROL = Qt.KeyboardModifier.ControlModifier


def _applies(event: QKeyEvent) -> bool:
    bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bare == _CONTROL


def _is_escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape and not event.modifiers()
