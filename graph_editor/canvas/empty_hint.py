"""The line in the middle of a canvas without nodes: how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.anatomy import text_width
from graph_editor.canvas.theme import text_font
from graph_editor.canvas.view import View

WORDS = "Press {} to add a node, or drag one from the panel at the left"
WITHOUT = "Double-click to add a node, or drag one from the panel at the left"
USUAL = "Tab"
ROOM, HEIGHT = 16, 32


class EmptyHint(QWidget):
    """Stands over a canvas while it shows no node; the mouse goes through it."""

    def __init__(self, canvas: View, colour: QColor) -> None:
        super().__init__(canvas)
        self._ground, self._colour = canvas, colour
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.words())
        self.hide()

    def dress(self, colour: QColor) -> None:
        """Take the colour of a theme."""
        self._colour = colour
        self.update()

    def words(self) -> str:
        """Return how to begin, with the keys of now."""
        keys = self._ground.keys.get("add.palette", (USUAL,))
        tab = USUAL if USUAL in keys else next(iter(keys), "")
        native = QKeySequence(tab).toString(QKeySequence.SequenceFormat.NativeText)
        return WORDS.format(native) if native else WITHOUT

    def stand(self, is_empty: bool) -> None:
        """Stand in the middle of the canvas where it is empty, else go."""
        self.setVisible(is_empty)
        if is_empty:
            ground = self._ground
            width = min(round(text_width(self.words(), "body")) + 2 * ROOM, ground.width())
            x, y = (ground.width() - width) // 2, (ground.height() - HEIGHT) // 2
            self.setGeometry(x, y, width, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt hands it over
        painter = QPainter(self)
        painter.setPen(self._colour)
        painter.setFont(text_font("body"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words())
        painter.end()
