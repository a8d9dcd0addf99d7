"""A mapping that is worked out when somebody first looks into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class Deferred(Mapping[K, V_co]):
    """Equal to the mapping that make returns; make is called once, or never."""

    def __init__(self, make: Callable[[], Mapping[K, V_co]]) -> None:
        self._make = make

    @cached_property
    def _found(self) -> Mapping[K, V_co]:
        return self._make()

    def __getitem__(self, key: K, /) -> V_co:
        return self._found[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
