"""The note above code that is not what is drawn: why, and a way to the node at fault."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme

NARROW = 400
"""Below this width the button stands under the words."""


class Banner(QFrame):
    """One sentence and, where a node is the cause, a button that shows it."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "error")
        self._glyph = QLabel(self)
        self._words = QLabel(self, wordWrap=True)
        self._words.setProperty("role", "dense")
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton("Show the node", self)
        self._button.setProperty("role", "link")
        self._button.clicked.connect(lambda _=False: self.pressed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        self._side = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._side.setSpacing(4)
        self._side.addWidget(self._words, 1)
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        self._side.addWidget(self._button, 0, corner)
        row.addLayout(self._side, 1)

    def say(self, words: str, has_node: bool) -> None:
        """Show a sentence, and the button where there is a node to show."""
        self._words.setText(words)
        self._button.setVisible(has_node)
        self.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        wanted = way.TopToBottom if self.width() < NARROW else way.LeftToRight
        if wanted != self._side.direction():
            self._side.setDirection(wanted)
            self._side.invalidate()
            self.updateGeometry()

    def set_theme(self, look: Theme) -> None:
        """Draw the glyph in another theme."""
        self._glyph.setPixmap(glyph_pixmap("error", look["error"], 16, self.devicePixelRatioF()))
