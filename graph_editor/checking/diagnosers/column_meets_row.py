"""A column of samples that meets a row of them, before a loss that takes one number for each.

What it does: where a loss is refused that gets a table of samples by samples, goes back to the node
that made it of `B×1` and `B`, past what makes of each number another one.

Why it matters: torch stretches both, so that each sample meets all the others. Nothing fails there;
the loss is where torch stops, and nothing is wrong with it.

Example: `sum(B×8, dim=1) + Linear(B×16) → BCEWithLogitsLoss`: `B` and `B×1` make `B×B`.
Better: `sum(B×8, dim=1, keepdim=True)`.

Fix: keeps the axis that a sum, a mean or the like drops, adds it, or drops that of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.crossings import POINTWISE, Crossing, crossing_of, ends
from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site, Source
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.walk import TRANSPARENT, first_port, source_of
from graph_editor.checking.words import holds_batch, label, number, shape, title
from graph_editor.document.model import Address

CODE = "column-meets-row"
RANK = 15  # before what only compares the table with the target
PASSED = POINTWISE | {"Tensor.squeeze"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node that makes the table, where the target has one axis of samples."""
    site, target = failure.site, failure.site.symbolic.get("target")
    if not site.node.spec.endswith("Loss") or target is None or _tables(site, "target"):
        return None
    crossing = _crossing(site, context) if _tables(site, "input") else None
    if crossing is None or len({_start(end, context) for end in ends(crossing, context)}) < 2:
        return None  # one tensor beside itself: that is how all pairs are drawn
    at = crossing.site
    size = at.symbolic[crossing.long].shape[0]
    message = (
        f"{title(at)[0].upper()}{title(at)[1:]} {label(at)} gets {at.shown(crossing.long)} as "
        f"{crossing.long} and {at.shown(crossing.short)} as {crossing.short}: torch stretches both "
        f"to {shape((size, *at.symbolic[crossing.short].shape))}, so that each sample meets all "
        f"others. {title(site)} {label(site)} gets {site.shown('input')} then, and its target is "
        f"{target.text()}."
    )
    found = tuple(_proposals(crossing, context))
    return Diagnosis(CODE, "error", at.address, message, "", crossing.short, found)


def _start(source: Source | None, context: Context) -> Source | None:
    """Return the output that a side is, past what only lays it out in another way."""
    for _ in range(len(context.sites)):
        maker = context.sites.get(source.address) if source is not None else None
        if maker is None or maker.node.spec not in TRANSPARENT:
            break
        source = source_of(maker, first_port(maker), context)
    return source


def _tables(site: Site, port: str) -> bool:
    """Whether two axes of what arrives are as long as the batch."""
    known = site.symbolic.get(port)
    return known is not None and sum(map(holds_batch, known.shape)) > 1


def _crossing(site: Site, context: Context) -> Crossing | None:
    """Return where a table that arrives at a loss was made of what is none."""
    ahead, seen = [(site, "input")], set[Address]()
    while ahead:
        reader, port = ahead.pop()
        source = source_of(reader, port, context)
        maker = context.sites.get(source.address) if source is not None else None
        if maker is None or maker.address in seen or maker.node.spec not in PASSED:
            continue
        seen.add(maker.address)
        tables = [each for each in maker.sources if _tables(maker, each)]
        crossing = None if tables else crossing_of(maker)
        if crossing is not None:
            return crossing
        ahead += [(maker, each) for each in tables]
    return None


def _proposals(crossing: Crossing, context: Context) -> Iterator[Proposal]:
    site, long, short = crossing.site, crossing.long, crossing.short
    reduction = _reduction(site, short, context)
    if reduction is not None:
        yield set_to(reduction, "keepdim", True, of=label(reduction))
    words = f"Add an axis of size 1 after the samples of {short}"
    yield insert(site, short, "Tensor.unsqueeze", {"dim": 1}, words)
    yield insert(site, long, "Tensor.squeeze", {"dim": 1}, f"Drop axis 1 of {long}")


def _reduction(site: Site, port: str, context: Context) -> Site | None:
    """Return the node before a port that drops axis 1, past what changes single numbers alone."""
    for _ in range(len(context.sites)):
        source = source_of(site, port, context)
        maker = context.sites.get(source.address) if source is not None else None
        if maker is None:
            return None
        if maker.node.spec in REDUCTIONS:
            kind = maker.inputs.get("input")
            axis, rank = number(maker.value("dim")), len(kind.shape) if kind is not None else 0
            return maker if axis is not None and rank and axis % rank == 1 else None
        if maker.node.spec not in POINTWISE or len(maker.sources) != 1:
            return None
        site, port = maker, next(iter(maker.sources))
    return None
