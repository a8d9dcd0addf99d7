"""The look as values: colours, fonts and measures come from the token table in assets/themes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase

TOKENS = Path(__file__).resolve().parents[2] / "assets" / "themes" / "tokens.json"
NAMES = ("dark", "light", "hc")
GLYPH_MIX = 0.62
"""Share of the category's colour in a header's glyph; the rest is text colour."""
CODE_FONT = "JetBrains Mono"
NO_FONT = ("Sans Serif", "Sans", "")
"""What a system says that has no UI font of its own; ``OWN_FONT`` is taken there."""
OWN_FONT = "Inter"


@cache
def tokens() -> dict[str, Any]:
    """Return the token table that ships with the application."""
    table: dict[str, Any] = json.loads(TOKENS.read_text(encoding="utf-8"))
    return table


class Theme:
    """One theme: ``theme["panel"]`` is a colour, ``theme.hex("panel")`` its text."""

    def __init__(
        self,
        name: str,
        colours: dict[str, QColor],
        mix_header: float,
        mix_far: float,
        runs: tuple[QColor, ...],
    ) -> None:
        # no dataclass: that module would be imported before the first paint for this one alone
        self.name, self.colours, self.runs = name, colours, runs
        self.mix_header, self.mix_far = mix_header, mix_far

    def __getitem__(self, token: str) -> QColor:
        return self.colours[token]

    def hex(self, token: str) -> str:
        """Return a colour as a style sheet says it."""
        return self.colours[token].name()

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than its ground."""
        return self["text"].lightness() > self["panel"].lightness()

    def header(self, family: str) -> QColor:
        """Return the tint of a node's header; family is ``layer``, ``act`` … as in the tokens."""
        return mixed(self[f"c_{family}"], self["node"], self.mix_header)

    def far(self, family: str) -> QColor:
        """Return the colour of a node's block in the far view."""
        return mixed(self[f"c_{family}"], self["node"], self.mix_far)

    def on_far(self, family: str) -> QColor:
        """Return the colour of a title on that block: text or canvas, what stands out more."""
        block = _light(self.far(family))
        return max((self["text"], self["canvas"]), key=lambda one: abs(_light(one) - block))

    def glyph(self, family: str) -> QColor:
        """Return the colour of the glyph in a node's header."""
        return mixed(self[f"c_{family}"], self["text"], GLYPH_MIX)

    def rank(self, rank: int | None) -> QColor:
        """Return the colour of a wire whose tensor has so many axes; None: not known."""
        return self["rx"] if rank is None else self[f"r{min(rank, 5)}"]


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour with ``share`` of one, the rest other, mixed in sRGB."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]  # a tuple
    return QColor(*(round(a * share + b * (1 - share)) for a, b in pairs))


@cache
def theme(name: str) -> Theme:
    """Return the theme with that name: ``dark``, ``light`` or ``hc`` (high contrast)."""
    table = tokens()
    values = table["themes"][name]
    colours = {key: QColor(value) for key, value in values.items() if isinstance(value, str)}
    runs = table["runs"].get(name, table["runs"]["dark"])
    return Theme(name, colours, values["mixh"], values["mixf"], tuple(map(QColor, runs)))


def measure(group: str, name: str) -> float:
    """Return a measure in pixels: ``measure("height", "row")``, ``measure("radius", "node")``."""
    return float(tokens()[group][name])


def text_font(style: str) -> QFont:
    """Return the font of a type style: title heading body node_title dense caption; code parameter
    shape are monospaced. Sizes are pixels at 96 dpi. It belongs to the caller, who may change it.
    """
    return QFont(_text_font(style))


@cache
def _text_font(style: str) -> QFont:
    size, _, weight = tokens()["type"][style]
    if weight == "mono":
        return code_font(size)
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    if font.family() in NO_FONT and OWN_FONT in QFontDatabase.families():
        font.setFamily(OWN_FONT)
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight(weight))
    return font


def code_font(pixels: float) -> QFont:
    """Return the monospaced font without ligatures: JetBrains Mono, else the system's.

    It belongs to the caller, as ``text_font`` does.
    """
    return QFont(_code_font(pixels))


@cache
def _code_font(pixels: float) -> QFont:
    if CODE_FONT in QFontDatabase.families():
        font = QFont(CODE_FONT)
    else:
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    font.setPointSizeF(pixels * 0.75)  # pixels may be halves; a point is 4/3 px at 96 dpi
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFeature(QFont.Tag("liga"), 0)
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def _light(colour: QColor) -> float:
    """Return how light a colour is to the eye, from 0 to 1: the lightness of CIE L*a*b*."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
              for c in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.16 * float(y ** (1 / 3)) - 0.16 if y > 0.008856 else 9.033 * float(y)
