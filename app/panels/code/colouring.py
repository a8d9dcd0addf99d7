"""Which parts of a line of Python have which colour; plain text in, plain spans out."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import TypeAlias

Span: TypeAlias = tuple[int, int, str]
"""Start, length and the colour's token (``k_key``, ``k_str`` …)."""

_STRING = r"""[rRbBuUfF]{0,2}(?:\"(?:[^"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?)"""
_TRIPLE = r'[rRbBuUfF]{0,2}(?:"""|' + r"''')"
_NUMBER = (
    r"(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?j?)"
)
_TOKEN = re.compile(
    rf"(?P<comment>\#.*)|(?P<triple>{_TRIPLE})|(?P<string>{_STRING})"
    rf"|(?P<decorator>^\s*@[\w.]+)|(?P<name>[^\W\d]\w*)|(?P<number>(?<![\w.]){_NUMBER})"
)
_SCAN = re.compile(rf"#[^\n]*|{_TRIPLE}|{_STRING}")
_KEYWORDS = frozenset(keyword.kwlist)
_DEFINED = re.compile(r"(?:^|[^\w.])(def|class)\s+$")
_CALLED = re.compile(r"\s*\(")


def open_quotes(text: str) -> list[str]:
    """Return, for each line, the triple quotes of the string that it begins inside, or nothing."""
    found = [""] * (text.count("\n") + 1)
    if '"""' not in text and "'''" not in text:
        return found
    position, line, counted = 0, 0, 0
    while match := _SCAN.search(text, position):
        position = match.end()
        quotes = match[0][-3:]
        if quotes not in ('"""', "'''") or len(match[0]) > 5:
            continue
        end = text.find(quotes, position)
        end = len(text) if end < 0 else end
        line += text.count("\n", counted, position)
        last = line + text.count("\n", position, end)
        for inside in range(line + 1, last + 1):
            found[inside] = quotes
        line, counted = last, end
        position = min(end + 3, len(text))
    return found


def python_spans(line: str, inside: str = "") -> list[Span]:
    """Return the coloured parts of a line that begins inside a string with these quotes."""
    return list(_spans(line, inside))


def _spans(line: str, inside: str) -> Iterator[Span]:
    position = 0
    if inside:
        end = line.find(inside)
        position = len(line) if end < 0 else end + 3
        if position:
            yield 0, position, "k_str"
    while match := _TOKEN.search(line, position):
        start, position = match.span()
        if match.lastgroup == "triple":
            end = line.find(match[0][-3:], position)
            position = len(line) if end < 0 else end + 3
            yield start, position - start, "k_str"
            continue
        colour = _colour(match, line)
        if colour:
            yield start, position - start, colour


def _colour(match: re.Match[str], line: str) -> str:
    kind, text = match.lastgroup, match[0]
    if kind != "name":
        return {"comment": "k_com", "string": "k_str", "number": "k_num", "decorator": "k_fn"}[
            str(kind)
        ]
    defined = _DEFINED.search(line, 0, match.start())
    if defined:
        return "k_cls" if defined[1] == "class" else "k_fn"
    if text in _KEYWORDS:
        return "k_key"
    return "k_fn" if _CALLED.match(line, match.end()) else ""


def plain_spans(line: str, inside: str = "") -> list[Span]:
    """Return the coloured parts of a line of requirements or Markdown: comments and headings."""
    del inside
    return [(0, len(line), "k_key" if " " in line[:4] else "k_com")] if line[:1] == "#" else []
