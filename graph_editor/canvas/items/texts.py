"""The texts of a node, laid out once and painted often."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText


class Texts:
    """The texts of a card, laid out once: where each is, its font and its pen."""

    __slots__ = ("badges", "chip", "strike", "texts", "underline")

    def __init__(self) -> None:
        self.texts: list[tuple[QPointF, QStaticText, QFont, str]] = []
        self.badges: list[tuple[float, str, str]] = []
        self.chip: tuple[float, float] | None = None
        """Left edge and width of the plate behind ``×n``."""
        self.strike: tuple[float, float] | None = None
        self.underline: tuple[float, float] | None = None

    def add(self, x: float, baseline: float, text: str, font: QFont, pen: str) -> None:
        """Lay out a text with its baseline at a height."""
        key = font.key()  # it takes its time
        top = baseline - _ascent(font, key)
        self.texts.append((QPointF(x, top), laid_out(text, font, key), font, pen))


_LAID_OUT: dict[tuple[str, str], QStaticText] = {}
MOST = 20_000
"""Texts that are kept at most."""


def laid_out(text: str, font: QFont, font_key: str = "") -> QStaticText:
    """Return a text as it is painted; many nodes say the same, which is laid out once for all."""
    key = (text, font_key or font.key())
    found = _LAID_OUT.get(key)
    if found is None:
        if len(_LAID_OUT) > MOST:
            _LAID_OUT.clear()
        found = _LAID_OUT[key] = QStaticText(text)
        found.setTextFormat(Qt.TextFormat.PlainText)
        found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        found.prepare(font=font)
    return found


_ASCENTS: dict[str, float] = {}


def _ascent(font: QFont, key: str) -> float:
    if key not in _ASCENTS:
        _ASCENTS[key] = QFontMetricsF(font).ascent()
    return _ASCENTS[key]
