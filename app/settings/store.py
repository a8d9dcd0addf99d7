"""The user's settings as they stand, kept in one JSON file."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from app.settings.table import BY_KEY, Value
from graph_editor.document.atomic import atomic_write

MEMORY = "memory"


Change = Callable[[dict[str, object]], None]
ONE_AT_A_TIME = threading.Lock()
"""Held while a file is read, changed and written."""


class Settings:
    """Values by key; what a file says that no setting allows is passed over and kept.

    What is set is on disk when ``set`` returns; what is only remembered follows in a thread, so
    that a click never waits for a disk.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read path; without one, nothing is kept."""
        self._path = path
        self._values: dict[str, object] = _read(path)
        self._subscribers: list[Callable[[str], None]] = []
        self._waiting: list[Change] = []
        self._writer: threading.Thread | None = None
        self._lock = threading.Lock()

    def __getitem__(self, key: str) -> Value:
        setting = BY_KEY[key]
        value = self._values.get(key, setting.default)
        return value if setting.allows(value) else setting.default  # type: ignore[return-value]  # allowed ones are values

    def set(self, key: str, value: Value) -> None:
        """Keep a value and tell those who want to know. Raises ValueError and OSError.

        After an OSError the value holds until the program ends.
        """
        reason = BY_KEY[key].why_not(value)
        if reason:
            raise ValueError(reason)
        if self[key] == value:
            return
        self._values[key] = value
        try:
            self._save([lambda kept: kept.__setitem__(key, value)])
        finally:
            for subscriber in list(self._subscribers):
                subscriber(key)

    def reset(self, key: str) -> None:
        """Go back to the default of a setting. Raises OSError."""
        self.set(key, BY_KEY[key].default)

    def why_refused(self, key: str) -> str:
        """Return why what the file says of a setting does not hold; empty where it does."""
        return BY_KEY[key].why_not(self._values[key]) if key in self._values else ""

    def is_default(self, key: str) -> bool:
        """Whether a setting stands at its default."""
        return self[key] == BY_KEY[key].default

    def memory(self, name: str) -> object:
        """Return what was remembered under a name that is no setting: recent files, places."""
        kept = self._values.get(MEMORY)
        return kept.get(name) if isinstance(kept, dict) else None

    def remember(self, name: str, value: object) -> None:
        """Remember any JSON value under a name; it is written soon, even if the program ends.

        What cannot be written holds until then.
        """
        _remember(self._values, name, value)
        if self._path is None:
            return
        with self._lock:
            self._waiting.append(lambda kept: _remember(kept, name, value))
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="settings")
                self._writer.start()

    def flush(self) -> None:
        """Wait until all that is remembered is on disk."""
        with self._lock:
            writer = self._writer
        if writer is not None:
            writer.join()

    def subscribe(self, subscriber: Callable[[str], None]) -> Callable[[], None]:
        """Have a function called with the key of each changed setting; returns what ends that."""
        self._subscribers.append(subscriber)

        def end() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(subscriber)

        return end

    def _write(self) -> None:
        """Write what waits, in a thread, until nothing does."""
        while True:
            with self._lock:
                changes, self._waiting = self._waiting, []
                if not changes:
                    self._writer = None
                    return
            with contextlib.suppress(OSError):
                self._save(changes)

    def _save(self, changes: Iterable[Change]) -> None:
        """Write changes into the file as it is now: another window may have written since."""
        if self._path is None:
            return
        with ONE_AT_A_TIME:
            kept = _read(self._path)
            for change in changes:
                change(kept)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self._path, json.dumps(kept, indent=1, sort_keys=True) + "\n")


def _remember(values: dict[str, object], name: str, value: object) -> None:
    kept = values.get(MEMORY)
    values[MEMORY] = {**(kept if isinstance(kept, dict) else {}), name: value}


def _read(path: Path | None) -> dict[str, object]:
    try:
        value = json.loads(path.read_bytes()) if path is not None else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
