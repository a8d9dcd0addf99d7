"""Texts of an SVG that take the same room in every viewer, whatever fonts it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import unescape

from PySide6.QtGui import QFont, QFontMetricsF

from graph_editor.canvas.theme import code_font

TEXT = re.compile(
    r'<text (?P<before>[^>]*?)font-family="(?P<family>[^"]*)" font-size="(?P<size>[\d.]+)" '
    r'font-weight="(?P<weight>\d+)"(?P<after>[^>]*)>(?P<words>[^<]*)</text>'
)
END = "</text>"
PART = 500_000
"""Letters of an SVG that are looked through at once."""
PLAIN = "Helvetica, Arial, sans-serif"
MONO = "Menlo, Consolas, DejaVu Sans Mono, monospace"
"""What a viewer takes that has not the font of this system."""


def fixed_in_parts(svg: str) -> Iterator[str]:
    """Yield an SVG of Qt's with the width of each text, and with fonts that stand in for its own.

    ``textLength`` is SVG 1.1, 10.4: a viewer spreads the letters so that they are that wide. Each
    part ends behind a text.
    """
    start = 0
    while start < len(svg):
        found = svg.find(END, start + PART)
        end = len(svg) if found < 0 else found + len(END)
        yield TEXT.sub(_fixed, svg[start:end])
        start = end


def _fixed(found: re.Match[str]) -> str:
    family, size, weight = found["family"], float(found["size"]), found["weight"]
    words = unescape(found["words"], {"&quot;": '"', "&apos;": "'"})
    width = _metrics(family, size, int(weight)).horizontalAdvance(words)
    others = MONO if family == code_font(size).family() else PLAIN
    fixed = f' textLength="{width:.2f}" lengthAdjust="spacingAndGlyphs"' if len(words) > 1 else ""
    return (
        f'<text {found["before"]}font-family="{family}, {others}" font-size="{found["size"]}" '
        f'font-weight="{weight}"{found["after"].rstrip()}{fixed}>{found["words"]}</text>'
    )


def _metrics(family: str, size: float, weight: int) -> QFontMetricsF:
    font = QFont(code_font(size)) if family == code_font(size).family() else QFont(family)
    font.setPointSizeF(size * 0.75)
    font.setWeight(QFont.Weight(weight))
    return QFontMetricsF(font)
