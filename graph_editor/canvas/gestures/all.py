"""All gestures of a canvas, in the order in which they are offered its events."""

from __future__ import annotations

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.ask_menu import AskMenu
from graph_editor.canvas.gestures.bend_wire import BendWire
from graph_editor.canvas.gestures.box_select import BoxSelect
from graph_editor.canvas.gestures.draw_wire import DrawWire
from graph_editor.canvas.gestures.drop_spec import DropSpec
from graph_editor.canvas.gestures.edit_keys import EditKeys
from graph_editor.canvas.gestures.edit_mark import EditMark
from graph_editor.canvas.gestures.enter_block import EnterBlock
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.gestures.hover import Hover
from graph_editor.canvas.gestures.knife import Knife
from graph_editor.canvas.gestures.mark_menu import MarkMenu
from graph_editor.canvas.gestures.move_nodes import MoveNodes
from graph_editor.canvas.gestures.move_wires import MoveWires
from graph_editor.canvas.gestures.open_palette import OpenPalette
from graph_editor.canvas.gestures.pan import Pan
from graph_editor.canvas.gestures.press_bubble import PressBubble
from graph_editor.canvas.gestures.remove_wires import RemoveWires
from graph_editor.canvas.gestures.select_click import SelectClick
from graph_editor.canvas.gestures.zoom_wheel import ZoomWheel

ORDER: tuple[type[CanvasGesture], ...] = (
    PressBubble,
    Pan,
    ZoomWheel,
    Knife,
    MarkMenu,
    AskMenu,
    RemoveWires,
    MoveWires,
    DrawWire,
    SelectClick,
    MoveNodes,
    EnterBlock,
    BendWire,
    EditMark,
    OpenPalette,
    DropSpec,
    EditKeys,
    Hover,
    BoxSelect,
)
"""What lies under the pointer decides: a port before a node, a node before the empty canvas."""


def install(canvas: Canvas) -> None:
    """Let a canvas be acted on by hand."""
    canvas.gestures = [gesture(canvas) for gesture in ORDER]
    # What the hand holds may be gone after an undo, or an edit made elsewhere.
    unsubscribe = canvas.document.subscribe(lambda _: canvas.cancel_gesture())
    canvas.destroyed.connect(unsubscribe)
