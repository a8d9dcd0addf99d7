"""The Edit menu: history, clipboard and selection."""

from __future__ import annotations

from app.commands.command import Command
from app.commands.frame import Frame
from graph_editor.canvas import actions


def _nothing_to_undo(frame: Frame) -> str:
    return "" if frame.session.document.can_undo else "There is nothing to undo."


def _nothing_to_redo(frame: Frame) -> str:
    return "" if frame.session.document.can_redo else "There is nothing to redo."


def _undo_words(frame: Frame) -> str:
    title = frame.session.document.undo_title
    return f"Undo: {title}" if title else "Undo"


def _redo_words(frame: Frame) -> str:
    title = frame.session.document.redo_title
    return f"Redo: {title}" if title else "Redo"


def _none_selected(frame: Frame) -> str:
    return actions.cannot_act(frame.canvas)


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
        "edit.cut",
        "Cut",
        lambda f: actions.cut_selected(f.canvas),
        "Edit",
        "Ctrl+X",
        unavailable=_none_selected,
        group=1,
        on_canvas=True,
    ),
    Command(
        "edit.copy",
        "Copy",
        lambda f: actions.copy_selected(f.canvas),
        "Edit",
        "Ctrl+C",
        unavailable=_none_selected,
        group=1,
        glyph="copy",
        on_canvas=True,
    ),
    Command(
        "edit.paste",
        "Paste",
        lambda f: actions.paste_at(f.canvas),
        "Edit",
        "Ctrl+V",
        unavailable=lambda f: actions.cannot_paste(f.canvas),
        group=1,
        on_canvas=True,
    ),
    Command(
        "edit.duplicate",
        "Duplicate",
        lambda f: actions.duplicate_selected(f.canvas),
        "Edit",
        "Ctrl+D",
        unavailable=_none_selected,
        doc="Copy the selected nodes with the wires between them.",
        group=1,
        on_canvas=True,
    ),
    Command(
        "edit.delete",
        "Delete",
        lambda f: actions.delete_selected(f.canvas),
        "Edit",
        "Del;Backspace",
        unavailable=lambda f: actions.cannot_delete(f.canvas),
        group=2,
        on_canvas=True,
    ),
    Command(
        "edit.rename",
        "Rename…",
        lambda f: actions.rename_selected(f.canvas),
        "Edit",
        "F2",
        unavailable=lambda f: actions.cannot_rename(f.canvas),
        group=2,
        on_canvas=True,
    ),
    Command(
        "edit.select_all",
        "Select all",
        lambda f: actions.select_all(f.canvas),
        "Edit",
        "Ctrl+A",
        unavailable=lambda f: actions.cannot_select(f.canvas),
        group=3,
        on_canvas=True,
    ),
]
"""What the Edit menu and the command palette offer."""
