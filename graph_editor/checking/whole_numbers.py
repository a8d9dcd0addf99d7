"""How far whole numbers go behind remainders, quotients, powers, a padding and a comparison.

All of it is worked out exactly, as torch has it: a quotient goes down to the next whole number, and
what is left of it is never negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeGuard

from graph_editor.checking.failure import Site
from graph_editor.checking.span import Span, has_lone_lowest, united_step
from graph_editor.document.model import Arg

_MOST = 4096
"""So many numbers are divided one by one at most."""
_LARGEST = {"int8": 2**7 - 1, "int16": 2**15 - 1, "int32": 2**31 - 1, "uint8": 2**8 - 1}
_EXACT = 2**53
"""Up to here ends are exact."""
_OPPOSITE = {
    "op.gt": "op.le",
    "op.le": "op.gt",
    "op.ge": "op.lt",
    "op.lt": "op.ge",
    "op.eq": "op.ne",
    "op.ne": "op.eq",
}
COMPARISONS = frozenset(_OPPOSITE)
PAD = "F.pad"


def are_whole(maker: Site) -> bool:
    """Whether whole numbers enter a node first."""
    arriving = maker.inputs.get("input")
    return arriving is not None and "int" in arriving.dtype


def is_changed(maker: Site) -> bool:
    """Whether a node makes other whole numbers of those that enter, by a number that is typed."""
    spec = maker.node.spec
    if not are_whole(maker):
        return False
    if spec == PAD:
        return _pads(maker) is not None
    number = maker.value("other")
    if spec not in _CHANGES or "other" in maker.sources or not _is_int(number):
        return False
    return number >= 0 if spec == "op.pow" else number > 0


def changed(maker: Site, span: Span) -> Span | None:
    """Return how far whole numbers go behind a node that changes them; None where not known."""
    if span.is_noise:
        return None
    number = maker.value("other")
    if maker.node.spec == PAD:
        found = _padded(maker, span)
    else:
        found = _CHANGES[maker.node.spec](span, number) if _is_int(number) else None
    if found is None:
        return None
    most = _LARGEST.get(maker.inputs["input"].dtype, _EXACT)
    least = 0 if maker.inputs["input"].dtype == "uint8" else -most
    return found if least <= found.low and found.high <= most else None


def _remainder(span: Span, number: int) -> Span | None:
    low, high = int(span.low), int(span.high)
    if low // number == high // number:
        return replace(span, low=low % number, high=high % number, is_alone=False)
    if span.step is None:
        return None
    apart, count = math.gcd(span.step, number), (high - low) // span.step + 1
    if count >= number // apart:
        low, high = low % apart, number - apart + low % apart
        return replace(span, low=low, high=high, step=apart, is_alone=False)
    if count > _MOST:
        return None
    left = [each % number for each in range(low, high + 1, span.step)]
    return replace(span, low=min(left), high=max(left), step=None, is_alone=False)


def _quotient(span: Span, number: int) -> Span:
    step = span.step
    if step is not None:
        is_all = step <= number
        step = 1 if is_all else None if step % number else step // number
    low, high = int(span.low) // number, int(span.high) // number
    return replace(span, low=low, high=high, step=step, is_alone=False)


def _power(span: Span, number: int) -> Span | None:
    if number == 1:
        return span
    if number == 0:
        return replace(span, low=1, high=1, step=1, is_alone=False)
    low, high = int(span.low), int(span.high)
    if max(abs(low), abs(high)) > 1 and number > _EXACT.bit_length():
        return None
    ends, is_sure = [low**number, high**number], span.is_sure
    if number % 2 == 0 and low < 0 < high:
        step = span.step
        above = None if step is None else low % step
        ends.append(0 if above is None or step is None else min(above, step - above) ** number)
        is_sure = is_sure and above is not None
    return replace(
        span, low=min(ends), high=max(ends), is_sure=is_sure, step=None, is_alone=False
    )  # fmt: skip


_CHANGES: dict[str, Callable[[Span, int], Span | None]] = {
    "op.mod": _remainder,
    "op.floordiv": _quotient,
    "op.pow": _power,
}
CHANGING = frozenset({*_CHANGES, PAD, "torch.clamp"})
"""Operations behind which whole numbers are not as they were given."""


def _pads(maker: Site) -> list[int] | None:
    """Return how many places are put to each end; None where that, or with what, is not known."""
    pads, value = maker.value("pad"), maker.value("value")
    counts = [each for each in pads if _is_int(each)] if isinstance(pads, tuple) else []
    is_known = isinstance(pads, tuple) and len(counts) == len(pads) > 0
    is_whole = value is None or (isinstance(value, int | float) and value == _whole(value))
    return counts if is_known and is_whole and 0 not in maker.inputs["input"].shape else None


def _padded(maker: Site, span: Span) -> Span | None:
    counts, value = _pads(maker), maker.value("value") or 0
    if counts is None or not isinstance(value, int | float):
        return None
    if min(counts) < 0:  # what is cut off may be the ends
        span = replace(span, is_sure=False)
    if maker.value("mode") != "constant" or max(counts) <= 0:
        return span
    parts = [span, replace(span, low=int(value), high=int(value), step=1, is_alone=False)]
    return joined(parts, span)


def joined(parts: list[Span], like: Span) -> Span:
    """Return how far numbers go that stand beside one another; else it is as another span."""
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    step, is_alone = united_step(parts), has_lone_lowest(parts)
    return replace(like, low=low, high=high, step=step, is_alone=is_alone)


def narrowed(span: Span, comparison: str, number: float, holds: bool) -> Span | None:
    """Return how far those numbers go of which a comparison holds, or does not.

    The ends of none are the wrong way round; None where it is not known which there are.
    """
    asked = comparison if holds else _OPPOSITE[comparison]
    low, high = span.low, span.high
    if asked in ("op.gt", "op.ge", "op.eq"):
        low = max(low, math.floor(number) + 1 if asked == "op.gt" else math.ceil(number))
    if asked in ("op.lt", "op.le", "op.eq"):
        high = min(high, math.ceil(number) - 1 if asked == "op.lt" else math.floor(number))
    if asked == "op.ne":
        low, high = low + (low == number), high - (high == number)
    if (low, high) == (span.low, span.high):
        return span
    if span.low == span.high:
        return replace(span, low=1, high=0)
    if span.step is None:
        return None
    low = span.low + math.ceil((low - span.low) / span.step) * span.step
    high = span.low + math.floor((high - span.low) / span.step) * span.step
    return replace(span, low=low, high=high, is_alone=False)


def _is_int(value: Arg) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None
