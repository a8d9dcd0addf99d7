"""The reading of one JSON object of a project file, field by field."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from graph_editor.document.file_json import join
from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import NOTHING, FrozenMap

T = TypeVar("T")

IDENTIFIER = re.compile(rf"(?!(?:{'|'.join(keyword.kwlist)})\Z)[A-Za-z_][A-Za-z0-9_]*")
MAX_DEPTH = 32


class _Unfit(Exception):  # noqa: N818  # it never leaves this file
    """A tree holds something to complain of, somewhere."""


def freeze(value: object, place: str, complaints: Complaints) -> Any:
    """Return a JSON tree as an immutable value: objects as FrozenMap, lists as tuples."""
    try:
        return _frozen(value, 0)
    except _Unfit:  # once more, slowly, with the places of all faults
        return _frozen_in_place(value, place, complaints, 0)


def _frozen(value: object, depth: int) -> Any:
    if isinstance(value, list):
        if depth >= MAX_DEPTH:
            raise _Unfit
        return tuple([_frozen(item, depth + 1) for item in value])
    if isinstance(value, dict):
        if depth >= MAX_DEPTH:
            raise _Unfit
        return FrozenMap({key: _frozen(item, depth + 1) for key, item in value.items()})
    if isinstance(value, float) and not math.isfinite(value):
        raise _Unfit
    return value


def _frozen_in_place(value: object, place: str, complaints: Complaints, depth: int) -> Any:
    if isinstance(value, (dict, list)) and depth >= MAX_DEPTH:
        complaints.add(place, f"is nested more than {MAX_DEPTH} deep")
        return None
    if isinstance(value, dict):
        return FrozenMap(
            {
                k: _frozen_in_place(v, f"{place}.{k}", complaints, depth + 1)
                for k, v in value.items()
            }
        )
    if isinstance(value, list):
        return tuple(
            _frozen_in_place(v, f"{place}[{i}]", complaints, depth + 1) for i, v in enumerate(value)
        )
    if isinstance(value, float) and not math.isfinite(value):
        complaints.add(place, "is no finite number")
    return value


@lru_cache(maxsize=4096)
def has_form(pattern: re.Pattern[str], text: str) -> bool:
    """Whether all of text has the form of pattern; for texts that come again and again."""
    return pattern.fullmatch(text) is not None


class Fields:
    """One JSON object of the file, read field by field; what is wrong goes to the complaints."""

    def __init__(self, value: object, place: str, complaints: Complaints) -> None:
        self.place = place
        self.complaints = complaints
        self.value: dict[str, object] = {}
        if isinstance(value, dict):
            self.value = value
        else:
            self.complain("", f"must be an object, not {kind_of(value)}")

    def complain(self, name: str, reason: str) -> None:
        """Note a problem of a field, or of the whole object where name is empty."""
        self.complaints.add(join(self.place, name) if name else self.place, reason)

    def text(self, name: str, default: str = "", required: bool = False) -> str:
        """Return a field that holds text."""
        value = self.value.get(name)
        if isinstance(value, str):
            return value
        if name in self.value:
            self.complain(name, f"must be text, not {kind_of(value)}")
        elif required:
            self.complain(name, "is missing")
        return default

    def matching(self, name: str, pattern: re.Pattern[str], meaning: str) -> str | None:
        """Return a field whose text has a given form, or None where it is absent or wrong."""
        if name not in self.value:
            return None
        value = self.value[name]
        if isinstance(value, str) and has_form(pattern, value):
            return value
        self.complain(name, f"must be {meaning}, not {shown(value)}")
        return None

    def flag(self, name: str) -> bool:
        """Return a field that is true or false; absent is false."""
        value = self.value.get(name, False)
        if isinstance(value, bool):
            return value
        self.complain(name, f"must be true or false, not {kind_of(value)}")
        return False

    def items(self, name: str, one: Callable[[object, str], T | None]) -> tuple[T, ...]:
        """Return a list field, each item read by one."""
        value = self.value.get(name)
        if value is None and name not in self.value:
            return ()
        if not isinstance(value, list):
            self.complain(name, f"must be a list, not {kind_of(value)}")
            return ()
        found = [one(item, f"{join(self.place, name)}[{i}]") for i, item in enumerate(value)]
        return tuple(item for item in found if item is not None)

    def entries(self, name: str, one: Callable[[str, object, str], T | None]) -> FrozenMap[str, T]:
        """Return an object field, each entry read by one."""
        value = self.value.get(name)
        if value is None and name not in self.value:
            return NOTHING
        if not isinstance(value, dict):
            self.complain(name, f"must be an object, not {kind_of(value)}")
            return NOTHING
        place = join(self.place, name)
        found = {key: one(key, item, f"{place}.{key}") for key, item in value.items()}
        return FrozenMap({key: item for key, item in found.items() if item is not None})

    def names(self, name: str, pattern: re.Pattern[str], meaning: str) -> tuple[str, ...]:
        """Return a list of texts of one form."""

        def one(item: object, place: str) -> str | None:
            if isinstance(item, str) and pattern.fullmatch(item):
                return item
            self.complaints.add(place, f"must be {meaning}, not {shown(item)}")
            return None

        return self.items(name, one)

    def distinct(self, name: str, pattern: re.Pattern[str], meaning: str) -> tuple[str, ...]:
        """Return a list of texts of one form, of which none stands twice."""
        found = self.names(name, pattern, meaning)
        if len(set(found)) < len(found):
            self.complain(name, "names something twice")
        return found

    def extra(self, known: frozenset[str]) -> FrozenMap[str, object]:
        """Return the fields that this version does not know."""
        if self.value.keys() <= known:
            return NOTHING
        found = {k: v for k, v in self.value.items() if k not in known}
        return FrozenMap(
            {k: freeze(v, join(self.place, k), self.complaints) for k, v in found.items()}
        )


KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def kind_of(value: object) -> str:
    """Return the plain words for a JSON value's type."""
    return KINDS.get(type(value), type(value).__name__)


def shown(value: object) -> str:
    """Return text in quotes, cut short, and the type of anything else."""
    if not isinstance(value, str):
        return kind_of(value)
    return repr(value if len(value) <= 60 else value[:57] + "...")
