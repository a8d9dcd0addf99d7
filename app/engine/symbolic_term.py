"""A size that follows from a named one by multiplying, adding and dividing, rounded down."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

CHECKED = range(1000, 1128)
"""Values at which terms are compared: all rests of what small steps leave."""


@dataclass(frozen=True, slots=True)
class Term:
    """``factor * ⌊(times * name + offset) / divisor⌋ + more``."""

    name: str
    offset: int = 0
    divisor: int = 1
    factor: int = 1
    more: int = 0
    times: int = 1

    def text(self) -> str:
        """Return the term as it stands on a wire."""
        name = self.name if self.times == 1 else f"{self.times}*{self.name}"
        inner = _plus(name, self.offset)
        if self.divisor > 1:
            inner = f"({inner})/{self.divisor}" if self.offset else f"{inner}/{self.divisor}"
            inner = inner if self.factor == 1 else f"{self.factor}*({inner})"
        elif self.factor > 1:
            inner = f"{self.factor}*({inner})" if self.offset else f"{self.factor}*{inner}"
        return _plus(inner, self.more)

    def at(self, value: int) -> int:
        """Return the size where the name means a number."""
        inner = (self.times * value + self.offset) // self.divisor
        return self.factor * inner + self.more

    def equals(self, other: Term) -> bool:
        """Return whether two terms are the same size, however they are written."""
        return self.name == other.name and all(self.at(n) == other.at(n) for n in CHECKED)

    def stepped(self, offset: int, step: int, times: int = 1) -> Term | None:
        """Return ``⌊(times * this + offset) / step⌋``, where that is a term."""
        if step == 1:
            return self.scaled(times, offset)
        factor, more = times * self.factor, times * self.more + offset
        if self.divisor == 1:
            return _floored(self.name, factor * self.times, factor * self.offset + more, step)
        if factor == 1:
            offset = self.offset + more * self.divisor
            return _floored(self.name, self.times, offset, self.divisor * step)
        if factor % step == 0:
            factor, more = factor // step, more // step
            return Term(self.name, self.offset, self.divisor, 1, 0, self.times).scaled(factor, more)
        return None

    def scaled(self, factor: int, more: int) -> Term:
        """Return ``factor * this + more``."""
        if factor == 1 and self.factor == 1 and not self.more:
            offset = self.offset + more * self.divisor
            return Term(self.name, offset, self.divisor, times=self.times)
        scaled = (self.factor * factor, self.more * factor + more)
        return Term(self.name, self.offset, self.divisor, *scaled, self.times)


def _floored(name: str, times: int, offset: int, divisor: int) -> Term:
    """Return ``⌊(times * name + offset) / divisor⌋`` in its lowest terms."""
    part = gcd(times, divisor)
    return Term(name, offset // part, divisor // part, times=times // part)


def _plus(text: str, number: int) -> str:
    return text if not number else f"{text} {'+' if number > 0 else '-'} {abs(number)}"
