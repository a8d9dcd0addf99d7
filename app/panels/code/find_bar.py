"""The bar under a file's text in which one looks for words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme

STEP_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3)
"""Keys that go on to the next place, with Shift to the one before."""


class FindBar(QFrame):
    """Asks for words; somebody else finds them and says which of how many is shown."""

    wanted = Signal(str)
    """The words as they are typed."""
    step_asked = Signal(int)
    """1 for the next place, -1 for the one before."""
    closed = Signal()

    def __init__(
        self,
        look: Theme,
        parent: QWidget | None = None,
        words: str = "Find in this file",
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "window")
        self.field = QLineEdit(self, placeholderText=words, clearButtonEnabled=True)
        self.field.setAccessibleName(name or words)
        self.field.textChanged.connect(self.wanted)
        self._count = QLabel(self)
        self._count.setProperty("role", "secondary")
        self._buttons = {
            "chevron_up": self._button("Previous (Shift+Enter)", partial(self.step_asked.emit, -1)),
            "chevron_down": self._button("Next (Enter)", partial(self.step_asked.emit, 1)),
            "close": self._button("Close (Esc)", self.closed.emit),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        for button in self._buttons.values():
            row.addWidget(button)
        self.set_theme(look)

    def _button(self, words: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(words)
        button.setAccessibleName(words.partition(" (")[0])
        button.clicked.connect(lambda _=False: act())
        return button

    def set_theme(self, look: Theme) -> None:
        """Draw the buttons in another theme."""
        for name, button in self._buttons.items():
            button.setIcon(glyph_icon(name, look["text2"]))

    def open(self, words: str = "") -> None:
        """Show the bar and begin with some words, or with those of last time."""
        self.show()
        if words:
            self.field.setText(words)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.emit(self.field.text())

    def say(self, number: int, count: int) -> None:
        """Say which of how many places is shown."""
        words = f"{number} of {count}" if count else "not found"
        self._count.setText(words if self.field.text() else "")
        self.field.setProperty("state", "error" if self.field.text() and not count else "")
        self.field.style().polish(self.field)

    def event(self, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() in STEP_KEYS:
            event.accept()  # F3 goes on here, whatever it does elsewhere in the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEP_KEYS:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_asked.emit(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
