"""The few fields over a node in which its main numbers are edited where it stands."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout, QWidget

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.canvas.inspector.form import ParameterForm
from graph_editor.canvas.inspector.state import FieldState, Said
from graph_editor.canvas.inspector.stepping import can_step
from graph_editor.canvas.inspector.subject import arguments_of, states_of, subject_in
from graph_editor.canvas.inspector.values import Former, Unset
from graph_editor.document.document import BusyError
from graph_editor.document.edits import in_block, set_argument, unset_argument
from graph_editor.document.model import Graph, NodeId, Project

WIDTH, PAD, MOST, ROW, GAP = 264, 8, 5, 26, 6
FOOT = "Enter: done"
KEYPAD = Qt.KeyboardModifier.KeypadModifier


class InlineForm(QFrame):
    """Edits the document while it is typed and dragged; each field is one step of the history.

    Enter, Esc in a field that is as it was, and a click elsewhere close it.
    """

    def __init__(self, canvas: Canvas, node: NodeId, back: QWidget | None = None) -> None:
        super().__init__(canvas)  # not the viewport, above all of which the minimap stands
        self.canvas, self.node, self._back = canvas, node, back or canvas
        self._is_open = True
        self._former = graph_of(canvas).nodes[node]
        self.setAccessibleName(f"Main numbers of {name_of(canvas, node)}")
        self.form = ParameterForm(canvas.look, self)
        self.form.edited.connect(self._edit)
        self.form.left.connect(self._leave_field)
        foot = QLabel(FOOT, self)
        foot.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD, PAD, PAD, PAD)
        column.setSpacing(GAP)
        column.addWidget(self.form)
        column.addWidget(foot, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(WIDTH)
        self._names = main_arguments(canvas, node)[: _rows_in(canvas)]
        self._unsubscribe = canvas.document.subscribe(lambda _: self._follow())
        canvas.leaving.connect(self.close_form)
        for moved in (canvas.zoom_changed, *_scrolled(canvas)):
            moved.connect(self._place)
        canvas.drawn.connect(self._follow)

    def open_form(self) -> None:
        """Show the fields at the node, the first one to be typed into."""
        self.canvas.reveal(self.node)
        self._follow()
        self.show()
        self.raise_()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one
        first = self.form.rows[self._names[0]].editor
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _states(self) -> Mapping[str, FieldState]:
        return _states_of(self.canvas, self.node, self._names)

    def _follow(self) -> None:
        """Show what the node says now; close where it is gone."""
        if not self._is_open:
            return
        if self.node not in graph_of(self.canvas).nodes:
            self.close_form()
            return
        self.form.show_states(self._states(), self.node)
        self._fit()

    def _fit(self) -> None:
        self.adjustSize()
        self._place()

    def _place(self) -> None:
        """Stand below the header of the node, all of it in view."""
        if not self._is_open or self.node not in self.canvas.world.nodes:
            return
        card, room = self.canvas.node_rect(self.node), self.canvas.viewport().rect()
        x = min(max(card.x(), PAD), max(PAD, room.width() - self.width() - PAD))
        below = card.bottom() + PAD
        above = card.top() - self.height() - PAD
        fits = below + self.height() + PAD <= room.height() or above < 0
        y = min(below, max(PAD, room.height() - self.height() - PAD)) if fits else above
        self.move(QPoint(x, y) + self.canvas.viewport().pos())

    # Editing

    def _edit(self, name: str, value: Said | Former, going: bool) -> None:
        said: Said | None = None if isinstance(value, Former) else value
        if isinstance(value, Former):
            said = self._former.args.get(name)

        def change(graph: Graph) -> Graph:
            if not isinstance(said, Unset):
                return set_argument(graph, self.node, name, said)
            has = name in graph.nodes[self.node].args
            return unset_argument(graph, self.node, name) if has else graph

        def whole(now: Project) -> Project:
            return in_block(now, self.canvas.key, change)

        merge = f"inline {self.canvas.key} {self.node} {name}" if going else None
        words = "Reset" if isinstance(said, Unset) else "Set"
        edit(self.canvas, whole, f"{words} {name} of {name_of(self.canvas, self.node)}", merge)

    def _leave_field(self, _: str) -> None:
        self.canvas.document.break_merge()

    # Closing

    def close_form(self) -> None:
        """Go away; what was set stays."""
        if not self._is_open:
            return
        self._is_open = False
        for row in self.form.rows.values():
            if row.message.text():
                self.canvas.said.emit(row.message.text())  # what was typed there is dropped
        self._unsubscribe()
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one
        held = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if held:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        with contextlib.suppress(BusyError):  # a change is being told of; it ends the step anyway
            self.canvas.document.break_merge()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and self._is_elsewhere(watched):
            self.close_form()
        return False

    def _is_elsewhere(self, watched: QObject) -> bool:
        """Whether a press lands in this window, but not on the form."""
        if not isinstance(watched, QWidget) or watched.window() is not self.window():
            return False
        return watched is not self and not self.isAncestorOf(watched)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | KEYPAD)
            if not held and event.key() < Qt.Key.Key_F1:
                event.accept()  # Enter, Esc, Del and letters mean the field, not the canvas
                return True
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a field says what is wrong, and wants room for it
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        wrong = any(row.message.text() and row.editor.hasFocus() for row in self.form.rows.values())
        if event.key() == Qt.Key.Key_Escape or (enter and not wrong):
            self.close_form()
        event.accept()  # nothing that is pressed here means the canvas below

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Go round within the fields."""
        editors = [row.editor for row in self.form.rows.values() if row.isVisible()]
        if not self._is_open or not editors:  # Qt asks, too, when the form is hidden
            return super().focusNextPrevChild(forwards)
        now = next((i for i, e in enumerate(editors) if e.hasFocus()), -1)
        reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
        editors[(now + (1 if forwards else -1)) % len(editors)].setFocus(reason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.canvas.look["line2"], 1))
        painter.setBrush(self.canvas.look["panel"])
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()


def _scrolled(canvas: Canvas) -> tuple[SignalInstance, ...]:
    bars = (canvas.horizontalScrollBar(), canvas.verticalScrollBar())
    return tuple(bar.valueChanged for bar in bars)


def _rows_in(canvas: Canvas) -> int:
    """Return how many fields a low window has room for; one at least."""
    room = canvas.viewport().height() - 4 * PAD - ROW
    return max(1, min(MOST, room // (ROW + GAP)))


def _states_of(
    canvas: Canvas, node: NodeId, names: tuple[str, ...] | None = None
) -> dict[str, FieldState]:
    project = canvas.document.project
    subject = subject_in(canvas.key, project.block(canvas.key), [node], canvas.lookup(project))
    states = states_of(subject, canvas.findings)
    return states if names is None else {name: states[name] for name in names if name in states}


def main_arguments(canvas: Canvas, node: NodeId) -> tuple[str, ...]:
    """Return the few arguments of a node that are edited most: what its line says, then numbers.

    What follows from what arrives is left to the inspector, unless the node says it.
    """
    states = _states_of(canvas, node)
    project = canvas.document.project
    subject = subject_in(canvas.key, project.block(canvas.key), [node], canvas.lookup(project))
    order = [argument.name for argument in arguments_of(subject)]
    told = [piece.argument for piece in canvas.world.nodes[node].anatomy.line if piece.argument]
    needed = [name for name in order if states[name].argument.required]
    numbers = [name for name in order if can_step(states[name].argument, states[name].value)]
    wanted = [name for name in dict.fromkeys([*needed, *told, *numbers]) if name in states]
    own = [name for name in wanted if not states[name].is_auto and not states[name].wired]
    chosen = own[:MOST]
    return tuple(name for name in order if name in chosen)


def open_inline(canvas: Canvas, node: NodeId, back: QWidget | None = None) -> InlineForm | None:
    """Open the fields of a node; where it has none, say so and return None.

    Afterwards the keyboard goes back to a widget, the canvas where none is said.
    """
    if not main_arguments(canvas, node):
        canvas.said.emit(f"{name_of(canvas, node)} has no numbers to edit; F2 renames it.")
        return None
    form = InlineForm(canvas, node, back)
    form.open_form()
    return form
