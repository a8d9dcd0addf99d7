"""Joins what was typed into a text with what the drawing has changed in it meanwhile.

Lines count as the same where they differ in their comment alone: shapes behind a line change with
every size above it, and nobody has typed them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from codegen.reading.problems import Problem

COMMENT = "  # "


@dataclass(frozen=True, slots=True)
class Joined:
    """A text with both changes; where they touch the same lines, these are as they were typed."""

    text: str
    clashes: tuple[Problem, ...] = ()
    """Lines of the text that the drawing has changed, too, with what it says there now."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines of the common text and what became of them: ends are exclusive, lines from 0."""

    start: int
    end: int
    lines: tuple[str, ...]


def joined(before: str, typed: str, now: str, file: str = "model.py") -> Joined:
    """Return the text of the drawing now with what was typed into the text that it had before."""
    there = now.split("\n")
    old = before.split("\n")
    base = _recommented(old, there)
    mine = _hunks(base, _carried(old, base, typed.split("\n")))
    theirs = _hunks(base, there)
    made: list[str] = []
    clashes: list[Problem] = []
    at = 0
    while mine or theirs:
        start = min(hunk.start for hunk in (*mine[:1], *theirs[:1]))
        made += base[at:start]
        ours, others, at = _together(mine, theirs, start)
        own = _applied(base, start, at, ours)
        drawn = _applied(base, start, at, others)
        if ours and others and own != drawn:
            clashes.append(_clash(len(made) + 1, own, drawn, file))
        made += own if ours else drawn
    made += base[at:]
    return Joined("\n".join(made), tuple(clashes))


def told_of(problem: Problem, text: str, typed: str) -> Problem:
    """Return a problem of a joined text with the line that it has in what was typed."""
    match = SequenceMatcher(None, text.split("\n"), typed.split("\n"), autojunk=False)
    line = 1
    for start, other, size in match.get_matching_blocks():
        if size and start < problem.line:
            line = other + min(problem.line - start, size)
    return replace(problem, line=line)


def _clash(line: int, own: Sequence[str], there: Sequence[str], file: str) -> Problem:
    words = " ⏎ ".join(each.strip() for each in there if each.strip()) or "nothing"
    words = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    changed = next((n for n, each in enumerate(own) if each not in there), 0)
    return Problem(line + changed, 1, f"the drawing has changed this, too; it says: {words}", file)


LONGEST = 120


def _together(
    mine: list[_Hunk], theirs: list[_Hunk], start: int
) -> tuple[list[_Hunk], list[_Hunk], int]:
    """Take off both lists what touches from a line on, and return it with its end."""
    ours: list[_Hunk] = []
    others: list[_Hunk] = []
    end = start
    while True:
        for pending, taken in ((mine, ours), (theirs, others)):
            if pending and _touches(pending[0], start, end):
                taken.append(pending.pop(0))
                end = max(end, taken[-1].end)
                break
        else:
            return ours, others, end


def _touches(hunk: _Hunk, start: int, end: int) -> bool:
    """Whether a hunk changes a line of a span, or puts something in at the same place."""
    return hunk.start < end or hunk.start == start


def _applied(base: Sequence[str], start: int, end: int, hunks: Sequence[_Hunk]) -> list[str]:
    made: list[str] = []
    for hunk in hunks:
        made += base[start : hunk.start]
        made += hunk.lines
        start = hunk.end
    return [*made, *base[start:end]]


def _hunks(base: Sequence[str], other: Sequence[str]) -> list[_Hunk]:
    """Return what differs."""
    made: list[_Hunk] = []
    for tag, a, b, c, d in SequenceMatcher(None, base, other, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:  # line for line
            made += [_Hunk(a + n, a + n + 1, (other[c + n],)) for n in range(b - a)]
        elif tag != "equal":
            made.append(_Hunk(a, b, tuple(other[c:d])))
    return made


def _recommented(base: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return the common text with such comments as its lines have now."""
    made = list(base)
    match = SequenceMatcher(None, _bare(base), _bare(now), autojunk=False)
    for start, other, size in match.get_matching_blocks():
        made[start : start + size] = now[other : other + size]
    return made


def _carried(old: Sequence[str], base: Sequence[str], typed: Sequence[str]) -> list[str]:
    """Return what was typed, with these comments on the lines that were not."""
    made = list(typed)
    match = SequenceMatcher(None, old, typed, autojunk=False)
    for start, other, size in match.get_matching_blocks():
        made[other : other + size] = base[start : start + size]
    return made


def _bare(lines: Sequence[str]) -> list[str]:
    return [line.partition(COMMENT)[0].rstrip() for line in lines]
