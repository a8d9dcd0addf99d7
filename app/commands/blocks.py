"""What the Graph menu offers for blocks: making them, going in and out, and their uses."""

from __future__ import annotations

from collections.abc import Callable

from app.commands.command import Command
from graph_editor.canvas import actions_blocks as blocks
from graph_editor.canvas import opening
from graph_editor.canvas.canvas import Canvas


def _on_canvas(
    name: str,
    title: str,
    shortcut: str,
    act: Callable[[Canvas], object],
    cannot: Callable[[Canvas], str],
    doc: str,
    glyph: str = "",
) -> Command:
    return Command(
        name,
        title,
        lambda f: act(f.canvas),
        "Graph",
        shortcut,
        unavailable=lambda f: cannot(f.canvas),
        doc=doc,
        group=3,
        glyph=glyph,
        on_canvas=True,
    )


COMMANDS = [
    _on_canvas(
        "graph.group",
        "Make a block of the selection",
        "Ctrl+G",
        blocks.group_selected,
        blocks.cannot_group,
        "Put the selected nodes into a block of their own; its wires outside become its ports.",
        "block",
    ),
    _on_canvas(
        "graph.ungroup",
        "Take the block apart",
        "Ctrl+Shift+G",
        blocks.ungroup_selected,
        blocks.cannot_ungroup,
        "Put what is inside the selected blocks in their place.",
    ),
    _on_canvas(
        "graph.enter",
        "Open",
        "Return;Enter",
        opening.open_selected,
        opening.cannot_open,
        "Go into the selected block, or edit the main numbers of another node where it stands; a "
        "double click does the same, and Esc leads out again.",
    ),
    _on_canvas(
        "graph.unique",
        "Make the block unique",
        "U",
        blocks.make_selected_unique,
        blocks.cannot_make_unique,
        "Give this use of a block a copy of its own, to be changed without the others.",
    ),
]
"""What the Graph menu and the command palette offer for blocks."""
