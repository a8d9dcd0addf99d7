"""The search field of the palette: a glass at its left, a cross at its right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from graph_editor.canvas.glyphs import glyph_icon, paint_glyph
from graph_editor.canvas.theme import Theme

SIDE = 20


class SearchField(QLineEdit):
    """One line to search by; the cross empties it."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setTextMargins(SIDE, 0, 0, 0)
        self.cross = QToolButton(self)
        self.cross.setFixedSize(SIDE, SIDE)
        self.cross.setIconSize(QSize(12, 12))
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.setCursor(Qt.CursorShape.ArrowCursor)
        self.cross.setToolTip("Show all again (Esc)")
        self.cross.setAccessibleName("Empty the search")
        self.cross.setStyleSheet("QToolButton { border: 0; padding: 0; min-height: 0; }")
        self.cross.clicked.connect(self.clear)
        self.cross.hide()
        self.textChanged.connect(self._show_cross)
        self.set_theme(look)

    def _show_cross(self, text: str) -> None:
        self.cross.setVisible(bool(text))
        self.setTextMargins(SIDE, 0, SIDE if text else 0, 0)

    def set_theme(self, look: Theme) -> None:
        """Paint in another theme."""
        self._look = look
        self.cross.setIcon(glyph_icon("close", look["text3"]))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cross.move(self.width() - SIDE - 4, (self.height() - SIDE) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(8, (self.height() - 14) / 2, 14, 14)
        paint_glyph(painter, "search", self._look["text3"], place)
        painter.end()
