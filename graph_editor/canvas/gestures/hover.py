"""Hover: what lies under a resting pointer is told: a node, a port, or what goes over a wire."""

from __future__ import annotations

from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.telling import node_words, port_words, wire_words


class Hover(CanvasGesture):
    """Lights the node or wire under the pointer, and shows tooltips."""

    def hover(self, event: QMouseEvent) -> bool:
        spot = event.position().toPoint()
        port = self.canvas.port_at(spot)  # half of a port lies outside of its node
        self.canvas.hover(port.node if port is not None else self.canvas.node_at(spot))
        over = self.canvas.hovered() is not None or port is not None
        self.canvas.light_wire(None if over else self.canvas.wire_at(spot))
        return False

    def leave(self) -> None:
        self.canvas.light_wire(None)

    def tooltip(self, event: QHelpEvent) -> bool:
        spot = event.pos()
        canvas = self.canvas
        if canvas.bubble_part_at(spot):
            return False  # it says all in its own words, not what lies under it
        port, node = canvas.port_at(spot), canvas.node_at(spot)
        wire = canvas.wire_at(spot) if port is None and node is None else None
        if port is not None:
            words = port_words(canvas, port)
        elif node is not None:
            words = node_words(canvas, node)
        elif wire is not None:
            words = wire_words(canvas, wire)
        else:
            words = ""
        QToolTip.showText(event.globalPos(), words, canvas.viewport())
        return True
