"""The line in the middle of a canvas without nodes: how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.anatomy import text_width
from graph_editor.canvas.theme import text_font

WORDS = "Press Tab to add a node, or drag one from the panel"
ROOM, HEIGHT = 16, 32


class EmptyHint(QWidget):
    """Stands over a canvas while it shows no node; the mouse goes through it."""

    def __init__(self, canvas: QWidget, colour: QColor) -> None:
        super().__init__(canvas)
        self._ground, self._colour = canvas, colour
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(WORDS)
        self.hide()

    def dress(self, colour: QColor) -> None:
        """Take the colour of a theme."""
        self._colour = colour
        self.update()

    def stand(self, is_empty: bool) -> None:
        """Stand in the middle of the canvas where it is empty, else go."""
        self.setVisible(is_empty)
        if is_empty:
            ground = self._ground
            width = min(round(text_width(WORDS, "body")) + 2 * ROOM, ground.width())
            x, y = (ground.width() - width) // 2, (ground.height() - HEIGHT) // 2
            self.setGeometry(x, y, width, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt hands it over
        painter = QPainter(self)
        painter.setPen(self._colour)
        painter.setFont(text_font("body"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, WORDS)
        painter.end()
