"""A row of widgets that gives up what matters least when it becomes narrow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

Step = Callable[[bool], None]
"""Told True to take less room, and False to take it again."""


class DroppingRow(QWidget):
    """Lays widgets side by side; its steps are taken one after another until all fits."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(height)
        self.row = QHBoxLayout(self)
        self.row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._steps: list[Step] = []
        self._taken = 0
        self._fitting = False
        self._needed = 0

    def add_step(self, step: Step) -> None:
        """Add what is given up next."""
        self._steps.append(step)

    def hide_step(self, *widgets: QWidget) -> None:
        """Add the hiding of widgets as what is given up next."""

        def step(less: bool) -> None:
            for widget in widgets:
                widget.setVisible(not less)

        self.add_step(step)

    def fit(self) -> None:
        """Take as few steps as it needs: also to be called when a text has changed."""
        if self._fitting or not self.isVisible():
            return
        self._fitting = True
        while self._taken > 0:
            self._taken -= 1
            self._steps[self._taken](False)
        while self._taken < len(self._steps) and self._too_wide():
            self._steps[self._taken](True)
            self._taken += 1
        self._needed = self.row.minimumSize().width()
        self._fitting = False

    def event(self, event: QEvent) -> bool:
        """Fit anew where a part has become longer or shorter."""
        taken = super().event(event)
        # The layout has just been made anew; to invalidate it here would ask for that once more,
        # and so for ever.
        asked = event.type() is QEvent.Type.LayoutRequest
        if asked and self.row.minimumSize().width() != self._needed:
            self.fit()
        return taken

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def _too_wide(self) -> bool:
        self.row.invalidate()
        return self.row.minimumSize().width() > self.width()
