"""Which runs are those of a window's project: only they are steered from it and drawn on nodes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.session.places import home
from app.session.run_tracked import TrackedRun
from app.session.session import Session

MEMORY = "moved_runs"
MOST = 400
"""Runs that are remembered; the oldest are forgotten."""
ENDING = ".netwright"


class OwnRuns:
    """Knows a project's runs by its file; those of a project of no file by who started them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._path = session.path
        self._taken: set[Path] = set()
        self._kept: dict[Path, None] = {}
        self._before: float | None = None
        self._resolved: dict[Path, Path] = {}

    def take(self, folder: Path) -> None:
        """Count a run as this window's, wherever it is: it was started here."""
        self._taken.add(folder)

    def take_recovered(self, before: float) -> None:
        """Say that the drawing was recovered: its runs are older than this Unix time."""
        self._before = before

    def found(self, runs: Iterable[TrackedRun]) -> None:
        """Take those runs that were started for a drawing of no file that was recovered."""
        if self._before is None or self._session.path is not None:
            return
        nodes = frozenset(self._session.project.main.graph.nodes)
        file = str(home() / f"{self._session.title}{ENDING}")
        for run in runs:
            like = 2 * len(run.nodes & nodes) > len(run.nodes | nodes)
            if like and run.project_file == file and run.created < self._before:
                self._taken.add(run.folder)

    def __contains__(self, run: TrackedRun) -> bool:
        if run.folder in self._taken:
            return True
        path = self._session.path
        if path is None or not run.project_file:
            return False
        file = Path(run.project_file)
        beside = run.folder.parent == self._real(path.parent / "runs")
        return self._real(file) == self._real(path) or (beside and file.name == path.name)

    def saved(self, runs: Iterable[TrackedRun]) -> None:
        """Where the file is another now, keep in sight what was listed, and remember its own."""
        path, before = self._session.path, self._path
        if path is None or path == before:
            return
        self._path = path
        self._kept |= dict.fromkeys(run.folder for run in runs)
        beside = self._real(path.parent / "runs")
        mine = [[str(f), str(path)] for f in sorted(self._taken) if f.parent != beside]
        known = self._remembered()
        kept = [pair for pair in known if pair not in mine] + mine
        if kept != known:
            self._session.settings.remember(MEMORY, kept[-MOST:])

    def elsewhere(self) -> tuple[Path, ...]:
        """Return the runs that are to be listed though they are not beside the project's file."""
        path = str(self._session.path or "")
        self._taken.update(Path(folder) for folder, file in self._remembered() if file == path)
        return tuple(dict.fromkeys([*self._kept, *sorted(self._taken)]))

    def _remembered(self) -> list[list[str]]:
        kept = self._session.settings.memory(MEMORY)
        return [pair for pair in kept if _is_pair(pair)] if isinstance(kept, list) else []

    def _real(self, path: Path) -> Path:
        """Return a path without links; asks the disk, so once will do."""
        if path not in self._resolved:
            self._resolved[path] = path.resolve()
        return self._resolved[path]


def _is_pair(entry: object) -> bool:
    return isinstance(entry, list) and [type(part) for part in entry] == [str, str]
