"""What can be done with blocks on a canvas; beside each stands why it cannot be done now."""

from __future__ import annotations

import re
from collections.abc import Collection

from graph_editor.canvas.actions_picture import give_up_picture
from graph_editor.canvas.anatomy import type_word
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import meant
from graph_editor.canvas.editing import edit, graph_of, name_of, named, with_shown
from graph_editor.canvas.rename import Asked, RenameLine
from graph_editor.document.addresses import block_of
from graph_editor.document.edits import (
    EditError,
    Grouped,
    check_group,
    group,
    instances_of,
    layout_of,
    make_unique,
    move_nodes,
    rename_block,
    ungroup,
)
from graph_editor.document.edits.reading import reading_order
from graph_editor.document.graph_path import MAIN, parent_of
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, BlockId, FrozenMap, NodeId, Project

TELLING = ("nn", "block", "code", "param", "op", "torch", "F")
"""Kinds of nodes that a block is called after, the first that it has."""
ONE_BLOCK = "Select one block."
SPOKEN_OF = re.compile(
    r"^\w+(?= )|(?<=calls )\w+(?='s module)|(?<=mentions )\w+(?=,)"
    r"|(?<=of )\w+(?= is inferred| depends on|'s inputs)"
)
"""Where the id of a node may stand in what is said of blocks."""

# Making blocks and taking them apart


def cannot_group(canvas: Canvas) -> str:
    """Return why the selected nodes cannot become a block."""
    if not meant(canvas):
        return "Select the nodes that are to become a block."
    try:
        check_group(canvas.document.project, canvas.key, meant(canvas))
    except EditError as refusal:
        return _in_names(canvas, str(refusal))
    return ""


def _in_names(canvas: Canvas, words: str) -> str:
    """Return a refusal with the ids of nodes in it, where one may stand, turned into names."""

    def name(found: re.Match[str]) -> str:
        known = NodeId(found[0]) in graph_of(canvas).nodes
        return name_of(canvas, NodeId(found[0])) if known else found[0]

    return SPOKEN_OF.sub(name, words)


def group_selected(canvas: Canvas) -> NodeId | None:
    """Make a block of the selected nodes, select it and ask for its name; return its instance."""
    if reason := cannot_group(canvas):
        canvas.said.emit(reason)
        return None
    ids = meant(canvas)
    name = _name_for(canvas, ids)
    done: list[Grouped] = []

    def change(now: Project) -> Project:
        shown = move_nodes(now, canvas.key, with_shown(canvas, now, {}))
        done.append(group(shown, canvas.key, ids, name, canvas.ids))
        return done[-1].project

    title = f"Make a block of {named(canvas, ids)}"
    merge = f"group {' '.join(sorted(ids))}"
    if not edit(canvas, change, title, merge):
        return None
    made = done[-1]
    canvas.select([made.node])
    canvas.follow_added(canvas.world.extent([made.node]))
    _ask_name(canvas, made, name, title, merge)
    return made.node


def _ask_name(canvas: Canvas, made: Grouped, name: str, title: str, merge: str) -> None:
    """Open a line in which a new block is given a better name, within the same step."""

    def takes(canvas: Canvas, node_id: NodeId, said: str) -> None:
        del node_id
        if said and said != name:
            edit(canvas, lambda now: rename_block(now, made.block, said), title, merge)
        canvas.document.break_merge()

    asked = Asked(name, name, "Name of the new block", takes)
    RenameLine(canvas, made.node, asked).open_line()


def _name_for(canvas: Canvas, ids: Collection[NodeId]) -> str:
    """Return a name for a block of some nodes: their frame's title, or after what it has most."""
    project = canvas.document.project
    frames = layout_of(project, canvas.key).get("frames") or ()
    around = (frame for frame in frames if isinstance(frame, FrozenMap))
    titles = (frame.get("title") for frame in around if set(frame.get("nodes", ())) == set(ids))
    name = next((title for title in titles if isinstance(title, str) and title), "")
    taken = {block.name for block in project.blocks.values()}
    return _unlike(name or f"{_main_word(canvas, ids)} block".strip().capitalize(), taken)


def _main_word(canvas: Canvas, ids: Collection[NodeId]) -> str:
    """Return what the most telling of some nodes are, without dimensions: ``Conv``."""
    graph, lookup = graph_of(canvas), canvas.lookup(canvas.document.project)
    listed = [key for key in reading_order(graph) if key in ids]
    for kind in TELLING:
        for key in listed:
            node = graph.nodes[key]
            if node.kind == kind:
                return re.sub(r"[1-3]d$| block$", "", type_word(node.spec, lookup(node.spec)))
    return ""


def _unlike(name: str, taken: Collection[str]) -> str:
    """Return a name that no block has: ``Conv block``, else ``Conv block 2``."""
    number, made = 1, name
    while made in taken:
        number += 1
        made = f"{name} {number}"
    return made


def _blocks_selected(canvas: Canvas) -> list[NodeId]:
    project, nodes = canvas.document.project, graph_of(canvas).nodes
    return sorted(
        key
        for key in canvas.selected()
        if key in nodes and BlockId(block_of(nodes[key])) in project.blocks
    )


def cannot_ungroup(canvas: Canvas) -> str:
    """Return why the selected blocks cannot be taken apart."""
    chosen = _blocks_selected(canvas)
    if not chosen:
        return "Select a block to take it apart."
    try:
        _apart(canvas.document.project, canvas.key, chosen, IdSource("trial"))
    except EditError as refusal:
        return _in_names(canvas, str(refusal))
    return ""


def ungroup_selected(canvas: Canvas) -> None:
    """Put what is inside of the selected blocks in their place, and select it."""
    if reason := cannot_ungroup(canvas):
        canvas.said.emit(reason)
        return
    chosen = _blocks_selected(canvas)
    freed: list[NodeId] = []

    def change(now: Project) -> Project:
        shown = move_nodes(now, canvas.key, with_shown(canvas, now, {}))
        made, inner = _apart(shown, canvas.key, chosen, canvas.ids)
        freed.extend(inner)
        return made

    if edit(canvas, change, f"Take {named(canvas, chosen)} apart"):
        canvas.select(freed)


def _apart(
    project: Project, key: str, chosen: Collection[NodeId], ids: IdSource
) -> tuple[Project, list[NodeId]]:
    """Return the project without some instances of blocks, and the nodes that were inside."""
    freed: list[NodeId] = []
    for node_id in chosen:
        done = ungroup(project, key, node_id, ids)
        project = done.project
        freed.extend(done.ids.values())
    return project, freed


# Going in and out


def cannot_enter(canvas: Canvas) -> str:
    """Return why no block can be entered."""
    chosen = _blocks_selected(canvas)
    return "" if len(chosen) == 1 == len(canvas.selected()) else ONE_BLOCK


def enter_selected(canvas: Canvas) -> bool:
    """Show the inside of the selected block, as it is used here; return whether."""
    if reason := cannot_enter(canvas):
        canvas.said.emit(reason)
        return False
    (node_id,) = canvas.selected()
    enter(canvas, node_id)
    return True


def enter(canvas: Canvas, node_id: NodeId) -> None:
    """Show the inside of a block, as it is used here."""
    key = block_of(graph_of(canvas).nodes[node_id])
    prefix = canvas.prefix
    canvas.graph_entered.emit(key, f"{prefix}/{node_id}" if prefix else str(node_id))


def leave(canvas: Canvas) -> None:
    """Show the graph above, the block that was shown being selected."""
    if canvas.key != MAIN:
        above = parent_of(canvas.document.project, canvas.key, canvas.prefix)
        canvas.graph_entered.emit(*above)


def give_up(canvas: Canvas) -> None:
    """Draw no further at a picture, else select nothing, else show the graph above."""
    world = canvas.world
    if give_up_picture(canvas):
        return
    if canvas.selected() or world.chosen_wire is not None or world.backdrop.chosen:
        canvas.select(())
    else:
        leave(canvas)


# Uses of a block


def block_at_hand(canvas: Canvas) -> tuple[BlockId, Block] | None:
    """Return the block of which one instance alone is selected."""
    chosen = _blocks_selected(canvas)
    if len(chosen) != 1 or len(canvas.selected()) != 1:
        return None
    key = BlockId(block_of(graph_of(canvas).nodes[chosen[0]]))
    return key, canvas.document.project.blocks[key]


def uses_of(project: Project, block: str) -> int:
    """Return how many nodes of a project are instances of a block."""
    return sum(map(len, instances_of(project, block).values()))


def cannot_make_unique(canvas: Canvas) -> str:
    """Return why none of the selected blocks gets a copy of its own."""
    project, chosen = canvas.document.project, _blocks_selected(canvas)
    keys = sorted({BlockId(block_of(graph_of(canvas).nodes[node])) for node in chosen})
    if not chosen:
        return "Select a block that is used more than once."
    if any(uses_of(project, key) > 1 for key in keys):
        return ""
    if len(keys) > 1:
        return "These blocks are used here alone: they are unique."
    return f"{project.blocks[keys[0]].name or keys[0]} is used here alone: it is unique."


def make_selected_unique(canvas: Canvas) -> None:
    """Give each selected instance a copy of its block, to be changed without the others."""
    if reason := cannot_make_unique(canvas):
        canvas.said.emit(reason)
        return
    chosen = _blocks_selected(canvas)

    def change(now: Project) -> Project:
        for node_id in chosen:
            key = block_of(now.block(canvas.key).graph.nodes[node_id])
            if uses_of(now, key) == 1:
                continue  # that is the last use, which keeps the block
            old, taken = now.blocks[BlockId(key)], {block.name for block in now.blocks.values()}
            now, new = make_unique(now, canvas.key, node_id, canvas.ids)
            now = rename_block(now, new, _unlike(old.name or key, taken))
        return now

    edit(canvas, change, f"Make {named(canvas, chosen)} unique")
