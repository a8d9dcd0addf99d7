"""The field of a yes or no: a checkbox with a phrase."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from graph_editor.canvas.inspector.state import FieldState, normal
from graph_editor.canvas.inspector.values import MIXED, UNSET
from graph_editor.catalogue.spec import Argument

BOX = 32
"""What the box and the gap beside it take."""


class SwitchEdit(QCheckBox):
    """Shows a yes or no, half set where the nodes differ, and says what a click makes of it."""

    changed = Signal(object, bool)
    """A value or ``UNSET``; False, since each click is a step of its own."""
    entered = Signal()

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(argument.name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.state = FieldState(argument)
        self._words = ""
        self.clicked.connect(self._clicked)

    def show_state(self, state: FieldState) -> None:
        """Show another state."""
        self.state = state
        self.setTristate(state.mixed)
        if state.mixed:
            self.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.setChecked(state.value is True)
        words = state.phrase or ("yes" if self.isChecked() else "no")
        self._words = MIXED if state.mixed else words
        self._fit()
        self.setEnabled(not state.wired)

    def _fit(self) -> None:
        """Leave out the last word where the phrase does not fit, and have it whole in the tip."""
        room = self.width() - BOX
        fewer = self._words.rpartition(" ")[0] or self._words
        fits = self.fontMetrics().horizontalAdvance(self._words) <= room
        words = self._words if fits else fewer
        short = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        self.setText(short)
        self.setToolTip(self._words if short != self._words else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _clicked(self) -> None:
        yes = self.checkState() != Qt.CheckState.Unchecked
        self.changed.emit(normal(self.state.argument, yes), False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def reset(self) -> None:
        """Go back to what holds without being said."""
        if self.state.can_reset:
            self.changed.emit(UNSET, False)
