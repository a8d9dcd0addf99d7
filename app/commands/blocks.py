"""What the Graph menu offers for blocks: making them, going in and out, and their uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from app.commands.command import Command, nothing, on_canvas
from app.commands.frame import Frame
from app.session.block_keeping import keep_block, rival_of
from app.session.block_library import news_of, update_block
from graph_editor.canvas import actions_blocks as blocks
from graph_editor.canvas import actions_interface as interface
from graph_editor.canvas import actions_weights as weights
from graph_editor.canvas import opening
from graph_editor.canvas.canvas import Canvas
from graph_editor.catalogue.library import newer
from graph_editor.document.addresses import MAIN


def _on_canvas(
    name: str,
    title: str,
    shortcut: str,
    act: Callable[[Canvas], object],
    cannot: Callable[[Canvas], str],
    doc: str,
    glyph: str = "",
) -> Command:
    return on_canvas(name, title, shortcut, act, cannot, 3, menu="Graph", doc=doc, glyph=glyph)


def block_meant(frame: Frame) -> str:
    """Return the block of the one selected use, else the block that is shown, if any."""
    found = blocks.block_at_hand(frame.canvas)
    if found is not None:
        return found[0]
    return "" if frame.canvas.key == MAIN else frame.canvas.key


def _keep(frame: Frame) -> None:
    """Keep a block; where something else of the user's has its place, ask first."""
    key = block_meant(frame)
    if rival_of(frame.session, key) is not None:
        frame.show_dialog("keep_block")
    else:
        keep_block(frame.session, key)


def _update(frame: Frame) -> None:
    """Take the newer version; where that replaces changes made here, or may, ask first."""
    key = block_meant(frame)
    news = news_of(frame.session, key)
    if news is not None and news.own != ():
        frame.show_dialog("update_block")
    else:
        update_block(frame.session, key)


def _no_update(frame: Frame) -> str:
    key = block_meant(frame)
    if not key:
        return "Select one block, or go into one."
    return "" if newer(frame.session.project, key) else "The library has no newer version of it."


def _promotions(frame: Frame) -> Sequence[Command]:
    """Return what of the selected node can be made a parameter of its block."""
    return [
        Command(
            f"graph.promote.{name}",
            name,
            partial(_promote, name=name),
            "Graph",
            doc="Give its value where the block is used.",
        )
        for name in interface.promotable_here(frame.canvas)
    ]


def _promote(frame: Frame, name: str) -> None:
    interface.promote_argument(frame.canvas, name)


def _shape(act: Callable[[Canvas], object]) -> Callable[[Frame], None]:
    """Return what changes the outside of the shown block, and shows it in the inspector."""

    def run(frame: Frame) -> None:
        act(frame.canvas)
        frame.raise_panel("inspector")

    return run


def _add_parameter(canvas: Canvas) -> None:
    canvas.select(())  # what is outside of the block is shown while nothing is selected
    interface.add_parameter(canvas)


OPEN = _on_canvas(
    "graph.enter",
    "Open",
    "Return;Enter",
    opening.open_selected,
    opening.cannot_open,
    "Go into the selected block, or edit the main numbers of another node where it stands; a "
    "double click does the same, and Esc leads out again.",
)
BLOCKS = [
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
        "graph.unique",
        "Make the block unique",
        "U",
        blocks.make_selected_unique,
        blocks.cannot_make_unique,
        "Give each selected use of a block a copy of its own, to be changed without the others.",
    ),
    Command(
        "graph.keep_block",
        "Add to my blocks",
        _keep,
        "Graph",
        unavailable=lambda f: "" if block_meant(f) else "Select one block, or go into one.",
        doc="Keep this block for other projects; where it has changed, as its next version.",
        group=3,
        glyph="save",
    ),
    Command(
        "graph.update_block",
        "Update the block from the library",
        _update,
        "Graph",
        unavailable=_no_update,
        doc="Take the library's newer version of this block; wires of equal names stay, and "
        "changes made here are asked about first.",
        group=3,
    ),
    Command(
        "graph.block_library",
        "Block library…",
        lambda f: f.show_dialog("blocks"),
        "Graph",
        doc="See your own blocks and the shipped ones; rename, delete and bring back your own.",
        group=3,
    ),
    Command(
        "graph.promote",
        "Make a parameter of the block",
        nothing,
        "Graph",
        unavailable=lambda f: interface.cannot_promote(f.canvas),
        doc="Have a value of the selected node given where its block is used.",
        group=4,
        choices=_promotions,
    ),
    Command(
        "graph.add_parameter",
        "Add a parameter to the block",
        _shape(_add_parameter),
        "Graph",
        unavailable=lambda f: interface.cannot_shape_block(f.canvas),
        doc="Its name, type and default stand in the inspector.",
        group=4,
    ),
    *(
        Command(
            f"graph.add_{name}",
            f"Add an {name} to the block",
            _shape(partial(interface.add_port, side=side)),
            "Graph",
            unavailable=lambda f: interface.cannot_shape_block(f.canvas),
            doc="All uses of the block have one port more then.",
            group=4,
        )
        for side, name in interface.NAMES.items()
    ),
]
WEIGHTS = [
    _on_canvas(
        "graph.repeat",
        "Repeat…",
        "R",
        weights.ask_copies,
        weights.cannot_repeat,
        "Chain so many copies of the selected nodes, each with weights of its own or all with one.",
    ),
    _on_canvas(
        "graph.tie",
        "Tie or untie weights",
        "T",
        weights.tie_selected,
        weights.cannot_tie,
        "Let two layers have one weight; where they have, let each have its own again.",
        "link",
    ),
    _on_canvas(
        "graph.same_layer",
        "Call one layer twice",
        "Shift+T",
        weights.call_same_selected,
        weights.cannot_call_same,
        "Make the second of two nodes another call of the first's layer, or a layer of its own.",
    ),
]
COMMANDS = [
    OPEN,
    *(replace(command, under="Block", group=3) for command in BLOCKS),
    *(replace(command, under="Weights and copies") for command in WEIGHTS),
]
"""What the Graph menu and the command palette offer for blocks."""
