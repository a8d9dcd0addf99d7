"""How each size of a result follows from one of the input, for what rounds down on its way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, Name, Slice

_SLIDING = {
    f"nn.{name}{n}d": n for name in ("Conv", "MaxPool", "AvgPool", "LPPool") for n in (1, 2, 3)
}
_RESIZED = ("nn.Upsample", "nn.UpsamplingNearest2d", "nn.UpsamplingBilinear2d", "F.interpolate")
_OTHERWISE = ("nn.FractionalMaxPool2d", "nn.FractionalMaxPool3d", "torch.split")
"""Specs that round down in ways that are no term."""
LARGEST_PART = 64
LARGEST_SIZE = 4096
"""Sizes up to which a scale such as 0.3 has to round as the fraction does."""


@dataclass(frozen=True, slots=True)
class Floor:
    """``⌊(times * size + offset) / step⌋``; ``least`` is the smallest size that it holds of."""

    times: int = 1
    offset: int = 0
    step: int = 1
    least: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """An axis of the input and one of the result, counted from the end, and what is between them.

    Floor: that and nothing else. None: any line may lead from one to the other. A number: it is
    that for sizes from there on. ``UNKNOWN_STEP``: it rounds, and nobody knows how.
    """

    given: int
    made: int
    floor: Floor | int | str | None = None


UNKNOWN_STEP = "?"


def links(spec: Spec, args: Mapping[str, Arg], port: str, given: int, made: int) -> Iterator[Link]:
    """Yield how the sizes of a result follow from those of the first input, by their ranks."""
    if spec.name == "op.getitem":
        yield from _slices(args.get("index"), given, made)
        return
    for axis in range(-min(given, made), 0):
        yield Link(axis, axis, _floor(spec, args, port, axis, given))


def _floor(
    spec: Spec, args: Mapping[str, Arg], port: str, axis: int, rank: int
) -> Floor | str | None:
    if spec.name in _SLIDING:
        return _sliding(spec, args, axis, _SLIDING[spec.name])
    if spec.name in _RESIZED:
        return _resized(args.get("scale_factor"), axis, rank) if axis >= 2 - rank else None
    if spec.name == "nn.PixelUnshuffle":
        step = args.get("downscale_factor")
        return Floor(step=step) if isinstance(step, int) and step > 0 and axis >= -2 else None
    if spec.name == "torch.chunk":
        return _share(args, port, axis, rank)
    return UNKNOWN_STEP if spec.name in _OTHERWISE else None


def _resized(scale: Arg, axis: int, rank: int) -> Floor | str | None:
    if isinstance(scale, tuple):
        scale = scale[axis] if len(scale) == rank - 2 else None
    if scale is None:
        return None  # a size is given: it is that
    part = _fraction(float(scale)) if isinstance(scale, int | float) else None
    return Floor(part.numerator, 0, part.denominator) if part else UNKNOWN_STEP


@lru_cache(maxsize=256)
def _fraction(scale: float) -> Fraction | None:
    """Return the fraction that rounds as torch does, which multiplies and rounds down."""
    if not (math.isfinite(scale) and scale > 0):
        return None
    part = Fraction(scale).limit_denominator(LARGEST_PART)
    sizes = range(1, LARGEST_SIZE)
    alike = all(int(n * scale) == n * part.numerator // part.denominator for n in sizes)
    return part if part and alike else None


def _share(args: Mapping[str, Arg], port: str, axis: int, rank: int) -> Floor | str | None:
    """Return the length of a part: all are as long as the first, but the last is what is left."""
    dim, count = args.get("dim", 0), args.get("chunks")
    if not (isinstance(dim, int) and isinstance(count, int) and count > 0):
        return UNKNOWN_STEP
    if axis != (dim if dim < 0 else dim - rank):
        return None
    place = int(port.partition("[")[2].rstrip("]") or 0)
    if place < count - 1 or count == 1:
        least = 0 if place == 0 else (place + 1) * (count - 1) // max(1, count - place - 1) + 1
        return Floor(1, count - 1, count, least)
    return Floor(step=2) if count == 2 else UNKNOWN_STEP


def _slices(index: Arg, given: int, made: int) -> Iterator[Link]:
    """Yield the axes that slices leave; nothing where an index is none of numbers and slices."""
    items = index if isinstance(index, tuple) else (index,)
    whole = Slice()
    taken = sum(1 for item in items if isinstance(item, Slice) or _is_number(item))
    found: list[Slice | int | None] = []
    for item in items:
        if isinstance(item, Name) and item.text == "...":
            found += [whole] * (given - taken)
        elif isinstance(item, Slice) or item is None or _is_number(item):
            found.append(item)  # type: ignore[arg-type]  # what was asked for
        else:
            return
    place, at = 0, 0
    found += [whole] * (given - sum(1 for item in found if item is not None))
    for item in found:
        if isinstance(item, Slice):
            yield Link(place - given, at - made, _sliced(item))
        place += item is not None
        at += not _is_number(item)


def _is_number(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _sliced(part: Slice) -> Floor | int | str | None:
    start, stop, step = part.start or 0, part.stop, 1 if part.step is None else part.step
    if not (_is_number(start) and _is_number(step) and (stop is None or _is_number(stop))):
        return UNKNOWN_STEP
    assert isinstance(start, int)
    assert isinstance(step, int)
    assert stop is None or isinstance(stop, int)
    if step < 1:
        return UNKNOWN_STEP
    if start >= 0 and (stop is None or stop < 0):
        end = stop or 0
        least = max(0, start - end)
        return (
            Floor(1, end - start + step - 1, step, least)
            if (start, end, step) != (0, 0, 1)
            else None
        )
    if start < 0 and (stop is None or stop < 0):
        return max(-start, -(stop or 0))
    return max(stop, 0) if start >= 0 and stop is not None else UNKNOWN_STEP


def _sliding(spec: Spec, args: Mapping[str, Arg], axis: int, count: int) -> Floor | str | None:
    """Return the step of a window, by the formula of torch's documentation of Conv2d, MaxPool2d."""
    if axis < -count:
        return None

    def along(name: str, absent: int | None) -> int | None:
        argument = spec.argument(name)
        value = args.get(name, argument.default if argument else None)
        if isinstance(value, tuple) and len(value) == count:
            value = value[axis]
        return value if isinstance(value, int) else absent if value is None else None

    kernel = along("kernel_size", None)
    step = along("stride", kernel)
    padding, dilation = along("padding", 0), along("dilation", 1)
    if args.get("padding") == "same":
        return None  # as long as before
    if args.get("padding") == "valid":
        padding = 0
    if kernel is None or padding is None or dilation is None or not step or step < 1:
        return UNKNOWN_STEP
    reach, up = dilation * (kernel - 1) + 1, 0
    if args.get("ceil_mode") is True:
        if step + padding > reach:
            return UNKNOWN_STEP  # a last window that would begin in the padding is left out
        up = step - 1
    return Floor(1, 2 * padding - reach + step + up, step)
