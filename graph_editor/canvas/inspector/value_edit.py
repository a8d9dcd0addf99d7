"""The field of a number, a size, a formula or any other text: typed, dragged or stepped by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolButton, QWidget

from graph_editor.canvas.inspector.drag import Drag
from graph_editor.canvas.inspector.line_edit import LineEdit
from graph_editor.canvas.inspector.reading import WrongValueError, read
from graph_editor.canvas.inspector.state import FieldState, Said, alike, normal
from graph_editor.canvas.inspector.stepping import can_step, stepped
from graph_editor.canvas.inspector.values import (
    FORMER,
    SIZES,
    TIMES,
    UNSET,
    Unset,
    shown,
)
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg

BUTTON = 20
GAP = 8


class ValueEdit(LineEdit):
    """Shows a value as text and says each legal value that is typed, dragged or stepped to.

    A press that moves sideways drags the number; a click begins to type. While it is typed into,
    the text stays as it is, unless the value is changed from elsewhere.
    """

    changed = Signal(object, bool)
    """A value or ``UNSET``, and whether more may follow that belong to the same step of undo."""
    refused = Signal(str)
    """What is wrong with the text; empty where nothing is any more."""
    offered = Signal(object)
    """The menu that is about to be shown; those around the field may add to it."""
    entered = Signal()
    left = Signal()
    """The visit or drag is over."""

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "mono")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(argument.name)
        self.state = FieldState(argument)
        self._base: Said = UNSET
        self._start: FieldState = self.state
        self._is_back = False
        self._wrong = ""
        self.why_not: Callable[[Said], str] = lambda _: ""
        """Says why a value of the right kind is not allowed; nothing where it is."""
        self._drag: Drag | None = None
        self._from: Arg = None
        self._is_given_up = False
        """Whether Esc has ended the drag, though the button is still held."""
        self._hint_colour: QColor | None = None
        self._reset = QToolButton(self)
        self._reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._reset.setProperty("part", "reset")
        self._reset.setCursor(Qt.CursorShape.ArrowCursor)
        self._reset.setIconSize(QSize(12, 12))
        self._reset.clicked.connect(self.reset)
        self._reset.hide()
        self.textEdited.connect(self._typed)
        self.returnPressed.connect(self._commit)

    # What it shows

    def set_look(self, hint: QColor, reset: QIcon) -> None:
        """Take the colour of the hint and the picture of the reset button."""
        self._hint_colour = hint
        self._reset.setIcon(reset)
        self.update()

    def show_state(self, state: FieldState) -> None:
        """Show another state; text that is being typed stays where the value is still its own."""
        pending = self._wrong or (self.hasFocus() and self.isModified())
        mine = alike(self._base, state.said) and (self._is_back or not state.mixed)
        self.state = state
        self.setEnabled(not state.wired)
        self._show_frame()
        if pending and mine and not state.wired:
            return
        if not alike(self._base, state.said):
            self._start = state  # changed from elsewhere: the visit begins anew
        self._base, self._is_back = state.said, False
        self._show_text()

    def forget(self) -> None:
        """Drop text that is being typed; the next state is shown as it is."""
        self.setModified(False)
        self._refuse("")

    @property
    def wrong(self) -> str:
        """What is wrong with the text that was typed."""
        return self._wrong

    def _show_frame(self) -> None:
        wrong = bool(self._wrong or self.state.problem)
        _set(self, "state", "error" if wrong else "")
        _set(self, "said", self.state.source)
        self._reset.setVisible(self.state.can_reset and not self.state.wired)
        self._reset.setToolTip(f"Reset to {self.state.default_text()}")
        self._reset.setAccessibleName(f"Reset {self.state.argument.name}")
        self.setTextMargins(0, 0, BUTTON if self._reset.isVisibleTo(self) else 0, 0)

    def _show_text(self) -> None:
        place = self.cursorPosition()
        text = self.state.wired or self.state.text()
        self.setPlaceholderText(self.state.placeholder())
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(min(place, len(text)) if self.hasFocus() else 0)
        self.setModified(False)
        self._refuse("")
        self._show_cursor()
        self.setToolTip(text if self.fontMetrics().horizontalAdvance(text) > self.width() else "")

    def _refuse(self, why: str) -> None:
        if why != self._wrong:
            self._wrong = why
            self._show_frame()
            self.refused.emit(why)

    def _show_cursor(self) -> None:
        draggable = not self.hasFocus() and self.can_drag
        self.setCursor(Qt.CursorShape.SizeHorCursor if draggable else Qt.CursorShape.IBeamCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        hint = self._hint()
        if not hint or self._hint_colour is None:
            return
        metrics = self.fontMetrics()
        right = self.width() - GAP - (BUTTON if self._reset.isVisibleTo(self) else 0)
        room = right - GAP - metrics.horizontalAdvance(self.text()) - 2 * GAP
        wide = metrics.horizontalAdvance(hint)
        if wide > room:
            return
        painter = QPainter(self)
        painter.setPen(self._hint_colour)
        place = QRect(right - wide, 0, wide, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, hint)
        painter.end()

    def _hint(self) -> str:
        """Return the sizes that one number stands for: ``3 × 3``."""
        argument, value = self.state.argument, self.state.value
        whole = isinstance(value, int) and not isinstance(value, bool)
        several = argument.type in SIZES and argument.rank in (2, 3)
        if not whole or not several or self._wrong or self.state.mixed or value == 0:
            return ""
        return f" {TIMES} ".join([str(value)] * argument.rank)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = (self.height() - BUTTON) // 2
        self._reset.setGeometry(self.width() - BUTTON - 3, top, BUTTON, BUTTON)

    # What it says

    def _say(self, value: Said, going: bool) -> None:
        said = normal(self.state.argument, value)
        if alike(said, self._base) and not self.state.mixed:
            return
        self._base, self._is_back = said, False
        self.changed.emit(said, going)

    def _typed(self, text: str) -> None:
        if not text.strip():
            self._refuse("")
            self._take_back()
            return
        try:
            value = read(self.state.argument, text, self.state.known)
            why = self.why_not(value)
        except WrongValueError as wrong:
            why = str(wrong)
        self._refuse(why)
        if why:
            self._take_back()
        else:
            self._say(value, going=True)

    def _take_back(self) -> None:
        """Have the project say what it said when the visit began: the text is no value."""
        if self._start.mixed:
            self._base, self._is_back = self._start.said, True
            if not self.state.mixed:
                self.changed.emit(FORMER, True)
        else:
            self._say(self._start.said, going=True)

    def _settle(self) -> None:
        """Take what was typed as done: an empty field says nothing, wrong text stays as it is."""
        if self.isModified() and not self.text().strip() and not self.state.mixed:
            if self.state.argument.required and not self.state.argument.infer:
                self.setModified(False)
            else:
                self._say(UNSET, going=True)
        if self._wrong:
            return
        self.setModified(False)
        self._show_text()

    def _commit(self) -> None:
        self._settle()
        self._start = self.state
        if not self._wrong:
            self.selectAll()
        self.left.emit()

    def reset(self) -> None:
        """Go back to what holds without being said."""
        self.setModified(False)
        self._wrong = ""
        self.refused.emit("")
        if self.state.can_reset:
            self._base = UNSET
            self.changed.emit(UNSET, False)
        self._show_text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if QWidget.keyboardGrabber() is self:
            if key == Qt.Key.Key_Escape:
                self._is_given_up = True
                self._take_back()
                self._show_text()
            return  # while a number is dragged nothing else is done by key
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            if self._step(many if key == Qt.Key.Key_Up else -many):
                return
        if key == Qt.Key.Key_Escape and (self.isModified() or self._wrong):
            self._restore()
            return
        super().keyPressEvent(event)

    def _step(self, steps: int) -> bool:
        value = self.state.value
        if isinstance(value, Unset) or not can_step(self.state.argument, value) or self._wrong:
            return False
        made = stepped(self.state.argument, value, steps)
        if self.why_not(made):
            return True
        self._refuse("")
        self.setText(shown(self.state.argument, made))
        self.setModified(True)
        self._say(made, going=True)
        return True

    def _restore(self) -> None:
        """Go back to the value that this visit began with."""
        self._refuse("")
        self.setModified(False)
        self._take_back()
        self._show_text()
        self.selectAll()

    # The visit

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._start = self.state
            self.entered.emit()
        self._show_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        self._settle()
        self._show_cursor()
        self.left.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.offered.emit(menu)
        menu.popup(event.globalPos())

    # The drag

    @property
    def can_drag(self) -> bool:
        """Whether a sideways drag changes the value."""
        value = self.state.value
        known = not isinstance(value, Unset) and not self.state.mixed and not self.state.wired
        return known and can_step(self.state.argument, value)

    def begin_drag(self) -> None:
        """Remember the value that a drag starts from."""
        value = self.state.value
        self._from = None if isinstance(value, Unset) else value
        self._start, self._is_given_up = self.state, False
        self._refuse("")
        self.setModified(False)

    def drag_to(self, steps: int) -> None:
        """Show and say the value so many steps away from where the drag began, until Esc."""
        if self._is_given_up:
            return
        if QWidget.keyboardGrabber() is not self:
            self.grabKeyboard()  # for Esc: the keyboard stays where it was else
        made = stepped(self.state.argument, self._from, steps)
        if not self.why_not(made):
            self._say(made, going=True)

    def end_drag(self) -> None:
        """Take the drag as done."""
        self.releaseKeyboard()
        self._show_text()
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.releaseKeyboard()  # a field that goes in mid-drag is not told of its end
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not self.hasFocus() and self.can_drag:
            self._drag = Drag(event.globalPosition())
            self.begin_drag()
            return
        if left and not self.hasFocus():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            super().mouseMoveEvent(event)
            return
        steps = self._drag.steps(event.globalPosition(), event.modifiers())
        if self._drag.is_drag:
            self.drag_to(steps)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            super().mouseReleaseEvent(event)
        elif drag.is_drag:
            self.end_drag()
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selectAll()


def _set(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
