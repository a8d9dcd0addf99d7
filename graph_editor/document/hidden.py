"""Signs that do not show in a text, or that change the order in which the others are shown."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection, Iterator

INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""What Unicode counts as letters or marks though nothing is seen of it."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
HIDDEN = frozenset(("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
"""Categories: controls, formats (directions, joiners, tags, the byte order mark), separators."""
SHORT = {
    "\u00a0": "NBSP",
    "\u00ad": "SHY",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u061c": "ALM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u2028": "LSEP",
    "\u2029": "PSEP",
    "\ufeff": "BOM",
}

SIGNS = {word: sign for sign, word in SHORT.items()}
BADGE = re.compile(r"⟨(U\+[0-9A-F]{4,6}|[A-Z]{2,4})⟩")


def is_hidden(sign: str) -> bool:
    """Whether a sign does not show as itself; line ends, tabs and spaces do by what they do."""
    if sign in "\n\t " or " " < sign <= "~":
        return False
    if sign in INVISIBLE_LETTERS or any(ord(sign) in each for each in SELECTORS):
        return True
    category = unicodedata.category(sign)
    return category in HIDDEN or category == "Zs"


def hidden_in(line: str) -> Iterator[tuple[int, str]]:
    """Yield the hidden signs of a line, each with its place."""
    if not line.isascii() or not line.isprintable():
        yield from ((place, sign) for place, sign in enumerate(line) if is_hidden(sign))


def badge(sign: str) -> str:
    """Return what stands for a hidden sign where people are to see it: ``RLO``, ``U+E0041``."""
    return SHORT.get(sign, f"U+{ord(sign):04X}")


def shown(text: str) -> str:
    """Return a text in which every hidden sign is its badge in angle brackets.

    Such a bracket is one too, so that ``meant`` finds the text again.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(f"⟨{badge(s)}⟩" if s == "⟨" or is_hidden(s) else s for s in text)


def meant(text: str) -> str:
    """Return the text of which ``shown`` makes this one."""
    return BADGE.sub(_sign, text) if "⟨" in text else text


def _sign(found: re.Match[str]) -> str:
    word = found[1]
    if not word.startswith("U+"):
        return SIGNS.get(word, found[0])
    number = int(word[2:], 16)
    return chr(number) if number <= sys.maxunicode else found[0]


def lines_with_hidden(text: str) -> dict[int, list[str]]:
    """Return the lines (from 1) that hold hidden signs, with the signs' badges."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        badges = [badge(sign) for _, sign in hidden_in(line)]
        if badges:
            found[number] = list(dict.fromkeys(badges))
    return found


def where(lines: Collection[int]) -> str:
    """Return where something is, with its verb: ``line 5 holds``, ``lines 5 and 7 hold``."""
    *others, last = map(str, lines)
    return f"lines {', '.join(others)} and {last} hold" if others else f"line {last} holds"
