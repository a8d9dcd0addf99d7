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
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(font=font)
        ascent = _ascent(font)
        self.texts.append((QPointF(x, baseline - ascent), static, font, pen))


_ASCENTS: dict[str, float] = {}


def _ascent(font: QFont) -> float:
    key = font.key()
    if key not in _ASCENTS:
        _ASCENTS[key] = QFontMetricsF(font).ascent()
    return _ASCENTS[key]
