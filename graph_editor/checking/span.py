"""How far the values on a wire go, and how far those of several go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph_editor.checking.failure import Site, Source


@dataclass(frozen=True, slots=True)
class Span:
    """Ends that values are certain to come to; those of noise go on beyond them."""

    low: float
    high: float
    source: Source
    """Where they come from."""
    is_noise: bool = False
    is_sure: bool = True
    """Whether they are certain to be come to; else values may go as far."""
    moved: tuple[Site, ...] = ()
    """The operators with a typed number that were walked past, the last of them first."""
    is_fixed: bool = False
    """Whether the drawing alone decides the values, whatever it is trained with."""
    step: int | None = None
    """How far apart the whole numbers between the ends lie, where none of them is left out."""
    is_alone: bool = False
    """Whether only the lowest is negative, and was put beside the others."""


def united_step(spans: Sequence[Span]) -> int | None:
    """Return how far apart the numbers of several lie, where they are one row without a gap."""
    first, *others = sorted(spans, key=lambda span: span.low)
    steps = {span.step for span in spans if span.low < span.high} or {1}
    step = steps.pop()
    if step is None or steps:
        return None
    reached = first.high
    for span in others:
        if span.low > reached + step or (span.low - first.low) % step:
            return None
        reached = max(reached, span.high)
    return step


def has_lone_lowest(spans: Sequence[Span]) -> bool:
    """Whether one number, and no other of those of several, is negative."""
    first, *others = sorted(spans, key=lambda span: span.low)
    is_one = first.low == first.high or first.is_alone
    return first.low < 0 and is_one and all(span.low >= 0 for span in others)
