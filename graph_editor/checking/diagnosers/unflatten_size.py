"""An axis that is laid out as several, whose sizes do not multiply to its own.

What it does: multiplies `unflattened_size` and compares it with the axis that is taken apart.

Why it matters: laying out moves values to other places, it cannot make or drop any.

Example: `Linear(32, 100) → Unflatten(1, (4, 5, 4))`: 80 places for 100 values.
Better: `Linear(32, 80) → Unflatten(1, (4, 5, 4))`.

Fix: sets the width of the layer before, or sizes that multiply to what arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isqrt

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, product, shape, sizes, title

CODE = "unflatten-size"
RANK = 30
EACH = re.compile(r"(\d+)\*B")
"""So many of each sample, along one axis."""
ARGUMENTS = {"nn.Unflatten": "unflattened_size", "Tensor.unflatten": "sizes"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the sizes asked for hold another number of values than the axis."""
    site, argument = failure.site, ARGUMENTS.get(failure.site.node.spec, "")
    arriving, dim, asked = sizes(site, "input"), number(site.value("dim")), site.value(argument)
    if arriving is None or dim is None or not isinstance(asked, tuple):
        return None
    known = [size for size in map(number, asked) if size is not None]
    if len(known) < len(asked) or not -len(arriving) <= dim < len(arriving):
        return None
    if -1 in known:
        return _of_rest(site, argument, tuple(known), dim % len(arriving))
    wanted, axis = product(known), dim % len(arriving)
    if wanted == arriving[axis]:
        return None
    message = (
        f"{title(site)} {label(site)} lays axis {dim} out as {shape(known)}, which is {wanted} "
        f"values, and that axis has {arriving[axis]} ({site.shown('input')})."
    )
    maker = width_before(site, "input", axis, context)
    proposals = [set_width(maker, wanted, context)] if maker else []
    proposals += [set_to(site, argument, other) for other in _others(tuple(known), arriving[axis])]
    return Diagnosis(CODE, "error", site.address, message, argument, "input", tuple(proposals))


def _of_rest(site: Site, argument: str, asked: tuple[int, ...], axis: int) -> Diagnosis | None:
    """Speak where the samples, and so many of each, are taken apart by another number of each."""
    dim = site.on_wire("input").shape[axis]
    each = EACH.fullmatch(dim) if isinstance(dim, str) else None
    if each is None or len(asked) != 2 or asked[0] != -1:
        return None
    if not asked[1] or int(each[1]) % asked[1] == 0:
        return None
    message = (
        f"{title(site).capitalize()} {label(site)} lays axis {axis} out as rows of {asked[1]}, and "
        f"that axis has {each[1]} for each sample ({site.shown('input')})."
    )
    fixes = (set_to(site, argument, (-1, int(each[1]))),)
    return Diagnosis(CODE, "error", site.address, message, argument, "input", fixes)


def _others(asked: tuple[int, ...], total: int) -> Iterator[tuple[int, ...]]:
    """Yield as many sizes that multiply to the total: with another last one, or the first alone.

    Of a square map as many channels, or as large a one, come first.
    """
    rest, first = product(asked[:-1]), asked[0]
    if len(asked) == 3 and asked[1] == asked[2]:
        side = isqrt(total // first) if first else 0
        if side and first * side * side == total:
            yield (first, side, side)
        if asked[1] and total % (asked[1] * asked[2]) == 0:
            yield (total // (asked[1] * asked[2]), *asked[1:])
    if rest and total % rest == 0:
        yield (*asked[:-1], total // rest)
    elif first and total % first == 0 and len(asked) > 1:
        yield (first, *(1,) * (len(asked) - 2), total // first)
