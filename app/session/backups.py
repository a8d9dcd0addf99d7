"""Former contents of project files, copies made while one works, and work saved aside."""

from __future__ import annotations

import calendar
import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.session.ago import ago
from app.session.holding import key_of
from app.session.places import folder, home
from graph_editor.document.atomic import atomic_write
from graph_editor.document.files import checked_text, dumps
from graph_editor.document.model import Project

SUFFIX = ".netwright"
AUTOSAVED = "autosaved"
NEWEST = 20
"""So many of a file's backups are kept whatever their age."""
DAY = 86_400
DAYS = 30
"""Of older ones the last of each day is kept, for so long."""
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d-\d\d-\d\d)_(\d{6})(?:_(autosaved))?")


@dataclass(frozen=True, slots=True)
class Backup:
    """One former content of a project."""

    path: Path
    when: float
    """Unix time at which the content was replaced, or the copy was made."""
    is_autosave: bool = False
    """A copy of unsaved work, not what a file held."""

    @property
    def words(self) -> str:
        """Return ``2026-01-31 10:12, 3 hours ago, autosaved``."""
        text = f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(self.when))}, {ago(self.when)}"
        return f"{text}, autosaved" if self.is_autosave else text


def keep_former(path: Path, content: bytes, now: float | None = None) -> Path:
    """Keep the content that a file has before it is replaced; return where. Raises OSError."""
    newest = next((b for b in backups_of(path) if not b.is_autosave), None)
    if newest is not None and _content(newest.path) == content:
        return newest.path
    return _add(_place(path), content, time.time() if now is None else now, "")


def autosave(path: Path | None, name: str, project: Project, now: float | None = None) -> Path:
    """Keep a copy of a project that is not saved. Name stands for the path where there is none.

    Raises OSError and FileProblem.
    """
    text = checked_text(project, name, newer=True)
    place = _place(path) if path is not None else folder("backups") / _file_name(name)
    return _add(place, text.encode(), time.time() if now is None else now, f"_{AUTOSAVED}")


def backups_of(path: Path) -> list[Backup]:
    """Return the backups of a file, the newest first, copies made while one works among them."""
    return _backups_in(_place(path))


def all_backups() -> dict[str, list[Backup]]:
    """Return every backup by the name of its file, the file that changed last first."""
    with contextlib.suppress(OSError):
        found = {p.name: _backups_in(p) for p in folder("backups").iterdir() if p.is_dir()}
        kept = sorted((n for n, made in found.items() if made), key=lambda n: -found[n][0].when)
        return {name: found[name] for name in kept}
    return {}


def worth_keeping(moments: Iterable[float], now: float) -> set[float]:
    """Return which backups of one file stay: the newest 20, then the last of each of 30 days."""
    newest_first = sorted(set(moments), reverse=True)
    kept = set(newest_first[:NEWEST])
    days: set[int] = set()
    for moment in newest_first:
        day = int(moment // DAY)
        if day not in days and now - moment <= DAYS * DAY:
            kept.add(moment)
        days.add(day)
    return kept


def rescue(project: Project, name: str) -> Path:
    """Write a project aside, in whatever state it and the disk are; return where.

    It is written as a project file where that can be, else as the plainest text that has it all,
    into the first folder that takes it. Raises OSError where none does.
    """
    failure: OSError = OSError(f"{name} could not be written anywhere")
    stamp = f"{_file_name(name)}-{time.strftime('%Y-%m-%d-%H%M%S')}"
    text, suffix = _any_text(project)
    for place in _rescue_places():
        try:
            path = _unused(place(), stamp, suffix)
            atomic_write(path, text)
        except (OSError, RuntimeError) as error:  # the latter: nobody knows the home folder
            failure = OSError(str(error))
        else:
            return path
    raise failure


def _any_text(project: Project) -> tuple[str, str]:
    with contextlib.suppress(Exception):  # whatever is wrong, the next form is tried
        return checked_text(project, newer=True), SUFFIX
    with contextlib.suppress(Exception):  # as above
        return dumps(project).encode(errors="replace").decode(), SUFFIX
    return repr(project).encode(errors="backslashreplace").decode(), ".txt"


def _rescue_places() -> Iterator[Callable[[], Path]]:
    yield lambda: folder("rescued")
    yield Path.home
    yield lambda: Path(tempfile.gettempdir())


def _unused(place: Path, stem: str, suffix: str) -> Path:
    path, number = place / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = place / f"{stem}-{number}{suffix}"
    return path


def _place(path: Path) -> Path:
    """Return the folder for a file's backups; it need not exist."""
    return home() / "backups" / f"{_file_name(path.stem)}-{key_of(path)[:12]}"


def _file_name(text: str) -> str:
    """Return a part of a file's name that every system takes."""
    clean = re.sub(r"[^\w.-]+", "_", text.removesuffix(SUFFIX)).strip("._")
    return clean.encode()[:80].decode(errors="ignore") or "Untitled"


def _add(place: Path, content: bytes, now: float, mark: str) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    moment = int(now * 1_000_000)
    while (path := place / f"{_stamp(moment)}{mark}{SUFFIX}").exists():
        moment += 1
    atomic_write(path, content)
    _thin_out(place, now)
    return path


def _stamp(moment: int) -> str:
    whole, part = divmod(moment, 1_000_000)
    return f"{time.strftime('%Y-%m-%d_%H-%M-%S', time.gmtime(whole))}_{part:06}"


def _thin_out(place: Path, now: float) -> None:
    """Delete what need not stay; the copies made while one works are counted apart."""
    made = _backups_in(place)
    for kind in (False, True):
        some = {b.when: b.path for b in made if b.is_autosave is kind}
        for moment in some.keys() - worth_keeping(some, now):
            with contextlib.suppress(OSError):
                some[moment].unlink()


def _backups_in(place: Path) -> list[Backup]:
    try:
        names = [entry.name for entry in os.scandir(place)]
    except OSError:
        return []
    found = [_backup(place, name) for name in names]
    return sorted((b for b in found if b is not None), key=lambda b: -b.when)


def _backup(place: Path, name: str) -> Backup | None:
    said = _STAMP.fullmatch(name.removesuffix(SUFFIX))
    if said is None or not name.endswith(SUFFIX):
        return None
    try:
        parts = time.strptime(f"{said[1]}_{said[2]} UTC", "%Y-%m-%d_%H-%M-%S %Z")
    except ValueError:
        return None
    when = calendar.timegm(parts) + int(said[3]) / 1_000_000
    return Backup(place / name, when, said[4] is not None)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
