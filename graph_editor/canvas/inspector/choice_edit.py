"""The field of a word out of a few: a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from graph_editor.canvas.inspector.state import FieldState, normal
from graph_editor.canvas.inspector.values import DTYPES, MIXED, UNSET, Unset, shown
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg, Name, same


class ChoiceEdit(QComboBox):
    """Shows the legal values of a parameter and says the one that is chosen."""

    changed = Signal(object, bool)
    """A value or ``UNSET``; False, since each choice is a step of its own."""
    entered = Signal()

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "mono")
        self.setAccessibleName(argument.name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setPlaceholderText(MIXED)
        self.state = FieldState(argument)
        self._legal = legal_choices(argument)
        self._values: list[Arg] = []
        self._fill(self._legal)
        self.activated.connect(self._chosen)

    def show_state(self, state: FieldState) -> None:
        """Show another state; a value that is not legal is shown beside the legal ones."""
        self.state = state
        value = state.value
        if state.mixed or isinstance(value, Unset):
            self._fill(self._legal)
            self.setCurrentIndex(-1)
        else:
            known = any(same(value, each) for each in self._legal)
            self._fill(self._legal if known else [*self._legal, value])
            self.setCurrentIndex(next(i for i, v in enumerate(self._values) if same(v, value)))
        self.setEnabled(not state.wired)
        state_word = "error" if state.problem else ""
        if self.property("state") != state_word:
            self.setProperty("state", state_word)
            self.style().unpolish(self)
            self.style().polish(self)

    def _fill(self, values: list[Arg]) -> None:
        if len(values) == len(self._values) and all(map(same, values, self._values)):
            return
        self.clear()
        self._values = list(values)
        argument = self.state.argument
        self.addItems(["None" if v is None else shown(argument, v) for v in values])

    def _chosen(self, place: int) -> None:
        said = normal(self.state.argument, self._values[place])
        if self.state.mixed or not same(said, self.state.said):
            self.changed.emit(said, False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the panel

    def reset(self) -> None:
        """Go back to what holds without being said."""
        if self.state.can_reset:
            self.changed.emit(UNSET, False)


def legal_choices(argument: Argument) -> list[Arg]:
    """Return what a parameter may be, ``None`` first where it may be that."""
    legal: list[Arg]
    if argument.type == "dtype":
        legal = [Name(word) for word in DTYPES]
    elif argument.type == "bool":
        legal = [True, False]
    else:
        legal = list(argument.choices)
    may_be_none = argument.nullable or (not argument.required and argument.default is None)
    return [None, *legal] if may_be_none else legal
