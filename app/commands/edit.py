"""The Edit menu: history, clipboard and selection."""

from __future__ import annotations

from app.commands.command import Command, on_canvas
from app.commands.frame import Frame
from app.commands.select import SELECT
from app.session.custom_code import piece_selected
from graph_editor.canvas import actions, actions_picture


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
    on_canvas("edit.cut", "Cut", "Ctrl+X", actions.cut_selected, actions.cannot_act, 1),
    on_canvas(
        "edit.copy", "Copy", "Ctrl+C", actions.copy_selected, actions.cannot_act, 1, glyph="copy"
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
    on_canvas("edit.paste", "Paste", "Ctrl+V", actions.paste_at, actions.cannot_paste, 1),
    on_canvas(
        "edit.duplicate",
        "Duplicate",
        "Ctrl+D",
        actions.duplicate_selected,
        actions.cannot_act,
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
        actions.cannot_act,
        2,
        doc="Delete the selected nodes, and lead the wires past them.",
    ),
    on_canvas("edit.rename", "Rename…", "F2", actions.rename_selected, actions.cannot_rename, 2),
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
]
"""What the Edit menu and the command palette offer."""
