"""Turns a horizontal drag into steps of a number."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from graph_editor.canvas.inspector.stepping import PIXELS, SLOW

REACH = 3.0
"""How far the pointer moves before a press is a drag."""


class Drag:
    """One press: a click until the pointer has moved far enough, then a drag."""

    def __init__(self, at: QPointF) -> None:
        self._last = at.x()
        self._moved = 0.0
        self._travelled = 0.0
        self.is_drag = False

    def steps(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> int:
        """Return by how many steps in all the number has gone."""
        move = at.x() - self._last
        self._last = at.x()
        if not self.is_drag:
            self._travelled += move
            self.is_drag = abs(self._travelled) >= REACH
            return 0
        slow = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._moved += move * (SLOW if slow else 1.0)
        return int(self._moved / PIXELS)
