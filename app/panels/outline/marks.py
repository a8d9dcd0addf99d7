"""Frames and notes in the outline: which there are, what is said of them, and their edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.items.frame_item import token_of
from graph_editor.document.edits import change_frame, marks_of
from graph_editor.document.model import Project

FRAME, NOTE = "Frame", "Note"
"""What they are called where nobody has written anything."""


class Listed(NamedTuple):
    """The frames and notes of one graph, as its layout has them."""

    frames: tuple[Any, ...] = ()
    notes: tuple[Any, ...] = ()

    def marks(self) -> list[Mark]:
        """Return all of them in their order, frames first."""
        frames = [Mark("frame", place) for place in range(len(self.frames))]
        return [*frames, *(Mark("note", place) for place in range(len(self.notes)))]

    def entry(self, mark: Mark) -> Mapping[str, Any]:
        """Return what the layout says of a mark; nothing where there is none."""
        part = self.frames if mark.kind == "frame" else self.notes
        found = part[mark.place] if mark.place < len(part) else None
        return found if isinstance(found, Mapping) else {}


def listed(project: Project, graph: str) -> Listed:
    """Return the frames and notes of a graph."""
    return Listed(marks_of(project, graph, "frames"), marks_of(project, graph, "notes"))


def followed(before: Listed, after: Listed) -> dict[Mark, Mark]:
    """Return which mark each one that is still there has become.

    Edits leave what stands before and behind them as it was; what is left between is taken by its
    place where there are as many as before.
    """
    pairs = (("frame", before.frames, after.frames), ("note", before.notes, after.notes))
    return {
        Mark(kind, old): Mark(kind, new)  # type: ignore[arg-type]  # one of the two
        for kind, one, other in pairs
        for old, new in _kept(one, other)
    }


def _kept(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[int, int]]:
    least, more = min(len(before), len(after)), len(after) - len(before)
    head = _alike(zip(before, after, strict=False), least)
    tail = _alike(zip(reversed(before), reversed(after), strict=False), least - head)
    if not more:
        head = least - tail
    yield from ((place, place) for place in range(head))
    yield from ((place, place + more) for place in range(len(before) - tail, len(before)))


def _alike(pairs: Iterator[tuple[Any, Any]], most: int) -> int:
    """Return how many pairs are alike before the first that is not."""
    for count, (one, other) in enumerate(pairs):
        if count == most or one != other:
            return count
    return most


# Words


def texts(mark: Mark, entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the texts of a row: name, kind, and how many nodes a frame holds."""
    if mark.kind == "frame":
        return str(entry.get("title", "")) or FRAME, "frame", _counted(entry)
    lines = str(entry.get("text", "")).strip().splitlines()
    return (lines[0].strip() if lines else NOTE), "", "note"


def spoken(mark: Mark, entry: Mapping[str, Any]) -> str:
    """Return a mark as a screen reader says it, with all that is written."""
    if mark.kind == "note":
        return f"note: {entry.get('text', '')}"
    title, comment = str(entry.get("title", "")), str(entry.get("comment", ""))
    named = f"{title}, frame" if title else "frame without a title"
    return f"{named}, {_counted(entry)}" + (f": {comment}" if comment else "")


def _counted(entry: Mapping[str, Any]) -> str:
    count = len(entry.get("nodes") or ())
    return "1 node" if count == 1 else f"{count} nodes"


def beside(now: Listed) -> str:
    """Return ``, 1 frame, 2 notes``: what a graph has beside its nodes."""
    parts = ((len(now.frames), "frame"), (len(now.notes), "note"))
    return "".join(f", {count} {word}{'s' * (count > 1)}" for count, word in parts if count)


def family(mark: Mark, entry: Mapping[str, Any]) -> str:
    """Return the family of nodes that has the colour of a mark."""
    usual = "c_op" if mark.kind == "frame" else "c_opt"
    return token_of(entry.get("colour"), usual).removeprefix("c_")


# Edits


def titled(graph: str, mark: Mark, title: str) -> Callable[[Project], Project]:
    """Return the edit that gives a frame another title."""
    return lambda project: change_frame(project, graph, mark.place, title=title)
