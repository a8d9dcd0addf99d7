"""The File menu: projects come and go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.commands.command import Command, nothing
from app.commands.frame import Frame
from app.examples import EXAMPLES, title_of
from app.session.backups import backups_of
from app.session.no_code import refusal_words
from graph_editor.canvas.actions_picture import cannot_draw

MOST_BACKUPS = 15
"""So many of the newest are in the menu; the rest is in the folder beside them."""


def _recent(frame: Frame) -> Sequence[Command]:
    entries = [
        Command(f"file.recent.{k}", path.name, partial(_open, path=path), doc=str(path))
        for k, path in enumerate(frame.recent_files())
    ]
    clear = Command(
        "file.recent.clear", "Clear this list", lambda f: f.forget_recent_files(), group=1
    )
    return [*entries, clear] if entries else []


def _open(frame: Frame, path: Path) -> None:
    frame.open_file(path)


def _no_recent(frame: Frame) -> str:
    return "" if frame.recent_files() else "No file has been opened yet."


def _backups(frame: Frame) -> Sequence[Command]:
    path = frame.session.path
    found = backups_of(path)[:MOST_BACKUPS] if path is not None else []
    return [
        Command(
            f"file.backup.{k}",
            backup.words,
            partial(_example, path=backup.path),
            doc=f"Open a copy of what is in {backup.path}; the file stays as it is.",
        )
        for k, backup in enumerate(found)
    ]


def _no_backup(frame: Frame) -> str:
    path = frame.session.path
    if path is None:
        return "The project has no file yet, so it has no backups."
    return "" if backups_of(path) else f"Nothing has replaced {path.name} yet: it has no backups."


def _examples(_: Frame) -> Sequence[Command]:
    return [
        Command(
            f"file.example.{path.stem}",
            title_of(path.stem),
            partial(_example, path=path),
            doc=f"Start from a copy of {path.name}.",
        )
        for path in sorted(EXAMPLES.glob("*.netwright"))
    ]


def _example(frame: Frame, path: Path) -> None:
    frame.open_example(path)


def _saved(frame: Frame) -> str:
    session = frame.session
    if session.path is not None and not session.document.is_modified:
        return f"{session.path.name} has no changes to save."
    return ""


def _unwritten(frame: Frame) -> str:
    session = frame.session
    if session.refusal is not None:
        return f"There is no code to export. {refusal_words(session)}"
    return "" if session.written is not None else "The code is being written; wait for the check."


def _not_to_open(frame: Frame) -> str:
    return "" if frame.session.written is not None else "There is no code to open yet."


def _open_in_editor(frame: Frame) -> None:
    if (room := frame.code()) is not None:
        room.open_in_editor()


def _unreadable(frame: Frame) -> str:
    session = frame.session
    if session.refusal is not None:
        return f"The drawing has no code that was edited. {refusal_words(session)}"
    return _unwritten(frame)


def _read_edited(frame: Frame) -> None:
    if (room := frame.code()) is not None:
        room.read_folder()


def _no_model(frame: Frame) -> str:
    nodes = frame.session.project.main.graph.nodes.values()
    if _unwritten(frame):
        return _unwritten(frame)
    if any(node.spec == "io.output" for node in nodes):
        return ""
    return "The drawing has no model of its own: draw an output on the wire that leaves it."


COMMANDS = [
    Command("file.new", "New", lambda f: f.new_window(), "File", "Ctrl+N", glyph="plus"),
    Command(
        "file.examples",
        "New from example",
        nothing,
        "File",
        doc="Start from a copy of an example.",
        choices=_examples,
    ),
    Command(
        "file.open", "Open…", lambda f: f.open_file(), "File", "Ctrl+O", group=1, glyph="folder"
    ),
    Command(
        "file.recent",
        "Open recent",
        nothing,
        "File",
        unavailable=_no_recent,
        group=1,
        choices=_recent,
    ),
    Command(
        "file.backup",
        "Open backup",
        nothing,
        "File",
        doc="Open a copy of what the file held before a save, or of unsaved work.",
        unavailable=_no_backup,
        group=1,
        choices=_backups,
    ),
    Command(
        "file.save",
        "Save",
        lambda f: f.save(),
        "File",
        "Ctrl+S",
        unavailable=_saved,
        group=2,
        glyph="save",
    ),
    Command("file.save_as", "Save as…", lambda f: f.save_as(), "File", "Ctrl+Shift+S", group=2),
    Command(
        "file.export",
        "Export Python…",
        lambda f: f.show_dialog("export"),
        "File",
        "Ctrl+E",
        unavailable=_unwritten,
        doc="Write the model, its data, training and tests; they need nothing of Netwright.",
        group=3,
        glyph="export",
    ),
    Command(
        "file.editor",
        "Open the code in the editor",
        _open_in_editor,
        "File",
        "Ctrl+Shift+O",
        unavailable=_not_to_open,
        doc="Open the file that the code panel shows in the editor that the settings name.",
        group=3,
        glyph="open_out",
    ),
    Command(
        "file.read_edited",
        "Read edited code…",
        _read_edited,
        "File",
        unavailable=_unreadable,
        doc="Take what was edited in an exported folder into the drawing, file by file.",
        group=3,
    ),
    Command(
        "file.export_onnx",
        "Export ONNX…",
        lambda f: f.show_dialog("onnx"),
        "File",
        unavailable=_no_model,
        doc="Write the model with its weights as one ONNX file, checked against the model.",
        group=3,
    ),
    Command(
        "file.export_picture",
        "Export picture…",
        lambda f: f.show_dialog("picture"),
        "File",
        "Ctrl+Shift+E",
        unavailable=lambda f: cannot_draw(f.canvas),
        doc="Write the drawing as SVG, PDF or PNG, light and in full detail.",
        group=3,
    ),
    Command(
        "file.settings",
        "Settings…",
        lambda f: f.show_dialog("settings"),
        "File",
        "Ctrl+,",
        group=4,
        glyph="gear",
    ),
    Command("file.close", "Close", lambda f: f.close(), "File", "Ctrl+W", group=5),
    Command("file.quit", "Quit", lambda f: f.quit(), "File", "Ctrl+Q", group=5),
]
"""What the File menu and the command palette offer."""
