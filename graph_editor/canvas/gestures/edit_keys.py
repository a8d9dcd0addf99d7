"""Keys on the canvas: one table of key, what it does, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from graph_editor.canvas import actions
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.gesture import CanvasGesture

STEP, LEAP = 8.0, 64.0


@dataclass(frozen=True, slots=True)
class Row:
    """One key of the canvas."""

    keys: str
    """As ``QKeySequence`` reads it."""
    words: str
    act: Callable[[Canvas], object]


def _nudge(dx: float, dy: float) -> Callable[[Canvas], None]:
    return lambda canvas: actions.nudge(canvas, dx, dy)


ROWS = (
    Row("Del", "Delete the selected nodes", actions.delete_selected),
    Row("Backspace", "Delete the selected nodes", actions.delete_selected),
    Row("Ctrl+Del", "Delete the selected nodes and heal the wires", actions.dissolve_selected),
    Row("Ctrl+Backspace", "Delete the selected nodes and heal", actions.dissolve_selected),
    Row("Ctrl+X", "Cut", actions.cut_selected),
    Row("Ctrl+C", "Copy", actions.copy_selected),
    Row("Ctrl+V", "Paste at the pointer", actions.paste_at),
    Row("Ctrl+D", "Duplicate", actions.duplicate_selected),
    Row("Ctrl+A", "Select all", actions.select_all),
    Row("Esc", "Select nothing", lambda canvas: canvas.select(())),
    Row("F2", "Rename the selected node", actions.rename_selected),
    Row("Home", "Fit all into view", lambda canvas: canvas.fit_all()),
    Row("F", "Fit the selection into view", lambda canvas: canvas.fit_selection()),
    Row("L", "Arrange the whole graph", actions.arrange),
    Row("Shift+L", "Arrange the selected nodes", actions.arrange_selected),
    Row("Left", "Move the selected nodes by 8", _nudge(-STEP, 0)),
    Row("Right", "Move the selected nodes by 8", _nudge(STEP, 0)),
    Row("Up", "Move the selected nodes by 8", _nudge(0, -STEP)),
    Row("Down", "Move the selected nodes by 8", _nudge(0, STEP)),
    Row("Shift+Left", "Move the selected nodes by 64", _nudge(-LEAP, 0)),
    Row("Shift+Right", "Move the selected nodes by 64", _nudge(LEAP, 0)),
    Row("Shift+Up", "Move the selected nodes by 64", _nudge(0, -LEAP)),
    Row("Shift+Down", "Move the selected nodes by 64", _nudge(0, LEAP)),
)
KEYPAD = Qt.KeyboardModifier.KeypadModifier


class EditKeys(CanvasGesture):
    """Does what the table says of a key."""

    _table: dict[QKeyCombination, Row]

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._table = {QKeySequence(row.keys)[0]: row for row in ROWS}  # type: ignore[index]  # it is

    def key(self, event: QKeyEvent) -> bool:
        if self.canvas.held is not None:
            return False  # first what the hand does comes to its end; Esc gives it up
        pressed = QKeyCombination(event.modifiers() & ~KEYPAD, Qt.Key(event.key()))
        row = self._table.get(pressed)
        if row is None:
            return False
        row.act(self.canvas)
        return True
