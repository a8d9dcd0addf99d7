"""The files that were opened or saved last, remembered with the settings."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from app.settings.store import Settings

NAME = "recent_files"
MOST = 20


@dataclass(frozen=True, slots=True)
class Recent:
    """A file, and when it was opened or saved last (Unix time)."""

    path: Path
    when: float


def recent_files(settings: Settings) -> list[Recent]:
    """Return the recent files, the newest first. Whether they are still there is not looked up."""
    kept = settings.memory(NAME)
    found: dict[str, Recent] = {}
    for entry in kept if isinstance(kept, list) else []:
        recent = _recent(entry)
        if recent is not None:
            found.setdefault(str(recent.path), recent)
    return sorted(found.values(), key=lambda recent: -recent.when)[:MOST]


def add_recent(settings: Settings, path: Path, now: float | None = None) -> None:
    """Put a file at the head of the list. What cannot be kept on disk holds for this session."""
    place = Path(os.path.abspath(path))  # noqa: PTH100  # links in a path are the user's and stay
    rest = [recent for recent in recent_files(settings) if recent.path != place]
    _remember(settings, [Recent(place, time.time() if now is None else now), *rest])


def forget_recent(settings: Settings, path: Path) -> None:
    """Take a file off the list."""
    _remember(settings, [recent for recent in recent_files(settings) if recent.path != path])


def clear_recent(settings: Settings) -> None:
    """Empty the list."""
    _remember(settings, [])


def _remember(settings: Settings, files: list[Recent]) -> None:
    entries = [{"path": str(recent.path), "when": recent.when} for recent in files[:MOST]]
    settings.remember(NAME, entries)


def _recent(entry: object) -> Recent | None:
    if not isinstance(entry, dict):
        return None
    path, when = entry.get("path"), entry.get("when")
    if not isinstance(path, str) or not path or isinstance(when, bool):
        return None
    return Recent(Path(path), float(when)) if isinstance(when, int | float) else None
