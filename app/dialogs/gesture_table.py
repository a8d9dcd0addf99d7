"""What the mouse does on the canvas, read from the one table that says so: the manual's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gestures.md"
KEYBOARD = "Keyboard"
HEAD = ("Target", "Gesture", "What it does")


class HandRow(NamedTuple):
    """One thing that a hand can do."""

    target: str
    gesture: str
    does: str


def mouse_gestures(page: Path = PAGE) -> dict[str, list[HandRow]]:
    """Return the gestures of the mouse by target; none where the page did not come along."""
    try:
        text = page.read_text(encoding="utf-8")
    except OSError:
        return {}
    found: dict[str, list[HandRow]] = {}
    for row in _rows(text):
        if row.target != KEYBOARD:
            found.setdefault(row.target, []).append(row)
    return found


def _rows(text: str) -> Iterator[HandRow]:
    """Yield the rows of the first table."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            if inside:
                return
        elif tuple(cells) == HEAD:
            inside = True
        elif inside and len(cells) == len(HEAD) and set(cells[0]) != {"-"}:
            yield HandRow(*cells)
