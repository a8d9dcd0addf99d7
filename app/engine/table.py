"""Tables that are copied, changed in a few places and frozen at every edit, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

from graph_editor.document.model import MISSING, FrozenMap

K = TypeVar("K")
V = TypeVar("V")
MOST = 256
"""So many changes are kept apart from the large part that all copies share."""


class Table(MutableMapping[K, V]):
    """A dictionary whose copies share what none of them has changed.

    A key keeps its place as long as it is there, and gets it back where it is entered again soon.
    """

    __slots__ = ("_base", "_over")

    def __init__(self) -> None:
        self._base: dict[K, V] = {}  # shared, and never changed
        self._over: dict[K, V] = {}  # wins; MISSING for what is gone

    def __getitem__(self, key: K) -> V:
        value = self._over.get(key, MISSING)
        if value is MISSING and key not in self._over:
            return self._base[key]
        if value is MISSING:
            raise KeyError(key)
        found: V = value
        return found

    def get(self, key: K, default: Any = None) -> Any:
        """Return the value of key, or default."""
        value = self._over.get(key, self)
        if value is self:
            return self._base.get(key, default)
        return default if value is MISSING else value

    def __contains__(self, key: object) -> bool:
        return self.get(key, MISSING) is not MISSING  # type: ignore[arg-type]  # any key may be asked

    def __setitem__(self, key: K, value: V) -> None:
        self._over[key] = value

    def __delitem__(self, key: K) -> None:
        if self.pop(key, MISSING) is MISSING:
            raise KeyError(key)

    def pop(self, key: K, default: Any = None) -> Any:
        """Take a key out, and return what was there, or default."""
        found = self._over.pop(key, self)
        if key in self._base:
            self._over[key] = MISSING
            found = self._base[key] if found is self else found
        return default if found is MISSING or found is self else found

    def __iter__(self) -> Iterator[K]:
        return iter(merged(self._base, self._over) if self._over else self._base)

    def __len__(self) -> int:
        return size(self._base, self._over)

    def copy(self) -> Table[K, V]:
        """Return another table with the same entries."""
        self._settle()
        other: Table[K, V] = Table()
        other._base, other._over = self._base, self._over.copy()
        return other

    def frozen(self) -> FrozenMap[K, V]:
        """Return the entries as they are now."""
        self._settle()
        return Layered.of(self._base, self._over.copy())

    def _settle(self) -> None:
        """Make changes part of what is shared, once they are many."""
        if len(self._over) > MOST:
            self._base = merged(self._base, self._over)
            self._over = {}


def merged(base: dict[K, V], over: dict[K, V]) -> dict[K, V]:
    """Return a dictionary with the entries of base, over which those of over win."""
    if not base:
        return {key: value for key, value in over.items() if value is not MISSING}
    found = base.copy()
    found.update(over)
    if any(value is MISSING for value in over.values()):
        found = {key: value for key, value in found.items() if value is not MISSING}
    return found


def size(base: dict[K, V], over: dict[K, V]) -> int:
    """Return how many entries there are with those of both."""
    gone = sum(value is MISSING for value in over.values())
    return len(base) + sum(key not in base for key in over) - gone


class Layered(FrozenMap[K, V]):
    """A map whose large part is shared with others; it is put together when all of it is read."""

    __slots__ = ("_base", "_flat", "_over")
    _base: dict[K, V]
    _over: dict[K, V]
    _flat: dict[K, V] | None

    @staticmethod
    def of(base: dict[K, V], over: dict[K, V]) -> FrozenMap[K, V]:
        """Return a map over dictionaries that nobody changes any more."""
        if not over:
            return FrozenMap._owning(base)
        made: Layered[K, V] = Layered.__new__(Layered)
        object.__setattr__(made, "_base", base)
        object.__setattr__(made, "_over", over)
        object.__setattr__(made, "_flat", None)
        object.__setattr__(made, "_hash", None)
        return made

    @property
    def _items(self) -> dict[K, V]:  # type: ignore[override]  # read by all that FrozenMap does
        if self._flat is None:
            object.__setattr__(self, "_flat", merged(self._base, self._over))
        assert self._flat is not None
        return self._flat

    @classmethod
    def _owning(cls, items: dict[Any, Any]) -> FrozenMap[Any, Any]:
        return FrozenMap._owning(items)

    def __getitem__(self, key: K, /) -> V:
        value = self._over.get(key, self._base.get(key, MISSING))
        if value is MISSING:
            raise KeyError(key)
        return value

    def get(self, key: K, /, default: Any = None) -> Any:
        """Return the value of key, or default."""
        value = self._over.get(key, self)
        if value is self:
            return self._base.get(key, default)
        return default if value is MISSING else value

    def __contains__(self, key: object) -> bool:
        return self.get(key, MISSING) is not MISSING  # type: ignore[arg-type]  # any key may be asked

    def __len__(self) -> int:
        return size(self._base, self._over)
