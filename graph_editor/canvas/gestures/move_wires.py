"""Move wires: Ctrl+drag of an output takes all its wires to another output."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.refusal_bubble import RefusalBubble
from graph_editor.canvas.rewiring import move_wires_to, wires_of
from graph_editor.canvas.wire_targets import Target, Targets
from graph_editor.document.model import InPort, OutPort

BELOW = 20
"""Pixels from a port to the bubble that speaks of it."""


class MoveWires(CanvasGesture):
    """Takes the near ends of all wires of an output; dropped on nothing they go back."""

    _wires: tuple[InPort, ...] = ()
    _targets: tuple[Targets, ...] = ()
    _target: Target | None = None
    _bubble: RefusalBubble | None = None

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        canvas.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._bubble = None

    def press(self, event: QMouseEvent) -> bool:
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() is not Qt.MouseButton.LeftButton or not held:
            return False
        port = self.canvas.port_at(event.position())
        if not isinstance(port, OutPort):
            return False
        self._wires = wires_of(self.canvas, port)
        if not self._wires:
            self.canvas.said.emit("No wire begins here, so there is none to move.")
        self._targets = tuple(Targets(self.canvas, wire) for wire in self._wires)
        return True

    def move(self, event: QMouseEvent) -> None:
        if not self._wires:
            return
        spot = event.position().toPoint()
        self._target = self._judged(spot)
        end = spot if self._target is None else self.canvas.port_place(self._target.port)
        refusal = self._target.refusal if self._target is not None else ""
        self._show_wires(False)
        self.canvas.draw_hand_wires(self._wires, end, bool(refusal))
        self.canvas.light_port(None if self._target is None else self._target.port)
        if self._target is not None and refusal:
            self._say(self._target, end)
        elif self._bubble is not None:
            self._bubble.hide()

    def _judged(self, spot: QPoint) -> Target | None:
        """Return the output under the pointer, with the gravest that is said against a wire."""
        found = self._targets[0].find(spot)
        if found is None:
            return None
        each = [targets.judge(found.port) for targets in self._targets]
        refused = [target for target in each if target.refusal]
        return min(refused, key=lambda target: target.may_drop, default=found)

    def _say(self, target: Target, end: QPoint) -> None:
        if self._bubble is None:
            self._bubble = RefusalBubble(self.canvas.look, self.canvas.viewport())
        self._bubble.look = self.canvas.look
        self._bubble.say(target.refusal, target.may_drop, end + QPoint(0, BELOW))

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        wires, target = self._wires, self._target
        self.cancel()
        if target is None or not wires:
            if wires:
                self.canvas.said.emit("The wires stay: only another output can take them.")
            return True
        if target.refusal and not target.may_drop:
            self.canvas.said.emit(f"{target.refusal}.")
        elif isinstance(target.port, OutPort):
            move_wires_to(self.canvas, wires, target.port)
        return True

    def cancel(self) -> None:
        if self._wires:
            self.canvas.drop_hand_wire()
            self.canvas.light_port(None)
            self._show_wires(True)
        if self._bubble is not None:
            self._bubble.hide()
        self._wires, self._targets, self._target = (), (), None

    def _show_wires(self, shown: bool) -> None:
        for target in self._wires:
            wire = self.canvas.world.wires.get(target)
            if wire is not None:
                wire.setVisible(shown)
