"""What all gestures of this room share: the canvas on which they act.

The canvas itself knows only ``graph_editor.canvas.gesture.Gesture``, so that it never imports this
room; whoever makes a canvas fills its list of gestures with ``gestures.all.install``.
"""

from __future__ import annotations

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gesture import Gesture


class CanvasGesture(Gesture):
    """A gesture on one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
