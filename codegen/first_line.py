"""The fixed first line of every written file, within 100 columns whatever the title is."""

from __future__ import annotations

from codegen.layout import WIDTH
from codegen.names import header

SHORTER = "requirements.txt"


def first_line(title: str, needs: str) -> str:
    """Return the line; where it gets too long it names the list of what is needed."""
    full = header(title, needs)
    return full if needs in full and len(full) <= WIDTH else header(title, SHORTER)
