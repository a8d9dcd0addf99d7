"""What the Graph menu offers to line nodes up by."""

from __future__ import annotations

from collections.abc import Callable

from app.commands.command import Command, on_canvas
from graph_editor.canvas import actions_align as align
from graph_editor.canvas.canvas import Canvas


def _align(
    name: str, words: str, keys: str, act: Callable[[Canvas], object], doc: str, glyph: str = ""
) -> Command:
    return on_canvas(
        f"graph.align_{name}",
        f"Align {words}",
        keys,
        act,
        align.cannot_align,
        0,
        menu="Graph",
        under="Align",
        doc=doc,
        glyph=glyph,
    )


ALIGN = [
    _align("left", "left edges", "Alt+Shift+Left", align.align_left, "To the leftmost."),
    _align("centre", "centres", "Alt+Shift+C", align.align_centre, "One above the other."),
    _align("right", "right edges", "Alt+Shift+Right", align.align_right, "To the rightmost."),
    _align("top", "top edges", "Alt+Shift+Up", align.align_top, "To the topmost."),
    _align("middle", "middles", "Alt+Shift+M", align.align_middle, "One beside the other."),
    _align("bottom", "bottom edges", "Alt+Shift+Down", align.align_bottom, "To the lowest."),
    on_canvas(
        "graph.distribute_across",
        "Distribute horizontally",
        "Alt+Shift+H",
        align.distribute_across,
        align.cannot_distribute,
        0,
        menu="Graph",
        under="Align",
        doc="Make the gaps from left to right equal; the outermost nodes stay.",
    ),
    on_canvas(
        "graph.distribute_down",
        "Distribute vertically",
        "Alt+Shift+V",
        align.distribute_down,
        align.cannot_distribute,
        0,
        menu="Graph",
        under="Align",
        doc="Make the gaps from top to bottom equal; the outermost nodes stay.",
    ),
    on_canvas(
        "graph.straighten",
        "Straighten wires",
        "Alt+Shift+S",
        align.straighten,
        align.cannot_straighten,
        0,
        menu="Graph",
        under="Align",
        doc="Bring the ports along a chain of selected nodes to one height.",
    ),
]
"""A submenu of the Graph menu."""
