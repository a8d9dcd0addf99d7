"""Text that is typed on the canvas itself: the title and the comment of a frame, and notes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPlainTextEdit, QWidget

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.rename import HEIGHT, KEYPAD, LEAST_WIDTH, MODIFIERS, came_from
from graph_editor.canvas.theme import text_font
from graph_editor.document.document import BusyError

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
QUIET = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
LEAST_LINES, LINE, PAD = 2, 18, 16
Area = Callable[[], "QRect | None"]
"""Where the text stands in the viewport; None where what it belongs to is gone."""
Taker = Callable[[str], object]


class Typed(QObject):
    """Holds a field over the canvas while somebody types; a click elsewhere takes the text.

    So do a command of the window and another graph. Esc gives up. Enter ends a line; several lines
    end with Ctrl+Enter. These keys lead back to what had the keyboard before, a panel perhaps.
    """

    def __init__(self, canvas: Canvas, field: QWidget, area: Area, takes: Taker) -> None:
        super().__init__(field)
        self._canvas, self._field, self._area, self._takes = canvas, field, area, takes
        self._is_open = True
        self._before = QApplication.focusWidget()
        self._unsubscribe = canvas.document.subscribe(lambda _: self._follow())
        canvas.leaving.connect(self._leave)
        bars = (canvas.horizontalScrollBar(), canvas.verticalScrollBar())
        for moved in (canvas.zoom_changed, canvas.drawn, *(bar.valueChanged for bar in bars)):
            moved.connect(self.place)
        look = canvas.look
        field.setStyleSheet(
            f"QLineEdit, QPlainTextEdit {{ background: {look.hex('input')};"
            f" color: {look.hex('text')}; border: 2px solid {look.hex('ring')};"
            f" border-radius: 4px; padding: 0 6px;"
            f" selection-background-color: {look.hex('accent')};"
            f" selection-color: {look.hex('on_accent')}; }}"
        )
        self.place()
        field.show()
        field.raise_()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one

    def place(self, *_: object) -> None:
        """Lie where the text stands, wherever that is now."""
        area = self._area() if self._is_open else None
        if area is None:
            return
        high = HEIGHT
        if isinstance(self._field, QPlainTextEdit):
            lines = round(self._field.document().size().height())
            high = LINE * max(LEAST_LINES, lines) + PAD
        width = max(LEAST_WIDTH, area.width())
        x = max(0, min(area.x(), self._canvas.viewport().width() - width))
        y = max(0, min(area.y(), self._canvas.viewport().height() - high))
        self._field.setGeometry(x, y, width, high)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and self._is_elsewhere(watched):
            self._leave()
        elif watched is not self._field or not self._is_open:
            return False
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._override(event)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        elif isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in QUIET:
            self._end(takes=True)
        return False

    def _is_elsewhere(self, watched: QObject) -> bool:
        """Whether a press lands in this window, but not on the field."""
        field = self._field
        if not isinstance(watched, QWidget) or watched.window() is not field.window():
            return False
        return watched is not field and not field.isAncestorOf(watched)

    def _override(self, event: QKeyEvent) -> bool:
        """Keep from the window what is text here; leave for what is a command of the window."""
        if self._commands(event):
            self._leave()
            event.ignore()
            return False
        event.accept()
        return True

    def _commands(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | KEYPAD)
        function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        if event.key() in (*MODIFIERS, *ENTER) or not (function or plain):
            return False
        probe = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        probe.ignore()
        self._field.event(probe)  # the field accepts what edits text: Ctrl+C, Ctrl+Z, Ctrl+Left
        return not probe.isAccepted()

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._end(takes=False, leads_back=True)
            return True
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in ENTER and (control or isinstance(self._field, QLineEdit)):
            self._end(takes=True, leads_back=True)
            return True
        return False

    def _follow(self) -> None:
        if self._area() is None:
            self._end(takes=False)

    def _leave(self) -> None:
        self._end(takes=self._area() is not None)

    def _end(self, takes: bool, leads_back: bool = False) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self._unsubscribe()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one
        field = self._field
        said = field.text() if isinstance(field, QLineEdit) else ""
        said = field.toPlainText() if isinstance(field, QPlainTextEdit) else said
        field.hide()
        there = came_from(self._before, self._canvas) if leads_back else self._canvas
        there.setFocus(Qt.FocusReason.OtherFocusReason)
        field.deleteLater()
        if takes:
            with contextlib.suppress(BusyError):  # a step of the history led away from its graph
                self._takes(said.strip())


def type_line(canvas: Canvas, said: str, label: str, area: Area, takes: Taker) -> QLineEdit:
    """Open a field for one line over the canvas, all of it selected; return it."""
    field = QLineEdit(said, canvas.viewport())
    field.setFont(text_font("node_title"))
    field.setPlaceholderText(label)
    field.setAccessibleName(label)
    field.selectAll()
    Typed(canvas, field, area, takes)
    return field


def type_lines(canvas: Canvas, said: str, label: str, area: Area, takes: Taker) -> QPlainTextEdit:
    """Open a field for several lines over the canvas, the cursor at its end; return it."""
    field = QPlainTextEdit(said, canvas.viewport())
    field.setFrameShape(QFrame.Shape.NoFrame)
    field.setFont(text_font("dense"))
    field.setPlaceholderText(label)
    field.setAccessibleName(label)
    field.setTabChangesFocus(False)
    field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    field.moveCursor(field.textCursor().MoveOperation.End)
    typed = Typed(canvas, field, area, takes)
    field.document().documentLayout().documentSizeChanged.connect(typed.place)
    typed.place()  # again: only in a width of its own does it know how many lines it has
    field.verticalScrollBar().setValue(0)
    return field
