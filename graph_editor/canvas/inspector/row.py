"""One row of the inspector: the name of a parameter, its field, ``auto`` and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QIcon, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graph_editor.canvas.inspector.choice_edit import ChoiceEdit
from graph_editor.canvas.inspector.drag import Drag
from graph_editor.canvas.inspector.state import FieldState
from graph_editor.canvas.inspector.switch_edit import SwitchEdit
from graph_editor.canvas.inspector.value_edit import ValueEdit
from graph_editor.canvas.inspector.values import UNSET, Unset
from graph_editor.canvas.theme import Theme, measure
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Expr

LABEL, WIDEST_LABEL, LONGEST = 92, 114, 200
"""Widths of a name: usual, at most beside its field, and over it."""
GAP = 8
PROMOTE = "Make it a parameter of the block"
LONG = frozenset({"any", "tensor"})
"""Types whose text is too long to stand beside the name."""
Editor: TypeAlias = "ValueEdit | ChoiceEdit | SwitchEdit"


def editor_for(argument: Argument, as_text: bool = False) -> Editor:
    """Return the editor that suits a parameter; as text, where a formula stands in it."""
    words = argument.choices and argument.type in ("str", "int", "any")
    nullable = argument.nullable or argument.default is None
    if as_text:
        return ValueEdit(argument)
    if words or argument.type == "dtype" or (argument.type == "bool" and nullable):
        return ChoiceEdit(argument)
    return SwitchEdit(argument) if argument.type == "bool" else ValueEdit(argument)


class NameLabel(QLabel):
    """The name of a parameter, shortened where it does not fit; dragging it drags the number."""

    def __init__(self, text: str, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "dense")
        self._full = text
        self._editor = editor
        self._drag: Drag | None = None
        self.setBuddy(editor)
        self.set_width(LABEL)

    @property
    def whole(self) -> int:
        """How wide it would have to be to be whole."""
        self.ensurePolished()
        return self.fontMetrics().horizontalAdvance(self._full) + 2

    def set_width(self, wide: int) -> None:
        """Be so wide, and cut in the middle what does not fit."""
        self.setFixedWidth(wide)
        self._fit()

    def _fit(self) -> None:
        mode = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self._full, mode, self.maximumWidth()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_cursor(self) -> None:
        """Show whether a drag does anything."""
        can = isinstance(self._editor, ValueEdit) and self._editor.can_drag
        self.setCursor(Qt.CursorShape.SizeHorCursor if can else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._editor.isEnabled():
            return
        self._drag = Drag(event.globalPosition())
        if isinstance(self._editor, ValueEdit) and self._editor.can_drag:
            self._editor.begin_drag()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        editor = self._editor
        if self._drag is None or not isinstance(editor, ValueEdit) or not editor.can_drag:
            return
        steps = self._drag.steps(event.globalPosition(), event.modifiers())
        if self._drag.is_drag:
            editor.drag_to(steps)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002  # Qt's signature
        drag, self._drag = self._drag, None
        if drag is None:
            return
        if drag.is_drag and isinstance(self._editor, ValueEdit):
            self._editor.end_drag()
            return
        self._editor.setFocus(Qt.FocusReason.MouseFocusReason)
        if isinstance(self._editor, ValueEdit):
            self._editor.selectAll()


class ParameterRow(QWidget):
    """A parameter of the selected nodes, to be read and changed."""

    edited = Signal(str, object, bool)
    """Its name, the value or ``UNSET``, and whether more may follow in the same step."""
    left = Signal(str)
    entered = Signal(str)
    promoted = Signal(str)
    """The parameter is to become one of the block around."""
    why_not_promote: Callable[[str], str | None] = staticmethod(lambda _: None)
    """Says why it cannot become one; None: there is no block around."""

    def __init__(
        self,
        argument: Argument,
        as_text: bool = False,
        title: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.argument = argument
        self.as_text = as_text
        self.editor = editor_for(argument, as_text)
        self.label = NameLabel(title or argument.name, self.editor)
        self.label.setToolTip(title or argument.name)
        self.message = QLabel()
        self.auto = QToolButton()
        self._note = ""
        self._build()
        self._connect()

    def _build(self) -> None:
        self.message.setProperty("role", "error")
        self.message.setProperty("part", "message")
        self.message.setWordWrap(True)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.message.hide()
        self.auto.setText("auto")
        self.auto.setProperty("part", "auto")
        self.auto.setCheckable(True)
        if not self.argument.infer:
            self.auto.hide()
        self.auto.setAccessibleName(f"{self.argument.name}: auto")
        self.editor.setMinimumWidth(48)
        self.is_stacked = self.argument.type in LONG and isinstance(self.editor, ValueEdit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        if self.is_stacked:
            self.label.set_width(LONGEST)
            column.addWidget(self.label)
        else:
            line.addWidget(self.label)
        line.addWidget(self.editor, 1)
        line.addWidget(self.auto)
        self.editor.setFixedHeight(round(measure("height", "field")))
        below = self._below = QHBoxLayout()
        below.setContentsMargins(0 if self.is_stacked else LABEL + GAP, 0, 0, 0)
        below.addWidget(self.message)
        column.addLayout(line)
        column.addLayout(below)

    def set_label_width(self, wide: int) -> None:
        """Give the name another width, unless it stands over its field."""
        if not self.is_stacked:
            self.label.set_width(wide)
            self._below.setContentsMargins(wide + GAP, 0, 0, 0)

    def _connect(self) -> None:
        self.editor.changed.connect(self._changed)
        self.editor.entered.connect(lambda: self.entered.emit(self.argument.name))
        if isinstance(self.editor, ValueEdit):
            self.editor.left.connect(lambda: self.left.emit(self.argument.name))
            self.editor.refused.connect(self._refused)
            self.editor.offered.connect(self._fill_menu)
        self.auto.clicked.connect(self._auto_clicked)

    def _changed(self, value: object, going: bool) -> None:
        self.edited.emit(self.argument.name, value, going)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(event.globalPos())

    def _fill_menu(self, menu: QMenu) -> None:
        """Offer to make a parameter of the block of this one, before all else."""
        reason = self.why_not_promote(self.argument.name)
        if reason is None:
            return
        action = QAction(PROMOTE, menu)
        action.setEnabled(not reason)
        action.setToolTip(reason or "Its value is given where the block is used.")
        action.triggered.connect(lambda: self.promoted.emit(self.argument.name))
        menu.setToolTipsVisible(True)
        first = next(iter(menu.actions()), None)
        menu.insertAction(first, action)  # type: ignore[arg-type]  # None: at the end
        if first is not None:
            menu.insertSeparator(first)

    def _refused(self, why: str) -> None:
        self.say(why or self._note)

    def note(self, words: str) -> None:
        """Say below the field what is wrong with its value, unless its text is wrong already."""
        self._note = words
        if not (isinstance(self.editor, ValueEdit) and self.editor.wrong):
            self.say(words)

    def say(self, words: str) -> None:
        """Show words below the field, or take them away."""
        self.message.setText(words)
        self.message.setVisible(bool(words))
        self.editor.setAccessibleDescription(words)

    def _auto_clicked(self) -> None:
        state = self.editor.state
        if not state.is_auto:
            self.editor.reset()
        elif not isinstance(state.inferred, Unset):
            self.edited.emit(self.argument.name, state.inferred, False)
        self._show_auto(self.editor.state)

    def show_state(self, state: FieldState) -> None:
        """Show another state of the parameter."""
        self.editor.show_state(state)
        changed = "said" if state.source in ("said", "mixed") else ""
        if self.label.property("said") != changed:
            self.label.setProperty("said", changed)
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)
        self.label.show_cursor()
        self._show_auto(state)

    def forget(self) -> None:
        """Drop text that is being typed: the row is to speak of other nodes."""
        if isinstance(self.editor, ValueEdit):
            self.editor.forget()

    def _show_auto(self, state: FieldState) -> None:
        if not state.argument.infer:
            return
        self.auto.setChecked(state.is_auto)
        unknown = state.inferred is UNSET
        if not state.is_auto:
            words = "Let it follow from what arrives"
        else:
            words = "It follows from what arrives" if not unknown else "Nothing arrives yet"
        self.auto.setToolTip(f"{words} ({state.argument.infer})")

    def set_look(self, look: Theme, reset: QIcon) -> None:
        """Take the colours that no style sheet sets."""
        if isinstance(self.editor, ValueEdit):
            self.editor.set_look(look["text3"], reset)

    def sizeHint(self) -> QSize:
        return QSize(LABEL + 120, super().sizeHint().height())


def align(rows: Iterable[ParameterRow]) -> int:
    """Have the fields of some rows begin at one place, with room for the names; return which."""
    beside = [row for row in rows if not row.is_stacked]
    longest = max((row.label.whole for row in beside), default=LABEL)
    wide = max(LABEL, min(WIDEST_LABEL, longest))
    for row in beside:
        row.set_label_width(wide)
    return wide


def needs_text(state: FieldState) -> bool:
    """Whether a value does not fit the editor of its kind: a formula where a word is chosen."""
    argument = state.argument
    chosen = argument.type in ("bool", "dtype") or bool(argument.choices)
    return chosen and isinstance(state.said, Expr)
