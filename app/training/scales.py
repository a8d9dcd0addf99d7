"""Axes of a plot: which numbers to mark, how to write them, and where they lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
DECADES = 1e6
"""Most of a range that a logarithmic axis shows; what is smaller, zero too, lies on its floor."""
LOG_FROM = 50.0
"""Ratio of largest to smallest value from which a logarithmic axis reads better."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values laid on a range of pixels."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the pixel of a value; what lies outside is put on the border."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def ticks(self, about: int) -> list[float]:
        """Return round values within the range, close to ``about`` in number."""
        return log_ticks(self.low, self.high) if self.log else ticks(self.low, self.high, about)


def fitted(values: Iterable[float], start: float, end: float, *, may_log: bool) -> Scale:
    """Return a scale that shows all values with a little air around them."""
    found = [value for value in values if math.isfinite(value)]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    least = max(min((v for v in found if v > 0), default=high), high / DECADES)
    if may_log and low >= 0 < high and high / least >= LOG_FROM:
        return Scale(least / 1.2, min(high * 1.2, 1.7e308), start, end, log=True)
    span = high - low
    air = span * 0.06 if math.isfinite(span) and span > abs(high) * 1e-9 else abs(high) * 0.1 or 0.5
    floor = low - air
    return Scale(0.0 if floor < 0 <= low else floor, high + air, start, end)


def ticks(low: float, high: float, about: int) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten between low and high, at least two.

    Only of a range that is empty, endless or finer than the numbers themselves there is one.
    """
    if not math.isfinite(high - low) or high <= low:
        return [low]
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 1e-300 else 0.0
    steps = [k * power for k in (10, 5, 2, 1, 0.5)]
    fit = next((n for n, step in enumerate(steps[1:]) if step < rough), 0)
    for step in steps[fit:]:
        if step == 0.0 or max(abs(low), abs(high)) / step > 1e12:
            return [low]
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            return [k * step for k in range(first, last + 1)]
    return [low]


def log_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten between low and high, with 2 and 5 between where there is room."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, (last - first) // 8)
    parts = (1, 2, 5) if last - first <= 3 else (1,)
    found = [k * 10.0**p for p in range(first, last + 1, every) for k in parts]
    return [value for value in found if low <= value <= high]


def labels(values: Sequence[float]) -> list[str]:
    """Write the numbers of an axis shortly, but so that no two read the same."""
    shown = [number(value) for value in values]
    for digits in range(7, 18):
        if len(set(shown)) == len(shown):
            break
        shown = [number(value, digits) for value in values]
    return shown


def number(value: float, digits: int = 0) -> str:
    """Write a number shortly, or with so many digits, with a real minus sign."""
    plain = 1e-4 <= abs(value) < 1e6 or value == 0
    text = f"{value:.{digits or (6 if plain else 3)}g}"
    return text.replace("-", "−").replace("e+0", "e").replace("e−0", "e−").replace("e+", "e")


def thinned(points: Sequence[Point], columns: int) -> list[Point]:
    """Keep the lowest and highest point of each of so many columns, so that no peak is lost."""
    if len(points) <= 2 * columns:
        return list(points)
    kept: list[Point] = []
    for column in range(columns):
        part = points[column * len(points) // columns : (column + 1) * len(points) // columns]
        ends = {min(part, key=_height), max(part, key=_height)}
        kept += sorted(ends)
    return kept


def _height(point: Point) -> float:
    return point[1]
