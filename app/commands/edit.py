"""The Edit menu: history, clipboard and selection."""

from __future__ import annotations

from functools import partial

from app.commands.command import Command, nothing, on_canvas
from app.commands.frame import Frame
from app.commands.select import SELECT
from app.session.custom_code import piece_selected
from graph_editor.canvas import actions, actions_bypass, actions_picture, copying
from graph_editor.canvas import actions_marks as marks
from graph_editor.document.edits import COLOURS


def _nothing_to_undo(frame: Frame) -> str:
    return "" if frame.session.document.can_undo else "There is nothing to undo."


def _nothing_to_redo(frame: Frame) -> str:
    return "" if frame.session.document.can_redo else "There is nothing to redo."


def _no_code(frame: Frame) -> str:
    return "" if piece_selected(frame.session) else "Select one node of custom code."


def _no_text(frame: Frame) -> str:
    return "" if frame.session.is_written else "There is no code of the drawing now."


def _edit_text(frame: Frame) -> None:
    if (room := frame.code()) is not None:
        room.edit()


def _undo_words(frame: Frame) -> str:
    title = frame.session.document.undo_title
    return f"Undo: {title}" if title else "Undo"


def _redo_words(frame: Frame) -> str:
    title = frame.session.document.redo_title
    return f"Redo: {title}" if title else "Redo"


def _colour(frame: Frame, colour: str) -> None:
    marks.colour_selected(frame.canvas, colour)


def _is_coloured(frame: Frame, colour: str) -> bool:
    return marks.colour_of(frame.canvas) == colour


def _nothing_to_find(frame: Frame) -> str:
    project = frame.session.project
    graphs = (project.main.graph, *(block.graph for block in project.blocks.values()))
    return "" if any(graph.nodes for graph in graphs) else "This project has no nodes yet."


def _nothing_sought(frame: Frame) -> str:
    words = frame.finding.words.strip()
    return "" if words else "Find in graph asks first what to look for."


COLOUR_COMMANDS = [
    Command(
        f"edit.colour.{colour}",
        colour.capitalize(),
        partial(_colour, colour=colour),
        unavailable=lambda f: marks.cannot_colour(f.canvas),
        checked=partial(_is_coloured, colour=colour),
        one_of=True,
    )
    for colour in COLOURS
]
COMMANDS = [
    Command(
        "edit.undo",
        "Undo",
        lambda f: f.session.undo(),
        "Edit",
        "Ctrl+Z",
        unavailable=_nothing_to_undo,
        label=_undo_words,
        glyph="undo",
    ),
    Command(
        "edit.redo",
        "Redo",
        lambda f: f.session.redo(),
        "Edit",
        "Ctrl+Shift+Z;Ctrl+Y",
        unavailable=_nothing_to_redo,
        label=_redo_words,
        glyph="redo",
    ),
    Command(
        "edit.history",
        "Undo history",
        lambda f: f.toggle_panel("history"),
        "Edit",
        "Ctrl+Shift+H",
        doc="List every step, and go to the drawing as it was after any of them in one move.",
        checked=lambda f: f.has_panel("history"),
        glyph="clock",
    ),
    on_canvas("edit.cut", "Cut", "Ctrl+X", copying.cut_selected, copying.cannot_copy, 1),
    on_canvas(
        "edit.copy", "Copy", "Ctrl+C", copying.copy_selected, copying.cannot_copy, 1, glyph="copy"
    ),
    Command(
        "edit.copy_picture",
        "Copy as picture",
        lambda f: actions_picture.copy_picture(f.canvas),
        "Edit",
        "Ctrl+Shift+C",
        unavailable=lambda f: actions_picture.cannot_draw(f.canvas),
        doc="Copy the selected nodes, or the whole graph, as pixels and as SVG.",
        group=1,
    ),
    on_canvas("edit.paste", "Paste", "Ctrl+V", copying.paste_at, copying.cannot_paste, 1),
    on_canvas(
        "edit.duplicate",
        "Duplicate",
        "Ctrl+D",
        copying.duplicate_selected,
        copying.cannot_copy,
        1,
        doc="Copy the selected nodes with the wires between them.",
    ),
    on_canvas(
        "edit.delete", "Delete", "Del;Backspace", actions.delete_selected, actions.cannot_delete, 2
    ),
    on_canvas(
        "edit.dissolve",
        "Delete and heal",
        "Ctrl+Del;Ctrl+Backspace",
        actions.dissolve_selected,
        actions.cannot_dissolve,
        2,
        doc="Delete the selected nodes, and lead the wires past them.",
    ),
    on_canvas(
        "edit.bypass",
        "Bypass",
        "M",
        actions_bypass.bypass_selected,
        actions_bypass.cannot_bypass,
        2,
        doc="Let what enters the selected nodes pass them by, or have them work again.",
        glyph="muted",
        checked=actions_bypass.is_bypassed,
    ),
    on_canvas("edit.rename", "Rename…", "F2", marks.name_selected, marks.cannot_name, 2),
    on_canvas(
        "edit.comment",
        "Comment on the frame…",
        "Shift+F2",
        marks.comment_frame,
        marks.cannot_comment,
        2,
        doc="Write below the title of the selected frame.",
    ),
    Command(
        "edit.colour",
        "Colour of the frame or note",
        nothing,
        "Edit",
        unavailable=lambda f: marks.cannot_colour(f.canvas),
        choices=lambda _: COLOUR_COMMANDS,
        group=2,
    ),
    Command(
        "edit.code",
        "Edit custom code…",
        lambda f: f.show_dialog("code_edit"),
        "Edit",
        unavailable=_no_code,
        doc="Read, change and trust the custom code of the selected node.",
        group=2,
    ),
    Command(
        "edit.text",
        "Edit the code",
        _edit_text,
        "Edit",
        "F4",
        unavailable=_no_text,
        doc="Edit model.py, train.py or data.py in the code panel, or end that.",
        group=2,
        glyph="pencil",
    ),
    *SELECT,
    Command(
        "edit.find",
        "Find in graph…",
        lambda f: f.finding.open(),
        "Edit",
        "Ctrl+F",
        unavailable=_nothing_to_find,
        doc="Find nodes of all graphs by title, spec, argument or shape. In the code, find in it.",
        group=4,
        glyph="search",
    ),
    Command(
        "edit.find_next",
        "Find next",
        lambda f: f.finding.step(1),
        "Edit",
        "F3",
        unavailable=_nothing_sought,
        doc="Go to the next node that is found.",
        group=4,
    ),
    Command(
        "edit.find_previous",
        "Find previous",
        lambda f: f.finding.step(-1),
        "Edit",
        "Shift+F3",
        unavailable=_nothing_sought,
        doc="Go to the node before that is found.",
        group=4,
    ),
]
"""What the Edit menu and the command palette offer."""
