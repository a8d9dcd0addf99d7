"""The fixed first line of every written file, within 100 columns whatever the title is."""

from __future__ import annotations

from codegen.layout import WIDTH
from codegen.names import header, remark

SHORTER = "requirements.txt"


def first_line(title: str, needs: str) -> str:
    """Return the line; where it gets too long it says less of what is needed, then of the title."""
    full = header(title, needs)
    if len(full) <= WIDTH:
        return full
    room = WIDTH - len(header("t", SHORTER)) + 1
    return header(remark(title, room), SHORTER)
