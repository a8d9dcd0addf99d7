"""Remove: Alt+click takes a wire away, or all the wires of a port."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.rewiring import remove_wires, wires_of


class RemoveWires(CanvasGesture):
    """Acts at the press; a port goes before the wires that end in it."""

    def press(self, event: QMouseEvent) -> bool:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alone = held == Qt.KeyboardModifier.AltModifier
        if event.button() is not Qt.MouseButton.LeftButton or not alone:
            return False
        spot = event.position()
        port = self.canvas.port_at(spot)
        if port is not None:
            if not remove_wires(self.canvas, wires_of(self.canvas, port)):
                self.canvas.said.emit("No wire is at this port.")
            return True
        wire = self.canvas.wire_at(spot) if self.canvas.node_at(spot) is None else None
        if wire is None:
            return False
        self.canvas.light_wire(None)
        remove_wires(self.canvas, [wire])
        return True
