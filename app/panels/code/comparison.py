"""Two texts line by line: what was added, what was taken away, and what can be folded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.panels.code.difference import changed_lines

SAME, ADDED, REMOVED, FOLD = " ", "+", "−", "…"
AROUND = 3
"""Unchanged lines that are shown on each side of a change."""
FEWEST = 4
"""Lines that are worth a fold."""


class Row(NamedTuple):
    """One row of a comparison."""

    sign: str
    text: str
    old: int
    """Its line (from 1) in the text from before; 0 where it is not there. A fold's first line."""
    new: int
    """The same in the text as it is now."""


def compare(old: str | None, new: str | None) -> tuple[Row, ...]:
    """Return every line of two texts, the removed before the added; None: there is no such file."""
    was, now = _lines(old), _lines(new)
    start, end, new_end = changed_lines(was, now)
    rows = [Row(SAME, text, at, at) for at, text in enumerate(now[:start], 1)]
    rows += _between(was[start:end], now[start:new_end], start)
    shift = end - new_end
    rows += [Row(SAME, text, at + shift, at) for at, text in enumerate(now[new_end:], new_end + 1)]
    return tuple(rows)


def counts(rows: Sequence[Row]) -> tuple[int, int]:
    """Return how many lines were added and how many were taken away."""
    signs = [row.sign for row in rows]
    return signs.count(ADDED), signs.count(REMOVED)


def folded(rows: Sequence[Row], opened: Collection[int] = ()) -> list[Row]:
    """Return the rows with unchanged stretches as one row each, but for those that were opened.

    A fold is named by its first line in the text from before.
    """
    shown: list[Row] = []
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and rows[end].sign == SAME:
            end += 1
        if end == start:
            shown.append(rows[start])
            start += 1
            continue
        first = start + (AROUND if start else 0)
        last = end - (AROUND if end < len(rows) else 0)
        if last - first < FEWEST or rows[first].old in opened:
            shown += rows[start:end]
        else:
            words = f"{last - first} unchanged lines"
            fold = Row(FOLD, words, rows[first].old, rows[first].new)
            shown += [*rows[start:first], fold, *rows[last:end]]
        start = end
    return shown


def changes(rows: Sequence[Row]) -> list[int]:
    """Return where each change begins (from 0): lines that changed and stand together."""
    differs = [row.sign in (ADDED, REMOVED) for row in rows]
    return [at for at, now in enumerate(differs) if now and not (at and differs[at - 1])]


def _between(was: Sequence[str], now: Sequence[str], shift: int) -> list[Row]:
    """Compare what two texts do not have in common at their ends; the lines before are shift."""
    from difflib import SequenceMatcher  # when something is compared: the window starts without

    rows: list[Row] = []
    for _, at, end, new_at, new_end in SequenceMatcher(None, was, now).get_opcodes():
        if list(was[at:end]) == list(now[new_at:new_end]):
            steps = enumerate(now[new_at:new_end], 1 + shift)
            rows += [Row(SAME, text, n + at, n + new_at) for n, text in steps]
            continue
        gone = enumerate(was[at:end], at + 1 + shift)
        came = enumerate(now[new_at:new_end], new_at + 1 + shift)
        rows += [Row(REMOVED, text, n, 0) for n, text in gone]
        rows += [Row(ADDED, text, 0, n) for n, text in came]
    return rows


def _lines(text: str | None) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []
