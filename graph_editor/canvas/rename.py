"""The line on a node's header in which its name is typed, or another short answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.canvas.theme import text_font
from graph_editor.document.document import BusyError
from graph_editor.document.edits import in_block, rename_node
from graph_editor.document.model import NodeId

LEAST_WIDTH, HEIGHT = 160, 26
KEYPAD = Qt.KeyboardModifier.KeypadModifier
MODIFIERS = (
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks for: what stands in it at first, and what becomes of the answer."""

    said: str
    hint: str
    label: str
    takes: Callable[[Canvas, NodeId, str], object]


class RenameLine(QLineEdit):
    """Enter or leaving it takes the name; Esc leaves the old one. An empty name is torch's own.

    A click elsewhere, a command of the window and another graph leave it. It may be asked for
    something else than the node's name. Enter and Esc lead back to what had the keyboard before.
    """

    def __init__(self, canvas: Canvas, node: NodeId, asked: Asked | None = None) -> None:
        super().__init__(canvas.viewport())
        self.canvas, self.node = canvas, node
        self._asked = _name_of_node(canvas, node) if asked is None else asked
        self._is_open = True
        self._before = QApplication.focusWidget()
        self._unsubscribe = canvas.document.subscribe(lambda _: self._follow())
        self.setText(self._asked.said)
        self.setPlaceholderText(self._asked.hint)
        self.setFont(text_font("node_title"))
        self.setAccessibleName(self._asked.label)
        canvas.leaving.connect(self._leave)
        for moved in (canvas.zoom_changed, canvas.drawn, *_scrolled(canvas)):
            moved.connect(self._place)
        look = canvas.look
        self.setStyleSheet(
            f"QLineEdit {{ background: {look.hex('input')}; color: {look.hex('text')};"
            f" border: 2px solid {look.hex('ring')}; border-radius: 4px; padding: 0 6px;"
            f" selection-background-color: {look.hex('accent')};"
            f" selection-color: {look.hex('on_accent')}; }}"
        )

    def open_line(self) -> None:
        """Show the line on the header of its node, all of the name selected."""
        self.canvas.reveal(self.node)
        self._place()
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one

    def _place(self) -> None:
        """Lie on the header of the node, wherever that is now."""
        if not self._is_open or self.node not in graph_of(self.canvas).nodes:
            return
        place = self.canvas.node_rect(self.node)
        width = max(LEAST_WIDTH, place.width())
        room = self.canvas.viewport().width() - width
        corner = QPoint(max(0, min(place.x(), room)), max(0, place.y()))
        self.setGeometry(corner.x(), corner.y(), width, HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and self._is_elsewhere(watched):
            self._leave()
        return False

    def _is_elsewhere(self, watched: QObject) -> bool:
        """Whether a press lands in this window, but not on the line."""
        if not isinstance(watched, QWidget) or watched.window() is not self.window():
            return False
        return watched is not self and not self.isAncestorOf(watched)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end(takes=True, leads_back=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._end(takes=False, leads_back=True)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if not self._commands(event):
                event.accept()  # what is typed here is a name
                return True
            self._leave()
            event.ignore()
            return False
        return super().event(event)

    def _commands(self, event: QKeyEvent) -> bool:
        """Whether a key means a command of the window, and nothing to a line of text."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | KEYPAD)
        function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        if event.key() in MODIFIERS or not (function or plain):
            return False
        probe = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        probe.ignore()
        super().event(probe)  # the line accepts what edits text: Ctrl+C, Ctrl+Z, Ctrl+Left
        return not probe.isAccepted()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        quiet = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in quiet:
            self._end(takes=True)

    def _follow(self) -> None:
        if self.node not in graph_of(self.canvas).nodes:
            self._end(takes=False)

    def _leave(self) -> None:
        self._end(takes=self.node in graph_of(self.canvas).nodes)

    def _end(self, takes: bool, leads_back: bool = False) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self._unsubscribe()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one
        said = self.text().strip()
        self.hide()
        there = came_from(self._before, self.canvas) if leads_back else self.canvas
        there.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()
        if takes:
            with contextlib.suppress(BusyError):  # a step of the history led away from its graph
                self._asked.takes(self.canvas, self.node, said)


def came_from(before: QWidget | None, canvas: Canvas) -> QWidget:
    """Return what had the keyboard before, if that is still there; else the canvas."""
    is_there = before is not None and isValid(before) and before.isVisible()
    return before if before is not None and is_there else canvas


def _name_of_node(canvas: Canvas, node: NodeId) -> Asked:
    called = name_of(canvas, node)
    return Asked(graph_of(canvas).nodes[node].name, called, f"Name of {called}", rename)


def _scrolled(canvas: Canvas) -> tuple[SignalInstance, ...]:
    bars = (canvas.horizontalScrollBar(), canvas.verticalScrollBar())
    return tuple(bar.valueChanged for bar in bars)


def rename(canvas: Canvas, node_id: NodeId, name: str) -> None:
    """Call a node otherwise; an empty name gives it torch's again."""
    title = f"Rename {name_of(canvas, node_id)}"
    edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: rename_node(graph, node_id, name)),
        title,
    )
