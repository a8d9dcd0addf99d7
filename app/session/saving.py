"""Opening and replacing project files, and what has to be asked before one is replaced."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from app.session.ago import ago
from app.session.backups import backups_of, keep_former
from app.session.holding import Holder, holders_of
from app.session.owner import Owner
from graph_editor.document.atomic import atomic_write
from graph_editor.document.file_json import MAX_BYTES
from graph_editor.document.file_problems import Problem
from graph_editor.document.files import FileProblem, content, read
from graph_editor.document.model import Project

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SUFFIX = ".netwright"


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as it was read from a file, and what the user should be told of it."""

    path: Path
    project: Project
    content_hash: str
    """SHA-256 of the bytes that it was read from."""
    warnings: tuple[str, ...] = ()
    """Whole sentences."""
    read_only: str = ""
    """Why it can only be saved under another name, as a sentence; empty where it can be saved."""
    holder: Holder | None = None
    """Another window that has the file open; one of this process (``holder.owner.is_here``) can be
    shown instead.
    """
    waits: bool = False
    """Only because of the holder it is for reading only, until ``Keeper.make_writable``."""
    needs_newer: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a file should not simply be replaced."""

    path: Path
    heading: str
    words: str
    """What happened, when and by whom, in sentences."""
    here: Project
    disk: bytes | None = None
    """What the file holds, where that is not what this window last read or wrote."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a file was not saved, and what can be done."""

    path: Path
    heading: str
    words: str


class Asks(Protocol):
    """What has to be asked of the user; the dialogs answer it, or a test."""

    def save_changes(
        self, parent: QWidget | None, title: str, edits: int
    ) -> Literal["save", "discard", "cancel"]:
        """Ask what becomes of changes when their window is closed."""
        ...

    def conflict(
        self, parent: QWidget | None, conflict: Conflict
    ) -> Literal["save_as", "overwrite", "cancel"]:
        """Ask what to do where a save would replace what somebody else wrote."""
        ...

    def trouble(self, parent: QWidget | None, trouble: Trouble) -> Literal["save_as", "cancel"]:
        """Say that nothing was saved, and offer another place."""
        ...

    def where(self, parent: QWidget | None, suggested: Path) -> Path | None:
        """Ask for a file to save to; one that exists may be replaced."""
        ...


def content_hash(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes: contents with the same one are the same."""
    return hashlib.sha256(data).hexdigest()


def open_project(path: str | os.PathLike[str], but: Owner | None = None) -> Opened:
    """Read a project file; nothing in it is run. Qt-free: it may be called from a thread.

    Raises:
        FileProblem: ``refusal_words`` says it with the way out.

    """
    place = Path(os.path.abspath(path))  # noqa: PTH100  # links in a path are the user's and stay
    data = content(place)
    loaded = read(data, str(place))
    warnings = [f"{place.name} {warning}." for warning in loaded.warnings]
    holder = next(iter(holders_of(place, but)), None)
    why = _why_read_only(place, loaded.read_only)
    waits = holder is not None and not why
    if holder is not None and not why:
        why = f"{place.name} is open {holder.words}."
        warnings.append(f"{why} Here it is open for reading only.")
    return Opened(
        place,
        loaded.project,
        content_hash(data),
        tuple(warnings),
        why,
        holder,
        waits,
        loaded.read_only,
    )


def _why_read_only(path: Path, needs_newer: bool) -> str:
    if needs_newer:
        return f"{path.name} needs a newer Netwright: saving it from here could lose a part."
    return "" if os.access(path, os.W_OK) else f"{path.name} is write-protected."


def refusal_words(path: Path, problem: FileProblem) -> str:
    """Return why a file could not be opened and what can be done, in sentences."""
    first = problem.problems[0]
    more = len(problem.problems) - 1
    at = f" (at {first.place})" if first.place else ""
    others = f" and {more} more" if more else ""
    kept = len(backups_of(path))
    way = "Choose another file."
    if kept:
        way = f"{kept} earlier {'copy' if kept == 1 else 'copies'} can be opened as a backup."
    return f"{path.name} could not be opened: {first.reason}{at}{others}. {way}"


@dataclass(frozen=True, slots=True)
class Disk:
    """What lies at a path before it is replaced."""

    data: bytes | None = None
    """None where there is no file."""
    changed: float = 0.0
    """When it was written last; only for words."""

    @property
    def hash(self) -> str:
        """The content's hash; empty where there is no file."""
        return content_hash(self.data) if self.data is not None else ""


def on_disk(path: Path) -> Disk:
    """Return what lies at a path. Raises FileProblem where something does that cannot be read."""
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return Disk()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise FileProblem([Problem(str(path), "", reason)]) from error
    data = content(path)
    if len(data) > MAX_BYTES:  # the rest of it was not read, so that it could not be kept
        reason = f"is larger than {MAX_BYTES // 2**20} MiB, so no project, and is not replaced"
        raise FileProblem([Problem(str(path), "", reason)])
    return Disk(data, changed)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file that was written: its new hash, and what the user should know besides."""

    hash: str
    note: str = ""


def replace_file(path: Path, text: str, agreed: str, known: str) -> Replaced | Disk:
    """Write a file over the content that was agreed to be replaced, which is kept as a backup.

    Where the disk holds anything else meanwhile, nothing is done and it is returned. A backup that
    cannot be made is noted; where the content is not the ``known`` one, which this window itself
    has read or written, it ends the save.

    Raises:
        FileProblem: the old or the new content is there.

    """
    disk, data = on_disk(path), text.encode()
    if disk.data is not None and disk.hash not in (agreed, content_hash(data)):
        return disk
    note = ""
    if disk.data is not None and disk.data != data:
        try:
            keep_former(path, disk.data)
        except OSError as error:
            reason = f"no backup of its content could be made: {error.strerror or error}"
            if disk.hash != known:
                raise FileProblem([Problem(str(path), "", reason)]) from error
            note = f"{reason[0].upper()}{reason[1:]}."
    try:
        atomic_write(path, data)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise FileProblem([Problem(str(path), "", reason)]) from error
    return Replaced(content_hash(data), note)


def conflict_of(path: Path, disk: Disk | None, holder: Holder | None, here: Project) -> Conflict:
    """Return the words for a file that somebody else changed (disk) or has open (holder)."""
    words = []
    if disk is not None:
        by = "another program" if holder is None else "another window or program"
        words.append(f"{path.name} was changed on disk {ago(disk.changed)} by {by}.")
    if holder is not None:
        words.append(f"{path.name} is open {holder.words}.")
    if disk is not None:
        words.append("Overwriting replaces what it holds now; a backup of that is kept.")
        return Conflict(path, "The file has changed on disk", " ".join(words), here, disk.data)
    words.append("Who saves last replaces what the other saved; backups are kept.")
    return Conflict(path, "The file is open elsewhere", " ".join(words), here)


def trouble_of(path: Path, problem: FileProblem) -> Trouble:
    """Return the words for a save that failed."""
    reason = problem.problems[0].reason
    words = (
        f"{path.name}: {reason}. The changes are still in this window, and are recorded for"
        " recovery. Make room or check the folder's rights and save again, or save the project"
        " under another name."
    )
    return Trouble(path, "The project was not saved", words)


def read_only_trouble(path: Path, reason: str) -> Trouble:
    """Return the words for a project that can only be saved under another name."""
    words = f"{reason} It can be saved under another name, which leaves the file as it is."
    return Trouble(path, f"{path.name} is open for reading only", words)
