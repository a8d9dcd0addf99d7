"""Numbers that a node makes of its own: places, counts, an order, what is drawn or filled in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.span import Span
from graph_editor.checking.walk import AS_THEY_STAND, chain_before
from graph_editor.document.model import Arg, Expr

DOUBT = 1e-6
"""The chance that is taken for none: that so many normal numbers all stay below some end."""


def typed(value: Arg) -> float | None:
    """Return a number that is typed for an argument, if it is one."""
    if isinstance(value, bool | Expr) or not isinstance(value, int | float):
        return None
    return float(value)


def are_all_whole(*numbers: float) -> bool:
    """Whether numbers have no fraction."""
    return all(number.is_integer() for number in map(float, numbers))


def _of_arange(maker: Site, source: Source, context: Context) -> Span | None:
    made = context.types.get(source.key)
    count = made.shape[0] if made is not None and made.shape else None
    if count == "B" and context.batch is not None:
        count = context.batch  # the first batch is a whole one
    start, step = (typed(maker.value(name)) for name in ("start", "step"))
    if count is None or start is None or step is None:
        return None
    if not isinstance(count, int):  # it has a name, and the first number is there at least
        return Span(start, start, source) if step > 0 else None
    if count < 1:
        return None
    ends = (start, start + step * (count - 1))
    apart = int(abs(step)) if are_all_whole(start, step) else None
    return Span(min(ends), max(ends), source, step=apart)


def _of_randint(maker: Site, source: Source, context: Context) -> Span | None:
    low, high = (typed(maker.value(name)) for name in ("low", "high"))
    made = context.types.get(source.key)
    if low is None or high is None or high <= low:
        return None
    count = math.prod(n for n in made.shape if isinstance(n, int)) if made is not None else 0
    is_sure = (1 - 1 / (high - low)) ** count < DOUBT
    return Span(low, high - 1, source, is_sure=is_sure, step=1)


def _of_argmax(maker: Site, source: Source, _: Context) -> Span | None:
    given, axis = maker.symbolic.get("input") or maker.inputs.get("input"), maker.value("dim")
    if (
        given is None
        or not isinstance(axis, int)
        or not -len(given.shape) <= axis < len(given.shape)
    ):
        return None
    size = given.shape[axis]
    return Span(0.0, size - 1.0, source, is_sure=False, step=1) if isinstance(size, int) else None


def _of_order(maker: Site, source: Source, context: Context) -> Span | None:
    """Return the places that a sort or a topk names: all of an axis, or some of them."""
    if source.port != ("output" if maker.node.spec == "torch.argsort" else "indices"):
        return None
    found = _of_argmax(maker, source, context)
    given, wanted = maker.inputs.get("input"), maker.value("k")
    if found is None or given is None or 0 in given.shape:
        return None
    is_whole = maker.node.spec != "torch.topk" or wanted == found.high + 1
    return replace(found, is_sure=is_whole)


def _of_full(maker: Site, source: Source, _: Context) -> Span | None:
    value = typed(maker.value("fill_value"))
    return None if value is None else Span(value, value, source)


def _of_cumsum(maker: Site, source: Source, context: Context) -> Span | None:
    """Return how many of the truths along an axis may hold."""
    *_, truths = (None, *chain_before(maker, "input", context, AS_THEY_STAND))
    made = context.types.get(f"{truths.address}.output") if truths is not None else None
    if made is None or made.dtype != "bool":
        return None
    found = _of_argmax(maker, source, context)
    return None if found is None else replace(found, high=found.high + 1)


COUNTED: dict[str, Callable[[Site, Source, Context], Span | None]] = {
    "torch.arange": _of_arange,
    "torch.randint": _of_randint,
    "torch.argmax": _of_argmax,
    "torch.argmin": _of_argmax,
    **dict.fromkeys(("torch.argsort", "torch.sort", "torch.topk"), _of_order),
    "torch.full": _of_full,
    "torch.cumsum": _of_cumsum,
}
"""Functions that make numbers of their own, as far as their arguments say."""
BY_CHANCE = frozenset(
    f"torch.{name}" for name in ("randint", "argmax", "argmin", "argsort", "sort", "topk")
)
"""Those whose numbers stand in no order, so that any of them may be among a part of them."""
