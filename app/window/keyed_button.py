"""Buttons of the toolbar: with their keys at the right, or of a glyph alone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme

SIDE, GAP = 12, 10
GLYPH = QSize(16, 16)
LEAST = QSize(24, 24)
"""What can be hit without aiming."""


class KeyedButton(QPushButton):
    """A button with a text at the left and the keys that do the same at the right."""

    def __init__(self, text: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(f" {text}", parent)
        self.setProperty("role", role)
        self.setIconSize(GLYPH)
        self.keys = QLabel(self)
        self.keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = text

    def set_keys(self, keys: str, role: str) -> None:
        """Show keys, in the look of a label's role."""
        self.keys.setText(keys)
        self.keys.setProperty("role", role)
        self.keys.setVisible(bool(keys))
        self.updateGeometry()

    def set_mark(self, mark: QPixmap) -> None:
        """Show a picture in the place of the keys."""
        self.keys.setPixmap(mark)
        self.updateGeometry()

    def drop_keys(self, away: bool) -> None:
        """Leave the keys out, or show them again."""
        self.keys.setVisible(not away)
        self.updateGeometry()

    def set_short(self, short: bool, text: str | None = None) -> None:
        """Show the glyph alone, or text and keys as well."""
        self._text = self._text if text is None else text
        self.setText("" if short else f" {self._text}")
        self.keys.setVisible(
            not short and (bool(self.keys.text()) or not self.keys.pixmap().isNull())
        )
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._with_keys(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.keys.sizeHint()
        self.keys.resize(size)
        self.keys.move(self.width() - size.width() - SIDE, (self.height() - size.height()) // 2)

    def _with_keys(self, size: QSize) -> QSize:
        if self.keys.isHidden():
            return size
        return QSize(size.width() + GAP + self.keys.sizeHint().width(), size.height())


class GlyphButton(QToolButton):
    """A flat button of a glyph alone; its tooltip and accessible name say what it does."""

    def __init__(self, glyph: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.glyph = glyph
        self.setIconSize(GLYPH)
        self.setFixedSize(30, 28)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def minimumSizeHint(self) -> QSize:
        return LEAST

    def set_theme(self, look: Theme) -> None:
        """Paint the glyph in a theme's colour of text."""
        self.setIcon(glyph_icon(self.glyph, look["text"]))
