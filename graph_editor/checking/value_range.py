"""How far the values on a wire go, as far as data, noise and simple functions alone decide it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist

from graph_editor.catalogue.spec import PortType
from graph_editor.checking.by_chance import chosen_by_chance
from graph_editor.checking.counted import BY_CHANCE, COUNTED, DOUBT, are_all_whole, typed
from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.fixed_numbers import fixed_ends
from graph_editor.checking.handed_on import (
    are_all_there,
    constant,
    is_moved,
    is_picked,
    joined_ports,
)
from graph_editor.checking.readers import is_written_over
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import RESHAPES, first_port, site_before, source_of
from graph_editor.checking.whole_numbers import (
    CHANGING,
    COMPARISONS,
    are_whole,
    changed,
    is_changed,
    joined,
    narrowed,
)
from graph_editor.document.model import Name

MADE_UP = "data.random"
_LONGEST = 64
"""So many nodes are walked back at most."""
_FEW = 8
"""So many, to find places that are counted."""


Map = Callable[[float], float]
_KEEPING = RESHAPES | {
    "nn.Identity",
    *(f"Tensor.{name}" for name in ("detach", "contiguous", "float")),
}
_WIDE = tuple(map(Name, ("float32", "float64", "int64", "int32")))
_RISING: dict[str, Map] = {
    **dict.fromkeys(("nn.ReLU", "torch.relu", "F.relu"), lambda value: max(value, 0.0)),
    **dict.fromkeys(("nn.Sigmoid", "torch.sigmoid"), lambda value: (1 + math.tanh(value / 2)) / 2),
    **dict.fromkeys(("nn.Tanh", "torch.tanh"), math.tanh),
    "Tensor.long": math.trunc,
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
MOVING = frozenset(_SHIFTS)
_SHARES = frozenset({"nn.Softmax", "nn.Softmax2d", "F.softmax", "torch.softmax", "torch.rand"})
"""Specs whose values lie between 0 and 1, whatever goes in."""
_REPLACING = {
    "torch.where": ("condition", {"input": True, "other": False}),
    "Tensor.masked_fill": ("mask", {"input": False, "value": True}),
}
"""Specs that replace values: the port of what is asked, and which part stands where it holds."""
_NORMAL = ("torch.randn", "torch.randn_like")


def span_at(site: Site, port: str, context: Context) -> Span | None:
    """Return the ends of what arrives at a port; None where they are not known.

    Only ends that some value of an epoch is certain to come to, or near to, are told.
    """
    span = _followed(site, port, context)
    return span if span is not None and span.is_sure else None


def whole_span_at(site: Site, port: str, context: Context) -> Span | None:
    """Return how far the whole numbers at a port go, be it certain or not; None if not known."""
    arriving = site.inputs.get(port)
    if arriving is None or "int" not in arriving.dtype:
        return None
    span = _followed(site, port, context)
    maker = context.sites.get(span.source.address) if span is not None else None
    if maker is not None and maker.node.spec in _SHARES:
        return None  # they come near to 1, and whole they are 0
    return span


def _followed(site: Site, port: str, context: Context) -> Span | None:
    if is_written_over(site, port, context):
        return None
    source = source_of(site, port, context)
    span = _from(source, context, _LONGEST)
    if source is None or (span is not None and _is_followed_back(span, source, context)):
        return span
    ends = fixed_ends(site, port, context)
    return span if ends is None else Span(*ends, source, is_fixed=True)


def _is_followed_back(span: Span, source: Source, context: Context) -> bool:
    """Whether what the ends come from is told, so that it need not be worked out."""
    if span.source.key in context.facts or span.is_noise:
        return True
    moved = any(maker.node.spec in MOVING for maker in span.moved)
    return span.is_sure and (moved or span.source == source)


def _from(source: Source | None, context: Context, left: int) -> Span | None:
    passed: list[Site] = []
    picked = False
    while source is not None and len(passed) < left:
        begun = _begun(source, context)
        if begun is not None:
            left_over = _some_of(begun, context) if picked else begun
            return None if left_over is None else _through(passed, left_over)
        maker = context.sites.get(source.address)
        if maker is None or not is_run(maker, context):
            return None
        if joined_ports(maker):
            joined = _joined(maker, picked, context, left - len(passed) - 1)
            return None if joined is None else _through(passed, joined)
        room = left - len(passed) - 1
        mixed = _mixed(maker, context, room) or _replaced(maker, context, room)
        if mixed is not None:
            return _through(passed, mixed)
        picks = is_picked(maker, source, context)
        if not (picks or is_moved(maker, source) or _is_followed(maker)):
            return None
        picked = picked or picks
        passed.append(maker)
        source = source_of(maker, first_port(maker), context)
    return None


def _some_of(span: Span, context: Context) -> Span | None:
    """Return how far some of the numbers go that a node makes; None where ends may be left out."""
    if span.is_noise:
        return None
    if span.source.key in context.facts:
        return span
    maker = context.sites.get(span.source.address)
    is_chance = maker is not None and maker.node.spec in BY_CHANCE
    return replace(span, is_sure=False) if is_chance else None


def _joined(maker: Site, picked: bool, context: Context, left: int) -> Span | None:
    """Return how far the values of several go that are put together, if that is known of each."""
    if picked or maker.node.repeat is not None or not are_all_there(maker):
        return None
    found = [_from(source_of(maker, p, context), context, left) for p in joined_ports(maker)]
    known = [span for span in found if span is not None]
    if not known or len(known) < len(found):
        return None
    farthest = max(known, key=lambda s: (s.is_noise, max(abs(s.low), abs(s.high))))
    moved = farthest.moved if sum(bool(span.moved) for span in known) == 1 else ()
    is_sure, is_noise = all(s.is_sure for s in known), any(s.is_noise for s in known)
    return joined(known, Span(0.0, 0.0, farthest.source, is_noise, is_sure, moved))


def _mixed(maker: Site, context: Context, left: int) -> Span | None:
    """Return how far whole numbers may go that chance chooses, or that places are added to."""
    made = context.types.get(f"{maker.address}.output")
    if maker.node.repeat is not None or left < 1 or made is None or "int" not in made.dtype:
        return None
    if maker.node.spec == "op.add":
        return _counted_on(maker, context, left)
    chosen = chosen_by_chance(maker, context) or ()
    ends = [_end(maker, part, context, left // 2) for part in chosen]
    known = [span for span in ends if span is not None]
    told = [span.source for span in known if context.facts.get(span.source.key) is not None]
    if not told or len(known) < len(ends):
        return None
    is_noise = any(span.is_noise for span in known)
    return joined(known, Span(0.0, 0.0, told[0], is_noise, False, (maker,)))


def _replaced(maker: Site, context: Context, left: int) -> Span | None:
    """Return how far whole numbers may go some of which a typed number replaces, or a constant.

    Which ones a comparison of themselves with a number says.
    """
    mask, sides = _REPLACING.get(maker.node.spec, ("", {}))
    made = context.types.get(f"{maker.address}.output")
    is_whole = made is not None and "int" in made.dtype
    by = site_before(maker, mask, context) if mask and is_whole else None
    number = typed(by.value("other")) if by is not None and "other" not in by.sources else None
    if by is None or number is None or by.node.spec not in COMPARISONS or left < 1:
        return None
    if maker.node.repeat is not None or by.node.repeat is not None or not is_run(by, context):
        return None
    asked, known, kept = source_of(by, "input", context), list[Span](), None
    for port, holds in sides.items():
        part = _end(maker, port, context, left // 2)
        if part is not None and asked is not None and source_of(maker, port, context) == asked:
            kept = part
            part = None if part.is_noise else narrowed(part, by.node.spec, number, holds)
        elif part is not None and part.low < part.high:
            return None  # the comparison says nothing of these
        if part is None:
            return None
        known += [part] if part.low <= part.high else []
    if kept is None or not known:
        return None
    return joined(known, Span(0.0, 0.0, kept.source, is_sure=False, moved=(maker,)))


def _end(maker: Site, part: str | float, context: Context, left: int) -> Span | None:
    """Return the ends of what arrives at a port, or of a number itself."""
    here = Source(maker.address, "output")
    if not isinstance(part, str):
        return Span(part, part, here, step=1)
    source, number = source_of(maker, part, context), typed(maker.value(part))
    if source is None:
        return None if number is None else Span(number, number, here, step=1)
    filled = constant(context.sites.get(source.address))
    return _from(source, context, left) if filled is None else Span(filled, filled, source, step=1)


def _counted_on(maker: Site, context: Context, left: int) -> Span | None:
    """Return how far whole numbers of a source may go that places are added to."""
    for given, places in (("input", "other"), ("other", "input")):
        if not _are_counted(maker, places, context):
            continue
        ends = [_from(source_of(maker, p, context), context, left // 2) for p in (given, places)]
        one, other = ends
        if one and other and context.facts.get(one.source.key) is not None:
            low, high = one.low + other.low, one.high + other.high
            return Span(low, high, one.source, is_sure=False, moved=(maker,))
    return None


def _are_counted(maker: Site, port: str, context: Context) -> bool:
    """Whether places are counted before a port, and moved by typed numbers at most."""
    current = site_before(maker, port, context)
    for _ in range(_FEW):
        if current is None or current.node.spec == "torch.arange":
            break
        if not _is_followed(current):
            return False
        current = site_before(current, first_port(current), context)
    return current is not None and current.node.spec == "torch.arange"


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
    if maker.node.spec in _SHARES:
        return Span(0.0, 1.0, source)
    counted = COUNTED.get(maker.node.spec)
    return counted(maker, source, context) if counted is not None else None


def _given(maker: Site, facts: PortType, source: Source) -> Span | None:
    if facts.low is not None and facts.high is not None:
        is_whole = "int" in facts.dtype and are_all_whole(facts.low, facts.high)
        return Span(facts.low, facts.high, source, step=1 if is_whole else None)
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
    if maker.node.repeat is not None:
        return False
    if spec in _SHIFTS:
        return "other" not in maker.sources and typed(maker.value("other")) is not None
    if spec == "Tensor.to":
        return maker.value("dtype") in _WIDE
    is_kept = spec in _KEEPING or spec in _RISING or is_changed(maker)
    return is_kept or spec in ("torch.clamp", "torch.abs", "op.neg")


def _through(passed: list[Site], span: Span) -> Span | None:
    """Return the ends after what was walked past, the last of which comes first."""
    for maker in reversed(passed):
        after = changed(maker, span) if is_changed(maker) else _moved(maker, span)
        if after is None:
            return None
        spec = maker.node.spec
        tells = spec in _SHIFTS or (spec in CHANGING and are_whole(maker))
        span = replace(after, moved=(maker, *span.moved)) if tells else after
    return span


def _moved(maker: Site, span: Span) -> Span | None:
    ends = _after(maker, span.low, span.high)
    if ends is None or any(map(math.isnan, ends)):
        return None
    if ends == (span.low, span.high) and maker.node.spec != "op.mul":
        return span
    step = _step_after(maker, span.step, ends) if span.step is not None else None
    return replace(span, low=ends[0], high=ends[1], step=step, is_alone=False)


def _step_after(maker: Site, step: int, ends: tuple[float, float]) -> int | None:
    """Return how far apart whole numbers lie that were moved, stretched or cut off."""
    spec, number = maker.node.spec, typed(maker.value("other"))
    if not are_all_whole(*ends):
        return None
    if spec in ("op.add", "op.sub", "op.neg"):
        return step
    if spec == "op.mul":
        return int(step * abs(number)) if number and are_all_whole(number) else None
    is_cut = spec in ("torch.clamp", "torch.abs") or "relu" in spec.lower()
    return 1 if is_cut and step == 1 else None


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
    if spec == "Tensor.to" and str(maker.value("dtype")).count("int"):
        return math.trunc(low), math.trunc(high)
    if spec in _SHIFTS:
        number = typed(maker.value("other"))
        if number is None or (number == 0 and spec in ("op.mul", "op.truediv")):
            return None
        ends = [_SHIFTS[spec](end, number) for end in (low, high)]
        return min(ends), max(ends)
    return low, high


def _clamped(maker: Site, low: float, high: float) -> tuple[float, float] | None:
    bounds = [maker.value(name) for name in ("min", "max")]
    if any(bound is not None and typed(bound) is None for bound in bounds):
        return None
    least, most = map(typed, bounds)
    low, high = (max(end, least) if least is not None else end for end in (low, high))
    low, high = (min(end, most) if most is not None else end for end in (low, high))
    return low, high
