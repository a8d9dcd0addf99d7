"""A label that shows as much of its text as there is room for, and all of it on hover."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Elided(QLabel):
    """Never makes its row wider than the row is."""

    def __init__(self, parent: QWidget | None = None, least: int = 0) -> None:
        super().__init__(parent)
        self.full = ""
        self.least = least
        """Pixels that it keeps, if its text is as long."""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        """Show a text."""
        if words != self.full:
            self.full = words
            self.setAccessibleName(words)
            self.updateGeometry()
            self._elide()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.full) + 4, size.height())

    def minimumSizeHint(self) -> QSize:
        width = min(self.least, self.sizeHint().width())
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self.full, Qt.TextElideMode.ElideRight, max(0, self.width()))
        self.setText(shown)
        self.setToolTip(self.full if shown != self.full else "")
