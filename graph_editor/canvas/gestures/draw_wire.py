"""Wire: a drag from a port to another one, or of a wire's end to elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.add_palette_open import open_palette
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.refusal_bubble import RefusalBubble
from graph_editor.canvas.wire_targets import Target, Targets
from graph_editor.canvas.wiring import connect_ports, disconnect_port, move_wire_end
from graph_editor.document.model import InPort, OutPort

BELOW = 20
"""Pixels from a port to the bubble that speaks of it."""


class DrawWire(CanvasGesture):
    """From an output or a free input a new wire is drawn; a wired input lets its wire go.

    Dropped on empty canvas, a new wire asks what to add there, and one that was there is taken
    away. A wire that cannot be is not made; one that torch will likely refuse may be.
    """

    _start: QPoint | None = None
    _fixed: InPort | OutPort
    _old: InPort | None = None
    _targets: Targets | None = None
    _target: Target | None = None
    _bubble: RefusalBubble | None = None

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        canvas.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._bubble = None

    def press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        spot = event.position().toPoint()
        port = self.canvas.port_at(spot)
        if port is None:
            return False
        self._start, self._targets, self._target = spot, None, None
        self._fixed, self._old = port, None
        if isinstance(port, InPort) and port in graph_of(self.canvas).wires:
            self._fixed, self._old = graph_of(self.canvas).wires[port], port
        return True

    def move(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        if self._start is None:
            return
        if self._targets is None:
            if (spot - self._start).manhattanLength() < QApplication.startDragDistance():
                return
            self._begin()
        self._follow(spot)

    def _begin(self) -> None:
        self._targets = Targets(self.canvas, self._fixed, self._old)
        self._show_old(False)

    def _follow(self, spot: QPoint) -> None:
        assert self._targets is not None
        target = self._target = self._targets.find(spot)
        end = spot if target is None else self.canvas.port_place(target.port)
        refused = target is not None and bool(target.refusal)
        self.canvas.draw_hand_wire(self._fixed, end, refused)
        self.canvas.light_port(None if target is None else target.port)
        if target is not None and target.refusal:
            self._say(target, end)
        elif self._bubble is not None:
            self._bubble.hide()

    def _say(self, target: Target, end: QPoint) -> None:
        if self._bubble is None:
            self._bubble = RefusalBubble(self.canvas.look, self.canvas.viewport())
        self._bubble.look = self.canvas.look
        self._bubble.say(target.refusal, target.may_drop, end + QPoint(0, BELOW))

    def release(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        drawn, target, old, fixed = self._targets, self._target, self._old, self._fixed
        spot = event.position().toPoint()
        self.cancel()
        if drawn is None:
            return True
        if target is not None:
            self._drop(target, fixed, old)
        elif old is not None:
            disconnect_port(self.canvas, old)
        else:
            palette = open_palette(self.canvas, spot, fixed)
            self.canvas.draw_hand_wire(fixed, spot)
            palette.closed.connect(self.canvas.drop_hand_wire)
        return True

    def _drop(self, target: Target, fixed: InPort | OutPort, old: InPort | None) -> None:
        if target.refusal and not target.may_drop:
            self.canvas.said.emit(f"{target.refusal}.")
        elif isinstance(fixed, OutPort) and isinstance(target.port, InPort):
            if old is None:
                connect_ports(self.canvas, fixed, target.port)
            elif target.port != old:
                move_wire_end(self.canvas, old, target.port)
        elif isinstance(fixed, InPort) and isinstance(target.port, OutPort):
            connect_ports(self.canvas, target.port, fixed)

    def cancel(self) -> None:
        if self._targets is not None:
            self.canvas.drop_hand_wire()
            self.canvas.light_port(None)
            self._show_old(True)
        if self._bubble is not None:
            self._bubble.hide()
        self._start, self._targets, self._target = None, None, None

    def _show_old(self, shown: bool) -> None:
        wire = self.canvas.world.wires.get(self._old) if self._old is not None else None
        if wire is not None:
            wire.setVisible(shown)
