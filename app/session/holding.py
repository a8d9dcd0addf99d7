"""Locks that tell windows which files other windows have open. They warn and never forbid."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from app.session.ago import ago
from app.session.owner import Owner, owner_of
from app.session.places import folder
from graph_editor.document.atomic import atomic_write

SUFFIX = ".hold"
FAR_TRUST = 7 * 86_400.0
"""Seconds for which a lock from another computer counts: whether it still runs cannot be told."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Another window that has a file open."""

    owner: Owner
    since: float
    computer: str

    @property
    def words(self) -> str:
        """Where the file is open: ``in another Netwright (process 41), opened 3 minutes ago``."""
        if self.owner.is_here:
            return f"in another window of this Netwright, opened {ago(self.since)}"
        if self.owner.is_near:
            return f"in another Netwright (process {self.owner.pid}), opened {ago(self.since)}"
        return f"on the computer {self.computer or 'of somebody else'}, opened {ago(self.since)}"


def hold(path: Path, owner: Owner) -> None:
    """Note that a window has a file open; ``release`` takes the note away. Raises OSError."""
    content = {"file": str(path), "since": time.time(), "computer": platform.node()}
    atomic_write(_note(path, owner), json.dumps(content) + "\n")


def release(path: Path, owner: Owner) -> None:
    """Let go of a file."""
    with contextlib.suppress(OSError):  # the note of a process that ended counts for nothing
        _note(path, owner).unlink()


def _note(path: Path, owner: Owner) -> Path:
    return folder("holds") / f"{key_of(path)}.{owner.name}{SUFFIX}"


def holders_of(path: Path, but: Owner | None = None) -> list[Holder]:
    """Return the living windows that have a file open, all but one; the oldest first."""
    try:
        notes = list(folder("holds").glob(f"{key_of(path)}.*{SUFFIX}"))
    except OSError:
        return []
    found = [_holder(note) for note in notes]
    others = [holder for holder in found if holder is not None and holder.owner != but]
    return sorted(others, key=lambda holder: holder.since)


def key_of(path: Path) -> str:
    """Return a name for the file that a path leads to, whichever links lie between."""
    place = os.path.normcase(os.path.realpath(path))
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:32]


def _holder(note: Path) -> Holder | None:
    owner = owner_of(note.name.removesuffix(SUFFIX).partition(".")[2])
    if owner is None:
        return None
    if not owner.lives:
        with contextlib.suppress(OSError):  # it counts for nothing in any case
            note.unlink()
        return None
    since, computer = _said(note)
    if not owner.is_near and time.time() - since > FAR_TRUST:
        return None
    return Holder(owner, since, computer)


def _said(note: Path) -> tuple[float, str]:
    """Return since when and on which computer, where the note says it."""
    try:
        content = json.loads(note.read_bytes())
        return float(content["since"]), str(content["computer"])[:80]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return time.time(), ""
