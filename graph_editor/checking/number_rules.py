"""Rules for numbers that are typed: ragged lists, and bounds of which ``meta`` knows nothing."""

from __future__ import annotations

from graph_editor.checking.rules import FLOATS, Call, Rule, RuleFailure, only
from graph_editor.document.model import Arg


def rectangular(call: Call) -> RuleFailure | None:
    """Refuse lists in lists that are not all of one length, which make no tensor."""
    value = call.value("value")
    if _shape(value) is not None:
        return None
    return RuleFailure("the rows of a tensor have to be of one length", "", "value")


def _shape(value: Arg) -> tuple[int, ...] | None:
    """Return the sizes that nested lists have; None where rows differ."""
    if not isinstance(value, tuple):
        return ()
    shapes = {_shape(item) for item in value}
    if len(shapes) > 1 or None in shapes:
        return None
    inner = next(iter(shapes), ())
    return None if inner is None else (len(value), *inner)


def at_least(least: int, *names: str) -> Rule:
    """Return the rule that every number in these arguments has a least value."""

    def rule(call: Call) -> RuleFailure | None:
        for name in names:
            said = call.value(name)
            sizes = said if isinstance(said, tuple) else (said,)
            if any(isinstance(size, int | float) and size < least for size in sizes):
                return RuleFailure(f"{name} is {said}, and has to be {least} or more", "", name)
        return None

    return rule


def unpooled(call: Call) -> RuleFailure | None:
    """Refuse all but floats, unless so much is cut off that there is nothing to compute."""
    arriving, axes = call.types.get("input"), int(call.spec.name[-2])
    kernel = call.value("kernel_size")
    stride = call.value("stride")
    columns = [_each(v, axes) for v in (kernel, kernel if stride is None else stride)]
    columns.append(_each(call.value("padding"), axes))
    sizes = arriving.shape[-axes:] if arriving is not None else ()
    if call.value("output_size") is None and all(columns) and len(sizes) == axes:
        for size, side, step, cut in zip(sizes, *columns, strict=True):
            if isinstance(size, int) and (size - 1) * step - 2 * cut + side == 0:
                return None
    return only(FLOATS, "input")(call)


def _each(value: Arg, axes: int) -> tuple[int, ...]:
    """Return a size for each axis; nothing where they are not known."""
    items = value if isinstance(value, tuple) else (value,) * axes
    sizes = tuple(item for item in items if isinstance(item, int))
    return sizes if len(sizes) == axes else ()


def numbers_in_bags(call: Call) -> RuleFailure | None:
    """Refuse sums over several bags of rows without a number, at which torch goes astray."""
    arriving, offsets = call.types.get("input"), call.types.get("offsets")
    summed = call.value("mode") != "max" and call.value("padding_idx") is None
    if call.value("embedding_dim") != 0 or not summed or arriving is None or not arriving.shape:
        return None
    bags = arriving.shape[0]
    if len(arriving.shape) == 1 and offsets is not None and offsets.shape:
        bags = offsets.shape[0]
        bags = bags - bool(call.value("include_last_offset")) if isinstance(bags, int) else bags
    if isinstance(bags, int) and bags < 2:
        return None
    message = f"{call.spec.title} has rows of 0 numbers, and cannot sum them in several bags"
    return RuleFailure(message, "", "embedding_dim")


def normalised_in_windows(call: Call) -> RuleFailure | None:
    """Refuse what the pooling that LocalResponseNorm is made of does not take, if there is any."""
    arriving = call.types.get("input")
    if arriving is None or 0 in arriving.shape:
        return None
    short = FLOATS if len(arriving.shape) == 3 else frozenset({"float32", "float64"})
    return only(short | {"int64"}, "input")(call)


def averaged_to_something(call: Call) -> RuleFailure | None:
    """Refuse all but floats, unless nothing is asked for: then there is nothing to compute."""
    sizes = call.value("output_size")
    nothing = 0 in sizes if isinstance(sizes, tuple) else sizes == 0
    return None if nothing else only(FLOATS, "input")(call)


def divides_by_alpha(call: Call) -> RuleFailure | None:
    """Refuse an alpha of 0 where what is given is divided by it: ``meta`` does not divide."""
    if call.value("alpha") != 0:
        return None
    message = f"{call.spec.title} divides by alpha, and alpha is 0: torch stops there"
    return RuleFailure(message, "", "alpha")


def no_switch_subtracted(call: Call) -> RuleFailure | None:
    """Refuse True and False beside a tensor in a subtraction: they count as bool tensors there."""
    for name in ("input", "other") if call.types else ():
        said = call.value(name)
        if isinstance(said, bool) and name not in call.types:
            message = f"{name} is {said}, and torch subtracts no bool: write {int(said)}"
            return RuleFailure(message, "", name)
    return None


def picks_once_of_a_scalar(call: Call) -> RuleFailure | None:
    """Refuse to pick more, or less, than one place of a single number."""
    arriving, index = call.types.get("input"), call.types.get("index")
    if arriving is None or index is None or arriving.shape or index.shape in ((), (1,)):
        return None
    message = f"what is picked from is a single number, and index has {index.shape[0]} places"
    return RuleFailure(message, "index")
