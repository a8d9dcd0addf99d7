"""Keeps the work of one window: journal, saving, backups, recovery. Nothing is ever lost.

A window uses it like this (``asks`` are the dialogs, ``app.dialogs.asking.Dialogs()``)::

    opened = open_project(path)                    # saving.py; FileProblem: refusal_words(...)
    session = Session(opened.project, opened.path, settings, look)
    keeper = Keeper(session, asks)
    keeper.opened(opened)                          # not for a new project

    keeper.save(window); keeper.save_as(window)    # whether it was saved
    keeper.may_close(window)                       # closeEvent: ignore the event where False
    keeper.close()                                 # after that, once, before session.close()

    keeper.save_aside()                            # an unexpected error: where the work is now

At start, ``recovery.lost_work()`` in a thread and ``RecoveryDialog(lost, look)``; for each that is
recovered ``Session(lost.recovered.project, lost.path, …)`` and ``keeper.recovered(lost)``; for each
that is refused ``lost.refuse()``.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.session.ago import counted
from app.session.backups import Backup, autosave, backups_of, rescue
from app.session.holding import Holder, hold, holders_of, key_of, release
from app.session.owner import Owner, new_owner
from app.session.posting import deliver
from app.session.recent import add_recent, recent_files
from app.session.recording import Base, Recording
from app.session.recovery import Lost, journal_of, take_over
from app.session.saving import (
    SUFFIX,
    Asks,
    Disk,
    Opened,
    Replaced,
    Trouble,
    conflict_of,
    content_hash,
    on_disk,
    read_only_trouble,
    replace_file,
    trouble_of,
)
from app.session.session import Session
from app.session.typed import unapplied_in
from app.session.waiting import waited
from graph_editor.document.changes import Change
from graph_editor.document.files import FileProblem, checked_text
from graph_editor.document.model import Project

MINUTE = 60 * 1000
"""In milliseconds."""
AUTOSAVE = "autosave_minutes"
"""The setting that says how often unsaved work is copied."""
UNKNOWN = "unknown"
"""Stands for the hash of a file whose former content nobody noted; no content has it."""


class Keeper(QObject):
    """What keeps the project of one session. All calls belong to the window's thread."""

    _told = Signal(str)

    def __init__(self, session: Session, asks: Asks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.asks = session, asks
        self.owner = new_owner()
        self.read_only = ""
        """Why the project can only be saved under another name; empty where it can be saved."""
        self._hash = ""
        """Of the file's content as it was loaded or saved last; empty where there is none."""
        self._needs_newer = self._discarded = self._closed = False
        self._waits = self._has_journal = False
        self._accepted: set[Owner] = set()
        self._held: tuple[Path, Future[None]] | None = None
        self._left: Lost | None = None
        self._copied = session.project
        self._later = ThreadPoolExecutor(1, "keeping")
        self._told.connect(session.said)
        self._recording = Recording(lambda: journal_of(self.owner), self._tell)
        self._begin()
        self._unsubscribe = session.document.subscribe(self._changed)
        session.typed.changed.connect(self._typed)
        self._copying = QTimer(self)
        self._copying.timeout.connect(self.autosave)
        self._heed = session.settings.subscribe(self._set_copying)
        self._set_copying(AUTOSAVE)

    def _set_copying(self, key: str) -> None:
        """Copy as often as the user wants; 0 minutes: never."""
        if key == AUTOSAVE:
            minutes = int(self.session.settings[AUTOSAVE])
            self._copying.setInterval(minutes * MINUTE)
            (self._copying.start if minutes else self._copying.stop)()

    # Where the project comes from

    def opened(self, opened: Opened) -> None:
        """Take it that the session shows what was read from a file."""
        self._hash, self._needs_newer = opened.content_hash, opened.needs_newer
        self._waits = opened.waits
        self._set_read_only(opened.read_only)
        self._begin()
        self._hold()
        add_recent(self.session.settings, opened.path)
        for warning in opened.warnings:
            self.session.said.emit(warning)

    def recovered(self, lost: Lost) -> None:
        """Take it that the session shows lost work: modified, and offered again until it is saved.

        Raises FileProblem where another window took the work meanwhile; close this one then.
        """
        if lost.recovered is None:
            raise ValueError("nothing of this work can be read")
        self._hash = lost.content_hash if lost.content_hash is not None else UNKNOWN
        self._needs_newer = "min_reader" in lost.recovered.project.extra
        if self._needs_newer:
            self._set_read_only(f"{lost.title} needs a newer Netwright.")
        try:
            take_over(lost, self.owner)
        except OSError:  # it stays where it is, and goes when this window's own goes
            self._left = lost
        self._has_journal = True
        text = unapplied_in(lost.recovered.notes)
        self.session.typed.offer(text)
        self._begin(lost.edits)
        if lost.edits or text is None:
            self.session.mark_unsaved()
        self._hold()

    def make_writable(self) -> None:
        """Let a file be saved that another window has open; that window is told when it saves."""
        self._waits = False
        if not self._needs_newer:
            self._set_read_only("")
            self._hold()

    # What stands

    @property
    def edits(self) -> int:
        """How many edits no file holds."""
        return self._edits_before + self.session.document.revision - self._revision

    def backups(self) -> list[Backup]:
        """Return former contents of the project's file and copies of it, the newest first."""
        return backups_of(self.session.path) if self.session.path is not None else []

    # Saving

    def save(self, parent: QWidget | None = None) -> bool:
        """Save to the project's file, and ask where that could lose something; return whether."""
        path = self.session.path
        if path is None:
            return self.save_as(parent)
        if self._waits and self._stranger(path) is None:
            self.make_writable()  # the other window is closed
        if self.read_only and not self._waits:
            return self._trouble(parent, read_only_trouble(path, self.read_only))
        return self._save_to(parent, path, self._hash)

    def save_as(self, parent: QWidget | None = None) -> bool:
        """Ask for a file and save to it; return whether."""
        path = self.asks.where(parent, self._suggested())
        if path is None:
            return False
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if self.session.path is not None and key_of(path) == key_of(self.session.path):
            return self.save(parent)
        try:
            agreed = waited(lambda: on_disk(path)).hash  # the dialog asked whether to replace it
        except FileProblem as problem:
            return self._trouble(parent, trouble_of(path, problem))
        return self._save_to(parent, path, agreed)

    def may_close(self, parent: QWidget | None = None) -> bool:
        """Ask what becomes of unsaved changes; return whether the window may close.

        What the user refuses goes with ``close``: until then the window may stay open after all.
        """
        if not self.session.document.is_modified:
            return True
        answer = self.asks.save_changes(parent, self.session.title, self.edits)
        if answer == "save":
            return self.save(parent)
        self._discarded = answer == "discard"
        return self._discarded

    def close(self) -> None:
        """Let go of the file and end the threads. Unsaved work that was not refused is kept."""
        if self._closed:
            return
        self._closed = True
        self._heed()
        self._copying.stop()
        self._unsubscribe()
        if self._discarded or not self.session.document.is_modified:
            self._drop()
        self._recording.close()
        self._let_go()
        self._later.shutdown(wait=False)

    # Copies

    def autosave(self) -> None:
        """Copy unsaved work to the backups, in a thread; the same work once."""
        project = self.session.project
        if not self.session.document.is_modified or project is self._copied:
            return
        self._copied = project
        name = f"{self.session.title}-{self.owner.window}"
        self._later.submit(self._copy, self.session.path, name, project)

    def save_aside(self) -> Path:
        """Write the project to the folder of rescued work and return where; the journal stays too.

        Raises OSError where no folder takes it.
        """
        return rescue(self.session.project, self.session.title)

    def settle(self) -> bool:
        """Wait until the disk says all that was asked for; return whether it does. For tests."""
        self._later.submit(lambda: None).result()
        return self._recording.settle()

    # How

    def _begin(self, edits: int = 0, saved: Project | None = None) -> None:
        """Count changes from what was saved, else from what is; so many before it are unsaved."""
        session = self.session
        file = str(session.path) if session.path is not None else ""
        self._edits_before, self._revision = edits, session.document.revision
        self._base = Base(saved or session.project, file, self._notes())

    def _notes(self) -> dict[str, object]:
        typed = self.session.typed.notes()
        return {"hash": self._hash, "edits": self._edits_before, **typed}

    def _typed(self) -> None:
        """Have the journal hold what is typed into the code and not applied."""
        self._base = replace(self._base, notes=self._notes())
        self._record()

    def _changed(self, _: Change) -> None:
        self._discarded = False
        self._record()

    def _record(self) -> None:
        document = self.session.document
        if document.is_modified or self.session.typed.text is not None:
            self._has_journal = True
            edits = document.revision - self._revision
            self._recording.keep(self._base, document.project, edits)
        else:
            self._drop()

    def _drop(self) -> None:
        if self._has_journal:
            self._recording.drop()
            self._has_journal = False
        if self._left is not None:
            with contextlib.suppress(OSError):  # it is offered once more
                self._left.refuse()
            self._left = None

    def _save_to(self, parent: QWidget | None, path: Path, agreed: str) -> bool:
        """Save to a file whose content may be replaced where its hash is the agreed one."""
        project = self.session.project
        known = self._hash if path == self.session.path else ""
        text = ""
        try:
            text = waited(lambda: checked_text(project, str(path), newer=self._needs_newer))
            found = waited(lambda: on_disk(path))
            new = content_hash(text.encode())
            disk = found if found.data is not None and found.hash not in (agreed, new) else None
            while True:
                holder = self._stranger(path)
                if disk is not None or holder is not None:
                    answer = self.asks.conflict(parent, conflict_of(path, disk, holder, project))
                    if answer != "overwrite":
                        return answer == "save_as" and self.save_as(parent)
                    agreed = disk.hash if disk is not None else agreed
                    self._accept(holder, path)
                done = self._replace(path, text, agreed, known)
                if isinstance(done, Replaced):
                    self._saved(path, project, done)
                    return True
                disk = done
        except FileProblem as problem:
            self._look_again(path, text)
            return self._trouble(parent, trouble_of(path, problem))

    def _replace(self, path: Path, text: str, agreed: str, known: str) -> Replaced | Disk:
        return waited(lambda: replace_file(path, text, agreed, known))

    def _look_again(self, path: Path, text: str) -> None:
        """Know what a save that failed has written all the same: its last step may have failed."""
        with contextlib.suppress(FileProblem):
            found = waited(lambda: on_disk(path)).hash
            if text and path == self.session.path and found == content_hash(text.encode()):
                self._hash = found

    def _saved(self, path: Path, project: Project, done: Replaced) -> None:
        session = self.session
        moved = session.path is None or path != session.path
        if moved:
            self._let_go()
            self._waits = False
            self._set_read_only("")
        self._hash = done.hash
        if session.project is project:
            session.saved_at(path)
            self._drop()
            self._begin()
            self._record()
        else:  # something edited it while it was written
            session.path = path
            session.mark_unsaved()
            self._begin(saved=project)
            self._recording.keep(self._base, session.project, 1)
        if moved:
            self._hold()
        add_recent(session.settings, path)
        nodes = counted(len(project.main.graph.nodes), "node")
        session.said.emit(f"Saved {path.name} ({nodes}). {done.note}".strip())

    def _trouble(self, parent: QWidget | None, trouble: Trouble) -> bool:
        self.session.said.emit(f"{trouble.heading}: {trouble.words}")
        return self.asks.trouble(parent, trouble) == "save_as" and self.save_as(parent)

    def _suggested(self) -> Path:
        if self.session.path is not None:
            return self.session.path
        recent = recent_files(self.session.settings)
        folder = recent[0].path.parent if recent else Path.home()
        name = "".join(c if c.isalnum() or c in " -_." else "_" for c in self.session.title)
        return folder / f"{name.strip(' .') or 'Untitled'}{SUFFIX}"

    def _stranger(self, path: Path) -> Holder | None:
        """Return another window that has a file open, unless the user knows and wants to save."""
        others = holders_of(path, self.owner)
        return next((h for h in others if h.owner not in self._accepted), None)

    def _accept(self, holder: Holder | None, path: Path) -> None:
        if holder is not None:
            self._accepted.add(holder.owner)
            if self._waits and path == self.session.path:
                self.make_writable()

    def _set_read_only(self, why: str) -> None:
        self.read_only = why
        self.session.read_only = bool(why)
        self.session.saved_changed.emit()

    def _hold(self) -> None:
        """Tell other windows that the file is open here; one that cannot be saved harms nobody."""
        path = self.session.path
        if path is not None and not self.read_only:
            self._held = (path, self._later.submit(self._hold_quietly, path))

    def _hold_quietly(self, path: Path) -> None:
        try:
            hold(path, self.owner)
        except OSError as error:
            reason = error.strerror or error
            self._tell(f"Other windows cannot be told that {path.name} is open here: {reason}.")

    def _let_go(self) -> None:
        if self._held is None:
            return
        (path, noted), self._held = self._held, None
        if noted.done():
            release(path, self.owner)
        else:
            self._later.submit(release, path, self.owner)

    def _copy(self, path: Path | None, name: str, project: Project) -> None:
        try:
            autosave(path, name, project)
        except (OSError, FileProblem) as error:
            self._tell(f"No copy of the unsaved work could be made: {error}")

    def _tell(self, sentence: str) -> None:
        """Say something from a thread, unless the window has gone meanwhile."""
        deliver(self._told, sentence)
