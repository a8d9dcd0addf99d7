"""The runs of a project and of those opened lately, read in a thread; and a colour for each."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.session.posting import deliver
from app.session.run_tracked import TrackedRun, tracked
from app.settings.store import Settings
from app.training.history import read_run

log = logging.getLogger(__name__)

COLOURS = 6
MEMORY = "run_colours"
MOST_COLOURS = 400
"""Runs whose colours are remembered; the oldest are forgotten."""


class RunList(QObject):
    """Reads folders of runs when asked; of several questions only the newest is answered."""

    listed = Signal(object)
    """All TrackedRuns that were found, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[Path, TrackedRun] = {}
        self._wanted: tuple[Path, tuple[Path, ...], tuple[Path, ...]] | None = None
        self._wake = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._read_all, name="runs", daemon=True)

    def read(self, own: Path, others: Sequence[Path] = (), also: Sequence[Path] = ()) -> None:
        """Read all runs of a folder, those of others that still go on, and some by themselves."""
        with self._wake:
            self._wanted = (own, tuple(others), tuple(also))
            self._wake.notify()
        if not self._thread.is_alive() and not self._closed:
            self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is emitted any more."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _read_all(self) -> None:
        while True:
            with self._wake:
                while self._wanted is None and not self._closed:
                    self._wake.wait()
                if self._closed or self._wanted is None:
                    return
                (own, others, also), self._wanted = self._wanted, None
            listed = dict.fromkeys([*folders_in(own), *filter(Path.is_dir, also)])
            found = self._runs(listed)
            for other in others:
                rest = [folder for folder in folders_in(other) if folder not in listed]
                found += [run for run in self._runs(rest) if run.is_live]
            found.sort(key=lambda run: (run.created, run.folder.name), reverse=True)
            if not self._closed:
                deliver(self.listed, found)

    def _runs(self, folders: Iterable[Path]) -> list[TrackedRun]:
        """Read runs; a folder with something in it that nobody foresaw is logged and left out."""
        found = []
        for folder in folders:
            try:
                found.append(self._run(folder))
            except Exception:
                log.exception("The run in %s could not be read", folder)
        return found

    def _run(self, folder: Path) -> TrackedRun:
        """Read a run; one that has ended does not change and is read once."""
        known = self._known.get(folder)
        if known is None or known.is_live:
            known = self._known[folder] = tracked(read_run(folder))
        return known


def folders_in(runs: Path) -> list[Path]:
    """Return the run folders in a folder of runs; none where it is not there."""
    try:
        entries = [entry for entry in runs.iterdir() if entry.is_dir()]
    except OSError:
        return []
    return [entry.resolve() for entry in entries if not entry.name.startswith(".")]


class RunColours:
    """Gives each run one of the theme's colours, which it keeps for life."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        kept = settings.memory(MEMORY)
        entries = [entry for entry in kept if _is_pair(entry)] if isinstance(kept, list) else []
        self._given = {entry[0]: entry[1] % COLOURS for entry in entries}

    def give(self, runs: Iterable[TrackedRun]) -> None:
        """Set the colour of each run; new ones take the colour after the last, oldest first."""
        new = False
        for run in sorted(runs, key=lambda run: run.created):
            key = str(run.folder)
            if key not in self._given:
                last = next(reversed(self._given.values()), -1)
                self._given[key] = (last + 1) % COLOURS
                new = True
            run.colour = self._given[key]
        if new:
            kept = [list(pair) for pair in self._given.items()][-MOST_COLOURS:]
            self._settings.remember(MEMORY, kept)


def _is_pair(entry: object) -> bool:
    return isinstance(entry, list) and [type(part) for part in entry] == [str, int]
