"""Finds the journals of windows that ended without saving, and gives their work back."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from app.session.ago import ago, counted
from app.session.owner import Owner, owner_of
from app.session.places import folder
from app.session.typed import Unapplied, unapplied_in
from graph_editor.document.atomic import atomic_write
from graph_editor.document.files import FileProblem, Problem, load
from graph_editor.document.journal import Recovered, recover

SUFFIX = ".journal"
FAR_QUIET = 600.0
"""Seconds without a change after which a journal from another computer is offered too."""
STALE = 86_400.0
"""Seconds after which what an interrupted write left behind is swept away."""


@dataclass(frozen=True, eq=False, slots=True)
class Lost:
    """Work that was not saved when its window ended. Offering it drops nothing."""

    journal: Path
    when: float
    """Unix time of its last change."""
    recovered: Recovered | None
    problem: str = ""
    """Why nothing of it can be read, where that is so."""
    far: bool = False
    """It comes from another computer, where the window may still be open."""

    @property
    def path(self) -> Path | None:
        """The file that the project was opened from, if any."""
        file = self.recovered.file if self.recovered is not None else ""
        return Path(file) if file else None

    @property
    def title(self) -> str:
        """What the project is called: its file's name, else its own."""
        if self.path is not None:
            return self.path.name
        name = self.recovered.project.main.name if self.recovered is not None else ""
        return name or "Untitled"

    @property
    def edits(self) -> int:
        """How many edits no file holds, those of an earlier recovery included."""
        if self.recovered is None:
            return 0
        before = self.recovered.notes.get("edits")
        return self.recovered.edits + (before if type(before) is int and before > 0 else 0)

    @property
    def content_hash(self) -> str | None:
        """What the file held when it was last loaded or saved; None where that is not known."""
        noted = self.recovered.notes.get("hash") if self.recovered is not None else None
        return noted if isinstance(noted, str) else None

    @property
    def words(self) -> str:
        """Return ``14 changes, the last one 3 minutes ago``."""
        if self.recovered is None:
            return f"cannot be read, last changed {ago(self.when)}"
        typed = self.typed
        if typed is not None and not self.edits:
            return f"{typed.words}, typed {ago(self.when)}"
        also = f", and {typed.words}" if typed is not None else ""
        return f"{counted(self.edits, 'change')}, the last one {ago(self.when)}{also}"

    @property
    def typed(self) -> Unapplied | None:
        """An edit of the code that was not applied."""
        return unapplied_in(self.recovered.notes) if self.recovered is not None else None

    def refuse(self) -> None:
        """Drop the work for good. Raises OSError."""
        self.journal.unlink(missing_ok=True)


def lost_work() -> list[Lost]:
    """Return what windows that ended without saving have left, the newest first.

    It reads files and may take long: call it from a thread. Journals of living windows are passed
    over. One that says nothing else than its file is dropped: the window ended right after a save.
    """
    try:
        journals = list(folder("journals").glob(f"*{SUFFIX}"))
    except OSError:
        return []
    _sweep(folder("journals"))
    found = [_lost(journal) for journal in journals]
    return sorted((lost for lost in found if lost is not None), key=lambda lost: -lost.when)


def journal_of(owner: Owner) -> Path:
    """Return where the journal of a window is. Raises OSError."""
    return folder("journals") / f"{owner.name}{SUFFIX}"


def take_over(lost: Lost, owner: Owner) -> None:
    """Make lost work the journal of a living window, in one step: it is never in no journal.

    Raises:
        FileProblem: where another window was faster.
        OSError: the work is still offered at the next start.

    """
    if lost.recovered is not None and lost.recovered.dropped > 1:
        _keep_damaged(lost.journal)
    try:
        lost.journal.rename(journal_of(owner))
    except FileNotFoundError as gone:
        reason = f"the work on {lost.title} was recovered in another window, or refused, meanwhile"
        raise FileProblem([Problem(str(lost.journal), "", reason)]) from gone


def _lost(journal: Path) -> Lost | None:
    owner = owner_of(journal.name.removesuffix(SUFFIX))
    try:
        when = journal.stat().st_mtime
    except OSError:  # its window has ended it this moment
        return None
    far = owner is not None and not owner.is_near
    if owner is not None and owner.lives and not (far and time.time() - when > FAR_QUIET):
        return None
    try:
        recovered = recover(journal)
    except FileProblem as problem:
        reason = problem.problems[0].reason
        return Lost(journal, when, None, reason, far) if journal.exists() else None
    lost = Lost(journal, when, recovered, far=far)
    if not far and _says_nothing_new(lost, recovered):
        with contextlib.suppress(OSError):
            lost.refuse()
        return None
    return lost


def _says_nothing_new(lost: Lost, recovered: Recovered) -> bool:
    """Whether nothing goes with the journal: no edit is in it, or its file says the same."""
    if lost.typed is not None:
        return False
    if lost.edits == 0 and recovered.dropped <= 1:
        return True
    if lost.path is None:
        return False
    try:
        return load(lost.path).project == recovered.project
    except FileProblem:
        return False


def _keep_damaged(journal: Path) -> None:
    """Copy a journal with more than a torn end: the window will begin it anew without the rest."""
    with contextlib.suppress(OSError):
        kept = folder("rescued") / f"damaged-{time.strftime('%Y-%m-%d-%H%M%S')}{SUFFIX}"
        atomic_write(kept, journal.read_bytes())


def _sweep(place: Path) -> None:
    """Delete what writes that were killed have left."""
    for left in place.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()
