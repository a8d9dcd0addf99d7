"""Axes with few round marks, in the type and colour of the theme, on plain or logarithmic scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg

from app.session.run_words import span_words
from graph_editor.canvas.theme import Theme, text_font

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
Ticks = list[tuple[float, list[float]]]


class PlotAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """One axis. What it spans is the logarithm to base 10 where ``log`` is set."""

    def __init__(self, side: str, apart: int) -> None:
        super().__init__(side)
        self.log = False
        self.seconds = False
        self._apart = apart
        """Pixels from mark to mark at least."""
        self.setStyle(tickLength=0, tickTextOffset=6, autoExpandTextSpace=False, showValues=True)
        self.setStyle(hideOverlappingLabels=False)
        self.setPen(None)
        self.enableAutoSIPrefix(False)

    def set_theme(self, look: Theme) -> None:
        """Take colour and font of a theme."""
        self.setTextPen(look["text3"])
        self.setTickFont(text_font("shape"))

    def set_scale(self, log: bool, seconds: bool = False) -> None:
        """Choose what the marks say."""
        if (log, seconds) != (self.log, self.seconds):
            self.log, self.seconds = log, seconds
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803  # pyqtgraph's names
        count = max(2, int(size // self._apart))
        ticks = log_marks(minVal, maxVal, count) if self.log else self._plain(minVal, maxVal, count)
        step = min((b - a for a, b in itertools.pairwise(ticks)), default=1.0)
        return [(step, ticks)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        del scale
        if self.log:
            return [log_text(value) for value in values]
        if self.seconds:
            return [span_words(value) for value in values]
        return [plain_text(value, spacing) for value in values]

    def drawPicture(self, p: Any, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:  # noqa: N803  # pyqtgraph's names
        del tickSpecs  # the grid marks the places
        super().drawPicture(p, axisSpec, [], textSpecs)

    def _plain(self, low: float, high: float, count: int) -> list[float]:
        if self.seconds and (high - low) / count > ROUND_SECONDS[0]:
            wished = (high - low) / count
            step = next((s for s in ROUND_SECONDS if s >= wished), ROUND_SECONDS[-1])
            return marks(low, high, step)
        return plain_marks(low, high, count)


def marks(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of a step within a range."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)][:1000]


def plain_marks(low: float, high: float, count: int) -> list[float]:
    """Return at most ``count`` round numbers within a range."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return []
    power = 10.0 ** math.floor(math.log10(span / count))
    step = next(k * power for k in ROUND if k * power >= span / count * (1 - 1e-9))
    return marks(low, high, step)


def log_marks(low: float, high: float, count: int) -> list[float]:
    """Return logarithms of 1 and 3 of each decade within a range, fewer where there is no room.

    Within less than half a decade, plain round numbers are marked.
    """
    if not high > low or not math.isfinite(high - low) or high > 300 or low < -300:
        return []
    if high - low < 0.7:
        plain = plain_marks(10**low, 10**high, count)
        return [math.log10(value) for value in plain if value > 0]
    decades = range(math.floor(low), math.ceil(high) + 1)
    every = math.ceil((high - low) / count)
    found = [float(k) for k in decades if k % every == 0]
    if every == 1 and 2 * (high - low) <= count:
        found += [k + math.log10(3) for k in decades]
    return sorted(value for value in found if low <= value <= high)


def log_text(value: float) -> str:
    """Return the number whose logarithm this is: ``0.03``, ``1``, ``1e-5``."""
    number = 10.0**value
    if 1e-3 <= number < 1e5:
        return f"{number:.3g}" if number < 1000 else f"{number:.0f}"
    mantissa, _, power = f"{number:.0e}".partition("e")
    return f"{mantissa}e{int(power)}"


def plain_text(value: float, spacing: float) -> str:
    """Return a number with as many decimals as the distance of the marks asks for."""
    if abs(value) < spacing * 1e-6:
        return "0"
    if max(abs(value), spacing) >= 1e6 or abs(spacing) < 1e-4:
        return f"{value:.2g}"
    if abs(value) >= 1e4 and spacing >= 1000:
        return f"{value / 1000:g}k"
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
    if round(spacing, decimals) != round(spacing, decimals + 1):
        decimals += 1  # steps of 0.25
    return f"{value:.{decimals}f}"
