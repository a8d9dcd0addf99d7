"""What the code in the panel is worth now."""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    """A glyph, its colour, words, and the reason, if any."""

    glyph: str
    colour: str
    words: str
    reason: str = ""
