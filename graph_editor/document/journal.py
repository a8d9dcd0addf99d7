"""An append-only record of changes outside the project file, from which unsaved work is recovered.

Each line is a checksum, a space and JSON. The checksum covers the line and the one before it, so
that a torn, changed or missing line is noticed, and what stands before it is still used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from graph_editor.document.atomic import atomic_write
from graph_editor.document.change import apply_change, change_to_json
from graph_editor.document.file_json import decode, parse_json
from graph_editor.document.file_problems import FileProblem, Problem
from graph_editor.document.file_write import encode
from graph_editor.document.model import Project

VERSION = 1
DIGITS = 16
FIRST: dict[str, type] = {"journal": int, "file": str, "project": dict}
LATER: dict[str, type] = {"change": dict}
"""What the first and every later line hold, with their types; other fields are passed over."""


class Journal:
    """The record of one open project. It holds the whole project first, then every change of it."""

    def __init__(
        self, path: Path, file: str, project: Project, notes: Mapping[str, Any] | None = None
    ) -> None:
        """Begin the record at path; file is where the project is kept, or empty.

        Notes are any JSON values that the one who recovers should know.
        """
        self.path = path
        self._handle = -1
        self.restart(file, project, notes)

    def restart(self, file: str, project: Project, notes: Mapping[str, Any] | None = None) -> None:
        """Begin anew, as after a save: what was recorded is replaced in one step.

        Raises:
            OSError: the old or the new record is there; nothing is recorded until it begins anew.

        """
        self.close()
        start = {"journal": VERSION, "file": file, "project": change_to_json(Project(), project)}
        if notes:
            start["notes"] = dict(notes)
        line, self._last = _line(encode(start), "")
        atomic_write(self.path, line)
        self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        self._project = project

    def record(self, project: Project, edits: int = 1) -> None:
        """Append what has changed since the last record, and wait until it is on the disk.

        The count of edits that made the change is kept with it.

        Raises:
            OSError: the record is then as it was before.

        """
        change = change_to_json(self._project, project)
        if not change:
            return
        line, last = _line(encode({"change": change, "edits": edits}), self._last)
        size = os.fstat(self._handle).st_size
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            os.fsync(self._handle)
        except OSError:  # half a line would hide all that follow it
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, size)
            raise
        self._last, self._project = last, project

    def close(self) -> None:
        """Let go of the file; the record stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def remove(self) -> None:
        """Close and delete the record, when nothing is left to recover."""
        self.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a record says: the project after its last whole change."""

    project: Project
    file: str
    """Where the project is kept, or empty."""
    changes: int
    dropped: int
    """Lines at the end that were torn or damaged, and not used."""
    edits: int = 0
    """Edits of the user that made the changes: one change may hold several."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What the record was begun with, see ``Journal``; from outside, so of any form."""


def recover(path: Path) -> Recovered:
    """Read a record.

    Raises:
        FileProblem: where not even its first line is whole, or a whole line says what no record
            does.

    """
    shown = str(path)
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise FileProblem([Problem(shown, "", reason)]) from error
    entries: list[Any] = []
    last = ""
    for line in lines:
        content = _checked(line, last)
        if content is None:
            break
        entries.append(parse_json(decode(content, shown), shown))
        last = line[:DIGITS].decode()
    fault = _fault(entries)
    if fault is not None:
        raise FileProblem([Problem(shown, *fault)])
    project = apply_change(Project(), entries[0]["project"])
    for entry in entries[1:]:
        project = apply_change(project, entry["change"])
    notes = entries[0].get("notes")
    return Recovered(
        project,
        entries[0]["file"],
        changes=len(entries) - 1,
        dropped=len(lines) - len(entries),
        edits=sum(_edits(entry) for entry in entries[1:]),
        notes=notes if isinstance(notes, dict) else {},
    )


def _edits(entry: Mapping[str, Any]) -> int:
    count = entry.get("edits")
    return count if type(count) is int and count > 0 else 1


def _fault(entries: list[Any]) -> tuple[str, str] | None:
    """Return place and reason of the first line that no journal of this version writes."""
    if not entries:
        return "1:1", "the record's first line is damaged"
    for number, entry in enumerate(entries, 1):
        form = LATER if number > 1 else FIRST
        if not isinstance(entry, dict):
            return f"{number}:1", "must be an object; this is no record of unsaved changes"
        for name, kind in form.items():
            if type(entry.get(name)) is not kind:
                return f"{number}:1", f"{name} is missing or of a wrong type"
    if entries[0]["journal"] != VERSION:
        return "1:1", f"is a record of version {entries[0]['journal']}; this one reads {VERSION}"
    return None


def _line(text: str, before: str) -> tuple[bytes, str]:
    """Return a line for text, and its checksum."""
    checksum = _checksum(text.encode(), before)
    return f"{checksum} {text}\n".encode(), checksum


def _checksum(content: bytes, before: str) -> str:
    return hashlib.blake2b(before.encode() + content, digest_size=DIGITS // 2).hexdigest()


def _checked(line: bytes, before: str) -> bytes | None:
    """Return the JSON of a line, or None where it is not whole."""
    content = line[DIGITS + 1 : -1]
    whole = line == f"{_checksum(content, before)} ".encode() + content + b"\n"
    return content if whole else None
