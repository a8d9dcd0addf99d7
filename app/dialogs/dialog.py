"""What all dialogs share: a head, a body that scrolls, a row of buttons, and a size that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

LONG_WORD = re.compile(r"(\S{36})(?=\S)")
LEAST_WIDTH, LEAST_HEIGHT = 420, 260
SHARE = 0.94
"""Of the screen, at most; the rest is the frame that the system draws."""


class Dialog(QDialog):
    """A dialog with a title and one sentence on top, a body, and buttons at the bottom right."""

    def __init__(self, title: str, about: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = QWidget(self)
        self._head_row = QHBoxLayout(self.head)
        self._head_row.setContentsMargins(16, 10, 16, 10)
        titles = QVBoxLayout()
        titles.setSpacing(1)
        self.heading = label(title, "heading")
        self.about = label(about, "caption", wraps=True)
        self.about.setVisible(bool(about))
        titles.addWidget(self.heading)
        titles.addWidget(self.about)
        self._head_row.addLayout(titles, 1)
        column.addWidget(self.head)
        column.addWidget(line())
        self.body = QWidget(self)
        column.addWidget(self.body, 1)
        column.addWidget(line())
        self.foot = QWidget(self)
        self._foot_row = QHBoxLayout(self.foot)
        self._foot_row.setContentsMargins(16, 10, 16, 10)
        self._foot_row.setSpacing(8)
        self._foot_row.addStretch(1)
        column.addWidget(self.foot)

    def add_to_head(self, widget: QWidget) -> None:
        """Put a widget at the right of the title."""
        self._head_row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_foot_left(self, widget: QWidget) -> None:
        """Put a widget at the left of the buttons."""
        self._foot_row.insertWidget(0, widget, 1)
        self._foot_row.setStretch(1, 0)

    def add_button(self, text: str, role: str = "") -> QPushButton:
        """Add a button at the right; ``primary`` is the one that Enter presses."""
        made = button(text, role, self)
        made.setAutoDefault(role == "primary")
        made.setDefault(role == "primary")
        self._foot_row.addWidget(made)
        return made

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the keyboard, before the one that it presses else."""
        if not press_held(self, event):
            super().keyPressEvent(event)

    def fit(self, width: int, height: int) -> None:
        """Take a size, or as much of it as the screen has."""
        screen = (self.parentWidget() or self).screen() or QGuiApplication.primaryScreen()
        room = screen.availableSize()
        most_wide, most_high = int(room.width() * SHARE), int(room.height() * SHARE)
        self.setMinimumSize(min(LEAST_WIDTH, most_wide), min(LEAST_HEIGHT, most_high))
        self.resize(min(width, most_wide), min(height, most_high))


def press_held(window: QWidget, event: QKeyEvent) -> bool:
    """Where a key is Enter and a button has the keyboard, press that; return whether it is so."""
    held = window.focusWidget()
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if not enter or not isinstance(held, QPushButton | QToolButton) or not held.hasFocus():
        return False
    held.click()
    event.accept()
    return True


class Scroll(QScrollArea):
    """A column of widgets that scrolls when the window is too small for it."""

    def __init__(self, margin: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.content = QWidget(self)
        self.content.setProperty("role", "panel")
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(8)
        self.setWidget(self.content)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def focusNextPrevChild(self, onwards: bool) -> bool:
        """Move the focus, and bring what has it into view."""
        moved = super().focusNextPrevChild(onwards)
        self.reveal(self.focusWidget())
        return moved

    def reveal(self, widget: QWidget | None) -> None:
        """Bring a widget inside into view."""
        if widget is not None and self.content.isAncestorOf(widget):
            self.ensureWidgetVisible(widget, 0, 24)


def label(text: str, role: str = "", *, wraps: bool = False) -> QLabel:
    """Return a plain label; no text of a file is ever read as rich text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if role:
        made.setProperty("role", role)
    return made


def breakable(text: str) -> str:
    """Return text whose longest words, such as paths, may be broken at the end of a line."""
    return LONG_WORD.sub("\\1\N{ZERO WIDTH SPACE}", text)


def button(text: str, role: str = "", parent: QWidget | None = None) -> QPushButton:
    """Return a button; role is ``primary``, ``flat`` or nothing."""
    made = QPushButton(text, parent)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    return made


def line(vertical: bool = False) -> QFrame:
    """Return a hairline."""
    made = QFrame()
    made.setFrameShape(QFrame.Shape.VLine if vertical else QFrame.Shape.HLine)
    made.setFrameShadow(QFrame.Shadow.Plain)
    made.setProperty("role", "line")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def emptied(layout: QBoxLayout) -> Iterator[QWidget]:
    """Take all widgets out of a layout, one by one."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            yield widget
