"""An expand, or a repeat, whose sizes do not go with the axes that arrive.

What it does: lines the sizes up with what arrives, from the last axis, and finds axes that are
neither 1 nor of the size asked for; and counts those of a repeat.

Why it matters: expand stretches axes of size 1, and no other. repeat needs a number for each axis.

Example: `x.expand(b, 10, 8)` of `B×8`; `x.repeat(2)` of `B×8`.
Better: `x.unsqueeze(1).expand(b, 10, 8)`; `x.repeat(1, 2)`.

Fix: adds the axis of size 1 that is stretched, keeps the size of an axis, or repeats it once.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.words import axes, label, number, sizes, title, value
from graph_editor.document.model import Arg

CODE = "expand-size"
RANK = 30
Sizes = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first axis that cannot be stretched, or that has no number."""
    site, arriving = failure.site, sizes(failure.site, "input")
    asked = _asked(site.value("args"))
    if site.node.spec not in ("Tensor.expand", "Tensor.repeat") or arriving is None or not asked:
        return None
    said = site.node.args.get("args")
    written: tuple[Arg, ...] = (
        said if isinstance(said, tuple) and len(said) == len(asked) else asked
    )
    start = (
        f"{title(site)} {label(site)} is told {value(written)}, and {site.shown('input')} arrives"
    )
    if len(asked) < len(arriving):
        message = (
            f"{start}, which has {axes(len(arriving))}: it needs {len(arriving)} numbers or more."
        )
        return _diagnosis(site, message, _longer(site, written, len(arriving)))
    if site.node.spec == "Tensor.repeat":
        return None
    bad = [
        axis - len(asked)
        for axis, goal in enumerate(asked)
        if (place := axis - len(asked)) >= -len(arriving)
        and goal not in (-1, arriving[place])
        and arriving[place] != 1
    ]
    if not bad:
        return None
    known = site.on_wire("input")
    message = (
        f"{start}: axis {len(arriving) + bad[0]} of that is {known.shape[bad[0]]}, and only an "
        f"axis of size 1 can be stretched to {value(written[bad[0]])}."
    )
    return _diagnosis(site, message, _stretched(site, arriving, asked, written, bad))


def _diagnosis(site: Site, message: str, found: Iterator[Proposal]) -> Diagnosis:
    return Diagnosis(CODE, "error", site.address, message, "args", "input", tuple(found))


def _asked(said: Arg) -> Sizes:
    items = said[0] if isinstance(said, tuple) and said and isinstance(said[0], tuple) else said
    numbers = [number(item) for item in items] if isinstance(items, tuple) else []
    known = tuple(n for n in numbers if n is not None)
    return known if len(known) == len(numbers) else ()


def _longer(site: Site, written: tuple[Arg, ...], rank: int) -> Iterator[Proposal]:
    """Yield to leave the other axes as they are: those behind, or those before."""
    same: Arg = 1 if site.node.spec == "Tensor.repeat" else -1
    more = (same,) * (rank - len(written))
    yield set_to(site, "args", (*more, *written))
    yield set_to(site, "args", (*written, *more))


def _stretched(
    site: Site, arriving: Sizes, asked: Sizes, written: tuple[Arg, ...], bad: list[int]
) -> Iterator[Proposal]:
    for place in range(1, len(asked)) if len(asked) == len(arriving) + 1 else ():
        new = (*arriving[:place], 1, *arriving[place:])
        if all(goal in (-1, size) or size == 1 for goal, size in zip(asked, new, strict=True)):
            words = f"Add an axis of size 1 before it, as axis {place}"
            yield insert(site, "input", "Tensor.unsqueeze", {"dim": place}, words)
    kept = list(written)
    for axis in bad:
        kept[axis] = -1
    yield set_to(site, "args", tuple(kept))
