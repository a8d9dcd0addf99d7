"""A loss that is calculated by hand, of every prediction and every target: an axis is missing.

What it does: walks back from a mean, a sum or a norm, past what makes of each number another one,
to a node that made a table of samples by samples of two rows of samples: a difference, a product
with weights, a comparison. It does not speak where both come from one tensor or both from the
network, where a node adds the axis, nor where anything else reads the table: that is how distances
of each with each are drawn on purpose.

Why it matters: of `B×1` minus `B` torch makes `B×B`: each prediction meets the targets of all other
samples. The network learns to say their mean. Nothing fails.

Example: `(out - y).square().mean()` with `out` `B×1` and `y` `B`; `(loss * weight).mean()` with
`loss` `B` and `weight` `B×1`.
Better: both `B`.

Fix: adds the axis to the one, or drops it from the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_editor.checking.crossings import (
    REDUCERS,
    Crossing,
    crosses,
    ends,
    starts,
    unmeant_crossings,
)
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site, Source
from graph_editor.checking.lints.loss_of_itself import SAME
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import TRANSPARENT, chain_before, first_port, site_before, source_of
from graph_editor.checking.words import label, shape, title

CODE = "difference-stretched"
ERRORS = frozenset({"torch.square", "torch.abs", "op.pow", "op.mul", "torch.sqrt"})
"""What makes an error of a difference; a product only where it is one with itself."""
_SHAPES = ("unsqueeze", "view", "reshape", "unflatten", "expand")
ADDING = frozenset(f"Tensor.{name}" for name in _SHAPES) | {"op.getitem", "nn.Unflatten"}
"""Specs that add an axis, where that is meant."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    plain = list(_errors(site, context))
    yield from plain
    told: dict[tuple[Source | None, ...], list[Crossing]] = {}
    for crossing in () if plain else unmeant_crossings(site, context):
        told.setdefault(ends(crossing, context), []).append(crossing)
    for crossings in told.values():
        yield from of(crossings[0].site, (_of_all(crossings, context),))


def _errors(site: Site, context: Context) -> Iterator[Told]:
    for maker in chain_before(site, first_port(site), context, ERRORS | SAME):
        if maker.node.spec == "op.mul" and not _is_square(maker, context):
            return
        if maker.node.spec == "op.sub":
            yield from of(maker, _told(maker, context))


def _is_square(site: Site, context: Context) -> bool:
    return source_of(site, "input", context) == source_of(site, "other", context)


def _told(site: Site, context: Context) -> Iterator[Diagnosis]:
    one, other = (site.symbolic.get(port) for port in ("input", "other"))
    if one is None or other is None or not crosses(one.shape, other.shape):
        return
    origins = [_origin(site, port, context) for port in ("input", "other")]
    if None not in origins and origins[0] != origins[1]:
        yield _diagnosis(site, one.shape, other.shape)


def _origin(site: Site, port: str, context: Context) -> Source | None:
    """Return the output that a side comes from; None where its axis was added on purpose."""
    source = source_of(site, port, context)
    before = site_before(site, port, context)
    if before is not None and before.node.spec in ADDING:
        return None
    for _ in range(len(context.sites)):
        maker = context.sites.get(source.address) if source else None
        if maker is None or maker.node.spec not in TRANSPARENT:
            break
        source = source_of(maker, first_port(maker), context)
    return source


def _diagnosis(site: Site, one: tuple[Dim, ...], other: tuple[Dim, ...]) -> Diagnosis:
    longer = one if len(one) > len(other) else other
    message = (
        f"{label(site)} subtracts {site.shown('other')} from {site.shown('input')}: torch "
        f"stretches both to {_table(longer)}, so that predictions are compared with targets of "
        "other samples."
    )
    proposals = tuple(_proposals(site, "input" if longer is other else "other"))
    return Diagnosis(CODE, "warning", site.address, message, "", "other", proposals)


def _of_all(crossings: Sequence[Crossing], context: Context) -> Diagnosis:
    """Return what is said of nodes that bring the same two tensors together."""
    site, long, short = crossings[0].site, crossings[0].long, crossings[0].short
    table = _table(site.symbolic[long].shape)
    message = (
        f"{title(site).capitalize()} {label(site)} gets {site.shown(long)} as {long} and "
        f"{site.shown(short)} as {short}: torch stretches both to {table}, so that "
        "what belongs to one sample meets the predictions, targets or weights of all other samples."
    )
    proposals = (*_everywhere(crossings, True, context), *_everywhere(crossings, False, context))
    return Diagnosis(CODE, "warning", site.address, message, "", short, proposals)


def _table(longer: tuple[Dim, ...]) -> str:
    return shape((longer[0], longer[0], *longer[2:]))


def _everywhere(
    crossings: Sequence[Crossing], is_long: bool, context: Context
) -> Iterator[Proposal]:
    """Yield an edit that gives one side of all these nodes the shape of the other side."""
    spec = "Tensor.squeeze" if is_long else "Tensor.unsqueeze"
    words = "Drop the axis of size 1 of" if is_long else "Add an axis of size 1 to"
    site, edits = crossings[0].site, []
    at = starts(crossings, is_long, context)
    for reader, port in at:
        of_other = "" if reader is site else f" of {label(reader)}"
        edits.append(insert(reader, port, spec, {"dim": 1}, f"{words} {port}{of_other}"))
    title_of_all = edits[0].title
    if len(edits) > 1:
        title_of_all += "".join(
            f", and {words[:1].lower()}{words[1:]} {port} of {label(reader)}"
            for reader, port in at[1:]
        )
    yield together(*edits, title=title_of_all) if len(edits) > 1 else edits[0]


def _proposals(site: Site, short: str) -> Iterator[Proposal]:
    long = "other" if short == "input" else "input"
    # first what leaves one number for each sample: what comes behind it may be stretched as well
    yield insert(site, long, "Tensor.squeeze", {"dim": 1}, f"Drop the axis of size 1 of {long}")
    yield insert(site, short, "Tensor.unsqueeze", {"dim": 1}, f"Add an axis of size 1 to {short}")


check = PerSubject(REDUCERS, _find, once)
