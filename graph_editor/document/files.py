"""Project files: text to Project and back; malformed files are refused, unknown parts kept."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_editor.document.atomic import atomic_write
from graph_editor.document.change import apply_change, change_to_json
from graph_editor.document.file_args import arg_from_json, arg_to_json
from graph_editor.document.file_fields import Fields, freeze
from graph_editor.document.file_json import MAX_BYTES, decode, is_unicode, parse_json
from graph_editor.document.file_nodes import node_from_json
from graph_editor.document.file_problems import Complaints, FileProblem, Problem
from graph_editor.document.file_read import block_from_json, blocks_from_json, codes_from_json
from graph_editor.document.file_write import FORMAT, FORMAT_VERSION, TOP_FIELDS, dumps, node_to_json
from graph_editor.document.layout_form import check_layout
from graph_editor.document.migrations import migrate
from graph_editor.document.model import NOTHING, Arg, Block, FrozenMap, Project

__all__ = [
    "FileProblem",
    "Loaded",
    "Problem",
    "apply_change",
    "arg_from_json",
    "arg_to_json",
    "change_to_json",
    "checked_text",
    "content",
    "dumps",
    "load",
    "loads",
    "node_from_json",
    "node_to_json",
    "read",
    "save",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A project as it was read, with what the user should be told."""

    project: Project
    warnings: tuple[str, ...] = ()
    read_only: bool = False
    """The file asks for a newer Netwright; saving it from here could lose something."""


def load(path: str | os.PathLike[str]) -> Loaded:
    """Read a project file. Nothing in it is run. Raises FileProblem."""
    return read(content(path), os.fspath(path))


def content(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a project file, not yet read as one. Raises FileProblem."""
    try:
        return _content(Path(path))
    except (OSError, ValueError) as error:
        raise FileProblem([Problem(os.fspath(path), "", _reason(error))]) from error


def read(data: bytes, path: str = "") -> Loaded:
    """Read a project from the bytes of a file; path is only for messages. Raises FileProblem."""
    return loads(decode(data, path), path)


def _content(path: Path) -> bytes:
    """Return a file's bytes, at most one more than may be; a pipe or device is never waited for."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError("is no regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a project file"
    if isinstance(error, PermissionError):
        return "may not be opened: permission denied"
    if isinstance(error, OSError):
        return f"cannot be opened: {error.strerror or error}"
    return str(error)


def loads(text: str, path: str = "") -> Loaded:
    """Read a project from the text of a file; path is only for messages. Raises FileProblem."""
    complaints = Complaints(path)
    tree = parse_json(text, path)
    fields = Fields(tree, "", complaints)
    complaints.settle()
    version, reader = _versions(fields)
    complaints.settle()
    if version < FORMAT_VERSION:
        fields = Fields(migrate(fields.value, version), "", complaints)
    read_only = reader > FORMAT_VERSION
    newer = f"needs a newer Netwright (format {reader})"
    try:
        project = _project(fields, version, reader)
        complaints.settle()
    except FileProblem as problem:
        if read_only:  # then the faults may be none: this version cannot know
            raise FileProblem([Problem(path, "min_reader", newer), *problem.problems]) from problem
        raise
    warnings = []
    if read_only:
        warnings.append(f"{newer}; it is open for reading only")
    elif version > FORMAT_VERSION:
        warnings.append("was written by a newer Netwright; what is unknown here is kept as it is")
    return Loaded(project, tuple(warnings), read_only)


def _versions(fields: Fields) -> tuple[int, int]:
    if fields.value.get("format") != FORMAT:
        fields.complaints.add("format", f'must be "{FORMAT}": this is no Netwright project')
    found = []
    for name in ("format_version", "min_reader"):
        value = fields.value.get(name)
        if type(value) is not int or not 1 <= value <= 1_000_000:
            fields.complaints.add(name, "must be a whole number from 1")
            value = 1
        found.append(value)
    return found[0], found[1]


def _project(fields: Fields, version: int, reader: int) -> Project:
    complaints = fields.complaints
    extra: dict[str, Any] = dict(fields.extra(TOP_FIELDS))
    if version > FORMAT_VERSION:
        extra["format_version"] = version
    if reader > FORMAT_VERSION:
        extra["min_reader"] = reader
    if "main" in fields.value:
        main = block_from_json(fields.value["main"], "main", complaints)
    else:
        complaints.add("main", "is missing")
        main = Block()
    layout = fields.value.get("layout", {})
    frozen = freeze(layout, "layout", complaints)
    check_layout(frozen, complaints)
    return Project(
        main,
        blocks_from_json(fields),
        codes_from_json(fields),
        _run(fields),
        frozen if isinstance(frozen, FrozenMap) else NOTHING,
        FrozenMap(extra) if extra else NOTHING,
    )


def _run(fields: Fields) -> FrozenMap[str, Arg]:
    run = Fields(fields.value.get("run", {}), "run", fields.complaints)
    return FrozenMap(
        {k: arg_from_json(v, f"run.{k}", fields.complaints) for k, v in run.value.items()}
    )


def save(path: str | os.PathLike[str], project: Project) -> None:
    """Write a project file, whole or not at all.

    Raises:
        FileProblem: with the reasons, from the system too.

    """
    text = checked_text(project, os.fspath(path))
    try:
        atomic_write(path, text)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise FileProblem([Problem(os.fspath(path), "", reason)]) from error


def checked_text(project: Project, shown: str = "", *, newer: bool = False) -> str:
    """Return the text of a project that is read back first, as it would be from the file.

    What could not be opened again, or would come back different, is refused. So is a project that
    needs a newer Netwright, unless ``newer`` says that this is a copy beside the file it came from.

    Raises:
        FileProblem: with the reasons; shown is the path that they name.

    """
    try:
        text = dumps(project)
    except (ValueError, TypeError) as error:
        raise FileProblem([Problem(shown, "", f"cannot be written: {error}")]) from error
    if not is_unicode(text):
        raise FileProblem([Problem(shown, "", "the text holds half of a surrogate pair")])
    again = loads(text, shown)
    if again.read_only and not newer:
        raise FileProblem([Problem(shown, "min_reader", "was opened for reading only")])
    if again.project != project:
        raise FileProblem([Problem(shown, "", "would not come back as it is; it was not written")])
    return text
