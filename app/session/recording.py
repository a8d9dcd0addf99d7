"""Writes the journal of one window in a thread, so that the window never waits for the disk."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph_editor.document.journal import Journal
from graph_editor.document.model import Project

GATHER = 0.2
"""Seconds for which edits are gathered before they are written together."""
RETRY = 1.0
"""Seconds after which a write that failed is tried again."""


@dataclass(frozen=True, eq=False, slots=True)
class Base:
    """What a journal begins with: a project that is saved, or was recovered, and its file."""

    project: Project
    file: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be on the disk: the changes from base to project, or no journal at all."""

    base: Base | None = None
    project: Project | None = None
    edits: int = 0


class Recording:
    """The journal of one window. It is begun by the first edit and holds every later one.

    All calls return at once; ``settle`` alone waits. What is asked for last is what will be on the
    disk, at the latest about half a second later.
    """

    def __init__(self, path: Callable[[], Path], told: Callable[[str], None]) -> None:
        """Path says where the journal is to be, and may raise OSError; told gets one sentence.

        Both are called from the thread.
        """
        self._path, self._told = path, told
        self._wake = threading.Condition()
        self._wanted = self._had = _Wanted()
        self._asked = 0.0
        self._ended = self._hurry = self._failing = False
        self._journal: Journal | None = None
        self._base: Base | None = None
        self._recorded = 0
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)

    def keep(self, base: Base, project: Project, edits: int) -> None:
        """Have the journal say what leads from base to project, and that so many edits did."""
        self._want(_Wanted(base, project, edits))

    def drop(self) -> None:
        """Have no journal: everything is saved, or the user refused it."""
        self._want(_Wanted())

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until the disk says what was asked for; return whether it does."""
        with self._wake:
            self._hurry = True
            self._wake.notify_all()
            done = self._wake.wait_for(lambda: self._had is self._wanted, timeout)
            self._hurry = False
            return done

    def close(self) -> None:
        """End the thread once the disk says what was asked for; the process waits for it."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        if self._thread.is_alive():
            threading.Thread(target=self._thread.join, name="journal end", daemon=False).start()

    def _want(self, wanted: _Wanted) -> None:
        with self._wake:
            if self._ended:
                return
            if self._had is self._wanted:
                self._asked = time.monotonic()
            self._wanted = wanted
            self._wake.notify_all()
            if not self._thread.is_alive():
                self._thread.start()

    def _next(self) -> _Wanted | None:
        """Wait for something to write, gather what comes with it, and return it."""
        with self._wake:
            self._wake.wait_for(lambda: self._ended or self._wanted is not self._had)
            if self._wanted is self._had:
                return None
            rest = self._asked + GATHER - time.monotonic()
            if rest > 0 and self._wanted.base is not None:
                self._wake.wait_for(lambda: self._ended or self._hurry, rest)
            self._asked = time.monotonic()
            return self._wanted

    def _write_all(self) -> None:
        while (wanted := self._next()) is not None:
            try:
                self._write(wanted)
            except Exception as fault:  # the thread must live: it is what saves the next edit
                self._let_go()
                self._say_failure(fault)
                with self._wake:
                    if self._ended:
                        return
                    self._wake.wait_for(lambda: self._ended, RETRY)
                continue
            if self._failing:
                self._failing = False
                self._told("Unsaved changes are recorded for recovery again.")
            with self._wake:
                self._had = wanted
                self._wake.notify_all()
        self._let_go()

    def _write(self, wanted: _Wanted) -> None:
        if wanted.base is None or wanted.project is None:
            self._let_go()
            self._path().unlink(missing_ok=True)
            return
        if self._journal is None or not self._is_for(wanted.base):
            self._let_go()
            base = wanted.base
            self._journal = Journal(self._path(), base.file, base.project, base.notes)
            self._base, self._recorded = base, 0
        self._journal.record(wanted.project, max(1, wanted.edits - self._recorded))
        self._recorded = wanted.edits

    def _is_for(self, base: Base) -> bool:
        """Whether the open journal begins with base, and is where readers will look for it."""
        return self._journal is not None and self._base is base and self._journal.path.exists()

    def _let_go(self) -> None:
        if self._journal is not None:
            with contextlib.suppress(OSError):
                self._journal.close()
            self._journal = None

    def _say_failure(self, fault: Exception) -> None:
        if self._failing:
            return
        self._failing = True
        reason = fault.strerror or fault if isinstance(fault, OSError) else fault
        self._told(
            f"Unsaved changes cannot be recorded for recovery: {reason}."
            " Save the project, or make room; it is tried again every second."
        )
