"""A short question in plain words, with a button for each answer."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.dialogs.dialog import SHARE, Dialog, button, label
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme, theme

WIDTH = 500
GLYPH = 24
CANCEL = "cancel"
LONGEST_WORD = 30
"""Letters in a row that fit the smallest dialog; a path may have more."""
BREAK = "\u200b"
"""An invisible place where a line may end."""


class Question(Dialog):
    """Asks one thing. ``answer`` is ``cancel`` until a button is pressed; so it is with Escape."""

    def __init__(
        self,
        heading: str,
        words: str,
        look: Theme | None = None,
        parent: QWidget | None = None,
        glyph: tuple[str, str] = ("warning", "warn"),
    ) -> None:
        """Glyph is its name and the token of its colour."""
        super().__init__(heading, "", parent)
        self.heading.setText(breakable(heading))
        self.heading.setWordWrap(True)
        self.look = look or theme("dark")
        self.answer = CANCEL
        self.words = label(breakable(words), wraps=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleDescription(words)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._sign(*glyph), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(12)
        self.column.addLayout(row)

    def _sign(self, name: str, token: str) -> QLabel:
        sign = QLabel(self)
        icon = glyph_icon(name, self.look[token])
        sign.setPixmap(icon.pixmap(QSize(GLYPH, GLYPH), self.devicePixelRatioF()))
        return sign

    def add_answer(self, answer: str, text: str, role: str = "") -> QPushButton:
        """Add a button that gives an answer and closes the dialog."""
        made = self.add_button(text, role)
        made.clicked.connect(lambda: self.give(answer))
        if role == "primary":
            made.setFocus()
        return made

    def add_left(self, text: str) -> QPushButton:
        """Add a button apart from the others, at the left."""
        made = button(text, "", self)
        self._foot_row.insertWidget(0, made)
        return made

    def give(self, answer: str) -> None:
        """Close with an answer."""
        self.answer = answer
        self.done(self.DialogCode.Rejected if answer == CANCEL else self.DialogCode.Accepted)

    def reject(self) -> None:
        """Close without an answer: nothing happens."""
        self.give(CANCEL)

    def fit_words(self, width: int = WIDTH) -> None:
        """Be as wide as asked and as high as the words need, within the screen."""
        room = (self.parentWidget() or self).screen().availableSize()
        wide = min(width, int(room.width() * SHARE))
        self.setMinimumSize(wide, 0)
        self.resize(wide, self._height_of_words(wide))

    def _height_of_words(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout is not None else 0

    def showEvent(self, event: QShowEvent) -> None:
        """Fit once more: the style sheet's fonts are known only now."""
        super().showEvent(event)
        self.resize(self.width(), max(self.height(), self._height_of_words(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Never be lower than the words need."""
        super().resizeEvent(event)
        most = int(self.screen().availableSize().height() * SHARE)
        self.setMinimumHeight(min(most, self._height_of_words(self.width())))


def breakable(text: str) -> str:
    """Return text whose lines can end inside long words, as in paths, so that nothing is cut."""
    return re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda found: _broken(found[0]), text)


def _broken(word: str) -> str:
    parts = re.findall(rf"[^/\\_.-]{{1,{LONGEST_WORD}}}[/\\_.-]*|[/\\_.-]+", word)
    return BREAK.join(parts)
