"""Keys that the user has given to commands, as one text: a line for each command."""

from __future__ import annotations

import re
from collections.abc import Mapping

LINE = re.compile(r"(?P<name>[a-z][a-z0-9_./]*) *=(?P<keys>.*)")
LONGEST_LINE, MOST_LINES, MOST_KEYS = 200, 1000, 8
Given = dict[str, tuple[str, ...]]


def read(text: str) -> Given:
    """Return the keys of each command that a text names: ``run.train = Ctrl+T; F5``.

    No keys after the sign: the command has none. Raises ValueError, in words.
    """
    given: Given = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line.strip())
        if found is None or len(line) > LONGEST_LINE or number > MOST_LINES:
            raise ValueError(f"Shortcuts: line {number} is no command with its keys.")
        name, keys = found["name"], _keys(found["keys"])
        if name in given:
            raise ValueError(f"Shortcuts: line {number} names {name} once more.")
        if len(keys) > MOST_KEYS or not all(key.isprintable() for key in keys):
            raise ValueError(f"Shortcuts: line {number} has no keys that can be read.")
        given[name] = keys
    return given


def written(given: Mapping[str, tuple[str, ...]]) -> str:
    """Return the text of what is given."""
    return "\n".join(f"{name} = {'; '.join(keys)}".rstrip() for name, keys in sorted(given.items()))


def why_not(text: object) -> str:
    """Return why a text cannot be read, as a sentence; empty where it can."""
    if not isinstance(text, str):
        return "Shortcuts are a text."
    try:
        read(text)
    except ValueError as reason:
        return str(reason)
    return ""


def _keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in text.strip().split("; ") if key.strip())
