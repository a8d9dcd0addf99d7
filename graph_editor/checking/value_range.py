"""How far the values on a wire go, as far as data, noise and simple functions alone decide it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from graph_editor.catalogue.spec import PortType
from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.walk import RESHAPES, first_port, source_of
from graph_editor.document.model import Arg, Expr, Name

MADE_UP = "data.random"
DOUBT = 1e-6
"""The chance that is taken for none: that so many normal numbers all stay below some end."""
_LONGEST = 64
"""So many nodes are walked back at most."""


@dataclass(frozen=True, slots=True)
class Span:
    """Ends that values are certain to come to; those of noise go on beyond them."""

    low: float
    high: float
    source: Source
    """Where they come from."""
    is_noise: bool = False


Map = Callable[[float], float]
_KEEPING = RESHAPES | {
    "nn.Identity",
    *(f"Tensor.{name}" for name in ("detach", "contiguous", "float", "long")),
}
_WIDE = tuple(map(Name, ("float32", "float64", "int64", "int32")))
_RISING: dict[str, Map] = {
    **dict.fromkeys(("nn.ReLU", "torch.relu", "F.relu"), lambda value: max(value, 0.0)),
    **dict.fromkeys(("nn.Sigmoid", "torch.sigmoid"), lambda value: (1 + math.tanh(value / 2)) / 2),
    **dict.fromkeys(("nn.Tanh", "torch.tanh"), math.tanh),
    "torch.sign": lambda value: float((value > 0) - (value < 0)),
}
"""Functions that never fall, so that ends go to ends."""
_SHIFTS: dict[str, Callable[[float, float], float]] = {
    "op.add": lambda value, number: value + number,
    "op.sub": lambda value, number: value - number,
    "op.mul": lambda value, number: value * number,
    "op.truediv": lambda value, number: value / number,
}
"""Operators on a tensor and one number that is typed."""
_SHARES = frozenset({"nn.Softmax", "nn.Softmax2d", "F.softmax", "torch.softmax", "torch.rand"})
"""Specs whose values lie between 0 and 1, whatever goes in."""
_NORMAL = ("torch.randn", "torch.randn_like")


def span_at(site: Site, port: str, context: Context) -> Span | None:
    """Return the ends of what arrives at a port; None where they are not known.

    Only ends that some value of an epoch is certain to come to, or near to, are told.
    """
    passed: list[Site] = []
    source = source_of(site, port, context)
    while source is not None and len(passed) < _LONGEST:
        begun = _begun(source, context)
        if begun is not None:
            return _through(passed, begun)
        maker = context.sites.get(source.address)
        if maker is None or not _is_followed(maker):
            return None
        passed.append(maker)
        source = source_of(maker, first_port(maker), context)
    return None


def _begun(source: Source, context: Context) -> Span | None:
    """Return the ends of what a node gives that makes values of its own."""
    maker = context.sites.get(source.address)
    facts = context.facts.get(source.key)
    if maker is None:
        return None
    if facts is not None:
        return _given(maker, facts, source)
    if maker.node.spec in _NORMAL:
        made = context.types.get(source.key)
        sizes = made.shape if made is not None else ()
        return _noise(math.prod(n for n in sizes if isinstance(n, int)), source)
    return Span(0.0, 1.0, source) if maker.node.spec in _SHARES else None


def _given(maker: Site, facts: PortType, source: Source) -> Span | None:
    if facts.low is not None and facts.high is not None:
        return Span(facts.low, facts.high, source)
    if maker.node.spec != MADE_UP or "float" not in facts.dtype:
        return None
    samples = maker.node.args.get("samples", maker.value("samples"))
    sizes = facts.shape[1:]
    numbers = [n for n in (samples, *sizes) if isinstance(n, int)]
    return _noise(math.prod(numbers) if len(numbers) > len(sizes) else 0, source)


def _noise(count: int, source: Source) -> Span:
    """Return the ends that so many normal numbers are certain to go beyond, on either side."""
    reach = NormalDist().inv_cdf(DOUBT ** (1 / count)) if count > 0 else 0.0
    return Span(-max(reach, 0.0), max(reach, 0.0), source, is_noise=True)


def _is_followed(maker: Site) -> bool:
    spec = maker.node.spec
    if spec in _SHIFTS:
        return "other" not in maker.sources and _number(maker.value("other")) is not None
    if spec == "Tensor.to":
        return maker.value("dtype") in _WIDE
    return spec in _KEEPING or spec in _RISING or spec in ("torch.clamp", "torch.abs", "op.neg")


def _through(passed: list[Site], span: Span) -> Span | None:
    """Return the ends after what was walked past, the last of which comes first."""
    low, high = span.low, span.high
    for maker in reversed(passed):
        ends = _after(maker, low, high)
        if ends is None or any(map(math.isnan, ends)):
            return None
        low, high = ends
    return Span(low, high, span.source, span.is_noise)


def _after(maker: Site, low: float, high: float) -> tuple[float, float] | None:
    spec = maker.node.spec
    if spec in _RISING:
        return _RISING[spec](low), _RISING[spec](high)
    if spec == "torch.abs":
        return (0.0 if low < 0 < high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if spec == "op.neg":
        return -high, -low
    if spec == "torch.clamp":
        return _clamped(maker, low, high)
    if spec in _SHIFTS:
        number = _number(maker.value("other"))
        if number is None or (number == 0 and spec in ("op.mul", "op.truediv")):
            return None
        ends = [_SHIFTS[spec](end, number) for end in (low, high)]
        return min(ends), max(ends)
    return low, high


def _clamped(maker: Site, low: float, high: float) -> tuple[float, float] | None:
    bounds = [maker.value(name) for name in ("min", "max")]
    if any(bound is not None and _number(bound) is None for bound in bounds):
        return None
    least, most = map(_number, bounds)
    low, high = (max(end, least) if least is not None else end for end in (low, high))
    low, high = (min(end, most) if most is not None else end for end in (low, high))
    return low, high


def _number(value: Arg) -> float | None:
    if isinstance(value, bool | Expr) or not isinstance(value, int | float):
        return None
    return float(value)
