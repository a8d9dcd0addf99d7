"""Text from files on its way to a terminal."""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
WIDE = {"W", "F"}


def plain(text: str) -> str:
    """Return text on one line in which nothing steers the terminal or hides."""
    return "".join(REPLACEMENT if unicodedata.category(c) in UNSEEN else c for c in text)


def width(text: str) -> int:
    """Return how many columns a terminal gives to text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in WIDE else 1
        for c in text
    )
