"""A view or reshape into a shape that holds another number of values.

What it does: multiplies the sizes asked for and compares them with what arrives; and tells a shape
in which the batch size is written as a number, or more than one size is `-1`.

Why it matters: reshaping moves values to other places, it cannot make or drop any. A batch size
written as a number fails at the last, smaller batch.

Example: `x.view(64, 3136)` of `B×64×6×6`, which has 2304 values a sample.
Better: `x.flatten(1)`, which needs no numbers.

Fix: `-1` in one place, the batch size from the input, the width of the layer before, another number
of heads, or Flatten; the layer after it may have to follow.
"""

from __future__ import annotations

from graph_editor.checking.dealt_width import set_before
from graph_editor.checking.diagnosers.divisibility import nearest
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import followed
from graph_editor.checking.proposals import replace_spec, set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, product, shape, sizes, value
from graph_editor.document.model import Arg, Expr

CODE = "reshape-size"
RANK = 30
VIEWS = ("Tensor.view", "Tensor.reshape")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the numbers of values differ."""
    site = failure.site
    arriving, asked = sizes(site, "input"), _asked(site)
    if site.node.spec not in VIEWS or arriving is None or asked is None:
        return None
    if asked.count(-1) > 1:
        return _several_open(site, arriving, asked, context)
    values, known = product(arriving), product(n for n in asked if n != -1)
    fits = values % known == 0 if -1 in asked and known else values == known
    if fits:
        return None
    message = _message(failure, arriving, asked)
    return Diagnosis(
        CODE,
        "error",
        site.address,
        message,
        "args",
        "input",
        tuple(_proposals(site, arriving, asked, context)),
    )


def _several_open(
    site: Site, arriving: tuple[int, ...], asked: tuple[int, ...], context: Context
) -> Diagnosis:
    """Speak of more than one size that is left to be found, and keep the last of them."""
    said = value(site.node.args.get("args", asked))
    message = (
        f"{label(site)} asks for {said}, and {asked.count(-1)} sizes in it are -1: only one can be "
        f"found from the others, of {site.shown('input')}."
    )
    last = len(asked) - 1 - asked[::-1].index(-1)
    kept: tuple[Arg, ...] = tuple(
        Expr(f"input.shape[{place}]") if size == -1 and place != last else size
        for place, size in enumerate(_items(site) or asked)
    )
    found: list[Proposal] = []
    if asked[:last].count(-1) == 1 and asked.index(-1) < len(arriving):
        found += followed(set_to(site, "args", kept), site, context)
    if asked == (-1, -1):
        found += followed(replace_spec(site, "nn.Flatten", without=("args",)), site, context)
    return Diagnosis(CODE, "error", site.address, message, "args", "input", tuple(found))


def _message(failure: Failure, arriving: tuple[int, ...], asked: tuple[int, ...]) -> str:
    site, values = failure.site, product(arriving)
    samples = arriving[0] if arriving else 1
    start = f"{label(site)} asks for {_written(site, asked)}"
    arrives = f"{site.shown('input')} arrives"
    each, mine = product(n for n in asked[1:] if n != -1), product(arriving[1:])
    if failure.probe != "batch" and arriving and -1 not in asked and each == mine:
        return (
            f"{start}, and so for {asked[0]} samples, whatever the batch: {arrives}, {mine} values "
            "for each sample, and the last batch of an epoch may be smaller."
        )
    if asked[0] == -1 and -1 not in asked[1:]:
        return (
            f"{start}, rows of {each} values; {arrives}, {mine} values for each sample, which are "
            f"no whole number of rows."
            if mine > each
            else f"{start}, rows of {each} values; {arrives}, {mine} values for each sample."
        )
    if -1 in asked:
        known = product(n for n in asked if n != -1)
        return (
            f"{start}, that is, for a multiple of {known} values; {arrives}, {values} values with "
            f"{samples} in a batch."
        )
    same = _shared(arriving, asked)
    if same:
        each, mine = product(asked[same:]), product(arriving[same:])
        front = (site.symbolic.get("input") or site.inputs["input"]).shape[:same]
        place = "sample" if same == 1 else f"place of {shape(front)}"
        return f"{start}, {each} values for each {place}; {arrives}, with {mine} for each."
    return (
        f"{start}, which is {product(asked)} values; {arrives}, {values} values with {samples} "
        "in a batch."
    )


def _shared(arriving: tuple[int, ...], asked: tuple[int, ...]) -> int:
    """Return how many sizes at the front are the same in both."""
    pairs = list(zip(arriving, asked, strict=False))
    return next((place for place, (one, other) in enumerate(pairs) if one != other), len(pairs))


def _written(site: Site, asked: tuple[int, ...]) -> str:
    """Return the shape asked for as the user wrote it, where that is known."""
    items = _items(site)
    if len(items) == len(asked):
        return shape(
            _said(item) if isinstance(item, Expr) else number(item) or 0 for item in items
        ).replace("-1", "?")
    return shape(asked).replace("-1", "?")


def _items(site: Site) -> tuple[Arg, ...]:
    """Return the sizes as the user wrote them."""
    said = site.node.args.get("args")
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    return items if isinstance(items, tuple) else ()


def _said(size: Expr) -> str:
    return size.text if size.text.replace(".", "").isidentifier() else f"({size.text})"


def _asked(site: Site) -> tuple[int, ...] | None:
    said = site.value("args")
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    numbers = [number(item) for item in items] if isinstance(items, tuple) else []
    known = tuple(n for n in numbers if n is not None)
    return known if known and len(known) == len(numbers) else None


def _proposals(
    site: Site, arriving: tuple[int, ...], asked: tuple[int, ...], context: Context
) -> list[Proposal]:
    batch = Expr("input.shape[0]")
    rest = product(n for n in asked[1:] if n != -1)
    said = _items(site)
    last = said[1:] if said and len(said) == len(asked) else asked[1:]
    found: list[Proposal] = []
    options: list[tuple[Arg, ...]] = []
    if rest and product(arriving[1:]) == rest and -1 not in asked[1:]:
        options.append((-1, *last))
    if -1 in asked[1:] or product(arriving[1:]) == rest:
        options.append((batch, *last))
    if len(asked) > 1:
        options.append((batch, *last[:-1], -1))
    options += _with_one_changed(said if len(said) == len(asked) else asked, arriving, asked)
    odd = _odd(arriving, asked)
    width = set_before(site, "input", *odd, context) if odd is not None else None
    widths = [] if width is None else [width]
    found += widths if len(arriving) == 2 else []
    for option in dict.fromkeys(options):
        found += followed(set_to(site, "args", option), site, context)
    found += [*_heads(site, arriving, asked), *(widths if len(arriving) > 2 else [])]
    found += _shares(site, arriving, asked, context)
    if len(asked) == 2:
        found += followed(replace_spec(site, "nn.Flatten", without=("args",)), site, context)
    return found


def _with_one_changed(
    said: tuple[Arg, ...], arriving: tuple[int, ...], asked: tuple[int, ...]
) -> list[tuple[Arg, ...]]:
    """Return the sizes as they were said, with one after the batch such that all values fit."""
    each, found = product(arriving[1:]), list[tuple[Arg, ...]]()
    if -1 in asked or 0 in asked or asked[:1] != arriving[:1]:
        return found
    for place in range(1, len(asked)):
        others = product(asked[1:place]) * product(asked[place + 1 :])
        if each % others == 0 and each // others > 1:
            found.append((*said[:place], each // others, *said[place + 1 :]))
    return found


def _odd(arriving: tuple[int, ...], asked: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the one axis after the batch that does not fit, and how long it would have to be."""
    ends = 0
    while ends < min(len(arriving), len(asked)) - 2 and arriving[-1 - ends] == asked[-1 - ends]:
        ends += 1
    front = min(_shared(arriving, asked) or 1, len(arriving) - ends - 1)
    middle = asked[front : len(asked) - ends]
    if len(arriving) != front + ends + 1 or front < 1 or not middle or min(middle) < 1:
        return None
    return (-1 - ends, product(middle))


def _shares(
    site: Site, arriving: tuple[int, ...], asked: tuple[int, ...], context: Context
) -> list[Proposal]:
    """Propose a last axis that can be dealt out in as many as are asked for at the end."""
    maker = width_before(site, "input", -1, context) if -1 in asked[:-1] and arriving else None
    if maker is None or asked[-1] < 2 or arriving[-1] % asked[-1] == 0:
        return []
    width = arriving[-1]
    less = width - width % asked[-1]
    near = sorted((less, less + asked[-1]), key=lambda n: abs(n - width))
    return [set_width(maker, n, context) for n in near if n]


def _heads(site: Site, arriving: tuple[int, ...], asked: tuple[int, ...]) -> list[Proposal]:
    """Propose another number of heads."""
    same = _shared(arriving, asked)
    if same < 1 or len(arriving) != same + 1 or len(asked) != same + 2 or -1 in asked:
        return []
    heads = asked[same]
    return [
        set_to(site, "args", (*_items(site)[:same], count, arriving[-1] // count))
        for count in nearest(heads, arriving[-1])
        if count > 1 and len(_items(site)) == len(asked)
    ]
