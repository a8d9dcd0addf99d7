"""The user's settings as they stand, kept in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from app.settings.table import BY_KEY, Value
from graph_editor.document.atomic import atomic_write


class Settings:
    """Values by key; what a file says that no setting allows is passed over and kept."""

    def __init__(self, path: Path | None = None) -> None:
        """Read path; without one, nothing is kept."""
        self._path = path
        self._values: dict[str, object] = _read(path)
        self._subscribers: list[Callable[[str], None]] = []

    def __getitem__(self, key: str) -> Value:
        setting = BY_KEY[key]
        value = self._values.get(key, setting.default)
        return value if setting.allows(value) else setting.default  # type: ignore[return-value]  # allowed ones are values

    def set(self, key: str, value: Value) -> None:
        """Keep a value and tell those who want to know. Raises ValueError and OSError."""
        if not BY_KEY[key].allows(value):
            raise ValueError(f"{key} cannot be {value!r}")
        if self[key] == value:
            return
        self._values[key] = value
        self._save()
        for subscriber in list(self._subscribers):
            subscriber(key)

    def memory(self, name: str) -> object:
        """Return what was remembered under a name that is no setting: recent files, places."""
        kept = self._values.get("memory")
        return kept.get(name) if isinstance(kept, dict) else None

    def remember(self, name: str, value: object) -> None:
        """Remember any JSON value under a name. Raises OSError."""
        kept = self._values.get("memory")
        self._values["memory"] = {**(kept if isinstance(kept, dict) else {}), name: value}
        self._save()

    def subscribe(self, subscriber: Callable[[str], None]) -> Callable[[], None]:
        """Have a function called with the key of each changed setting; returns what ends that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def _save(self) -> None:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self._path, json.dumps(self._values, indent=1, sort_keys=True) + "\n")


def _read(path: Path | None) -> dict[str, object]:
    try:
        value = json.loads(path.read_bytes()) if path is not None else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
