"""Numbers that ask for a place past the last one, since they were moved or made on the way.

What it does: follows the indices of an Embedding, one_hot, gather, index_select, scatter, an
indexing or a MultiLabelMarginLoss, and the lengths of a CTCLoss, back to what makes them: labels,
`arange`, `randint`, `argmax`, `sort`, `full` or a `cumsum` of truths, through sums, products,
quotients, remainders and powers with a number, a `clamp`, a `pad`, and what replaces some by a
number where a comparison says so. What constants and places alone make, as a table of distances,
is worked out. It compares how far they go with the size of what they pick from. Classes, or places
along another axis, that pick samples of a batch are told too.

Why it matters: a place that does not exist cannot be looked up; torch stops there, on a GPU with an
unreadable message. What depends on chance, on weights or on a comparison (`argmax`, a few of
`randint`, `where`) may go well for a while, and is a warning.

Example: `ids + 1 → Embedding(20, 16)` for ids from 0 to 19.
Better: `Embedding(21, 16)`.

Fix: as many rows as are asked for; switches the operator off that moves the numbers; the longest
length for which there is room, where the labels have room too; the stride that leaves as many
steps as are said; the axis that is long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from graph_editor.checking import skipped_steps
from graph_editor.checking.diagnosers import ctc_axes
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.embedding_range import COUNTED, ROWS
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import facts_of, first_port
from graph_editor.checking.words import label, number, title, value
from graph_editor.document.model import Hole, Slice

CODE = "index-past-the-end"


class Reach(NamedTuple):
    """What numbers at a port pick from, and the least and the largest that may be asked for."""

    port: str
    low: int
    high: int


PICKS = ("torch.gather", "torch.scatter", "torch.index_select")
MARGIN, LENGTHS = "nn.MultiLabelMarginLoss", "nn.CTCLoss"
ORDERS = ("torch.argsort", "torch.sort", "torch.topk")
READERS = (*ROWS, "F.embedding", *PICKS, "op.getitem", MARGIN, LENGTHS)
MADE_ELSEWHERE = (
    *("torch.randint", "torch.argmax", "torch.argmin", "torch.full", "torch.cumsum"),
    *ORDERS,
)


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if not is_run(site, context):
        return
    misplaced = ctc_axes.misplaced(site, context)
    if misplaced is not None:
        yield misplaced  # the lengths are right
        return
    for reach in _reaches(site):
        span = whole_span_at(site, reach.port, context)
        if span is None or _is_told(site, span, context):
            continue
        low, high, ignored = int(span.low), int(span.high), site.value("ignore_index")
        is_below = low < reach.low and not (span.is_alone and ignored == low)
        if is_below or (high > reach.high and ignored != high):
            yield _diagnosis(site, reach, span, context)
    if site.node.spec in PICKS:
        yield from _of_samples(site, context)


def _is_told(site: Site, span: Span, context: Context) -> bool:
    """Whether the rule of embeddings speaks: it compares what comes as it was made."""
    maker = context.sites.get(span.source.address)
    made = maker is not None and maker.node.spec in MADE_ELSEWHERE
    if site.node.spec not in ROWS or _counts_a_name(span, context):
        return False
    if facts_of(site, ROWS[site.node.spec][0], context) is not None:
        return True  # labels as they are, found again, or of which the highest are left
    return not (made or span.moved or span.is_fixed) or (span.is_sure and span.low <= -1)


def _counts_a_name(span: Span, context: Context) -> bool:
    """Whether places are counted of which there are as many as a size with a name: of a batch."""
    made = context.types.get(span.source.key)
    maker = context.sites.get(span.source.address)
    if maker is None or maker.node.spec != COUNTED or made is None or not made.shape:
        return False
    return not isinstance(made.shape[0], int)


def _reaches(site: Site) -> Iterator[Reach]:
    spec = site.node.spec
    if spec in ROWS:
        port, argument, _ = ROWS[spec]
        rows = number(site.value(argument))
        if rows is not None and rows > 0:
            yield Reach(port, 0, rows - 1)
    elif spec == LENGTHS:
        yield from _lengths(site)
    else:
        yield from _picked(site)


def _picked(site: Site) -> Iterator[Reach]:
    spec, axis = site.node.spec, site.value("dim")
    if spec == "op.getitem" and "index" not in site.inputs:
        yield from _by_axis(site)
        return
    if spec == "F.embedding":
        size, port, low = _size(site, "weight", 0), "input", 0
    elif spec == MARGIN:
        size, port, low = _size(site, "input", -1), "target", -1  # -1 ends the labels of a row
    elif spec == "op.getitem":
        size, port = _size(site, "input", 0), "index"
        low = -size if size is not None else 0
    else:
        size = _size(site, "input", axis) if isinstance(axis, int) else None
        port, low = "index", 0
    if size is not None:
        yield Reach(port, low, size - 1)


def _by_axis(site: Site) -> Iterator[Reach]:
    """Yield what a tensor among several indices picks from: ``x[:, index]``."""
    indices = site.value("index")
    for axis, index in enumerate(indices if isinstance(indices, tuple) else ()):
        if isinstance(index, Hole):
            port = f"index[{axis}]"
            size = _size(site, "input", axis)
            given = site.inputs.get(port)
            if given is None or given.dtype in ("bool", "uint8"):
                return  # behind a mask, axes are counted otherwise
            if size is not None:
                yield Reach(port, -size, size - 1)
        elif not isinstance(index, Slice | int):
            return


def _lengths(site: Site) -> Iterator[Reach]:
    """Yield the longest input and target that there is room for."""
    for port, of, axis, rank in (
        ("input_lengths", "log_probs", 0, 3),
        ("target_lengths", "targets", 1, 2),
    ):
        known = site.inputs.get(of)
        size = _size(site, of, axis) if known is not None and len(known.shape) == rank else None
        if size is not None:
            yield Reach(port, 0, size)


def _size(site: Site, port: str, axis: int) -> int | None:
    """Return the size of an axis that is the same for every batch."""
    known = site.symbolic.get(port) or site.inputs.get(port)
    if known is None or not -len(known.shape) <= axis < len(known.shape):
        return None
    size = known.shape[axis]
    return size if isinstance(size, int) else None


def _diagnosis(site: Site, reach: Reach, span: Span, context: Context) -> Diagnosis:
    maker = context.sites.get(span.source.address)
    name = f"{span.source.port} of {label(maker)}" if maker else f"“{span.source.address}”"
    through = f" through {label(span.moved[0])}" if span.moved else ""
    goes = f"from {int(span.low)} to {int(span.high)}"
    if span.low == span.high:
        goes = f"of {int(span.low)}"
    message = (
        f"{title(site)} {label(site)} takes {reach.port} from {reach.low} to {reach.high}, and "
        f"{name}{through} {'gives' if span.is_sure else 'may give'} it numbers {goes} "
        f"({site.shown(reach.port)})."
    )
    severity: Severity = "error" if span.is_sure else "warning"
    argument = ROWS[site.node.spec][1] if site.node.spec in ROWS else ""
    if maker is not None and _is_one_length(site, maker, span):
        told = Diagnosis(CODE, severity, maker.address, message, victim=site.address)
        return _of_length(site, maker, reach, told, context)
    proposals = tuple(_proposals(site, reach, span, context))
    return Diagnosis(CODE, severity, site.address, message, argument, reach.port, proposals)


def _of_length(
    site: Site, maker: Site, reach: Reach, told: Diagnosis, context: Context
) -> Diagnosis:
    """Return what is told of one length for all, at a stride that leaves too few steps if known."""
    labels, said = whole_span_at(site, "target_lengths", context), number(maker.value("fill_value"))
    if reach.port != "input_lengths" or labels is None or labels.high <= reach.high or said is None:
        fixes = (set_to(maker, "fill_value", reach.high),)
        return replace(told, argument="fill_value", proposals=fixes)
    words = f"{told.message} The labels are up to {labels.high:g} long, and each needs a step."
    skipping = skipped_steps.skipping(site, "log_probs", reach.high, said, context)
    if skipping is None:
        return replace(told, message=words, argument="fill_value")
    layer, stride = skipping
    words += (
        f" stride of {title(layer)} {label(layer)} is {value(layer.value('stride'))}, which leaves "
        f"{reach.high} steps."
    )
    fixes = (set_to(layer, "stride", stride),)
    return replace(told, node=layer.address, message=words, argument="stride", proposals=fixes)


def _of_samples(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of classes, or of places along another axis, by which samples of a batch are picked."""
    given, axis = site.symbolic.get("input"), site.value("dim")
    if (
        given is None
        or not isinstance(axis, int)
        or not -len(given.shape) <= axis < len(given.shape)
    ):
        return
    span, size = whole_span_at(site, "index", context), given.shape[axis]
    if size != "B" or span is None or span.is_fixed or span.low < 0 or span.high < 1:
        return
    facts, maker = context.facts.get(span.source.key), context.sites.get(span.source.address)
    is_order = maker is not None and maker.node.spec in ORDERS
    if maker is None or not (is_order or (facts is not None and facts.classes is not None)):
        return
    message = (
        f"{title(site)} {label(site)} picks samples: dim is {axis}, and input is "
        f"{site.shown('input')}. {span.source.port} of {label(maker)} gives it numbers from "
        f"{int(span.low)} to {int(span.high)}, which say nothing of samples, and a batch may have "
        f"fewer."
    )
    fixes = tuple(_other_axes(site, span))
    yield Diagnosis(CODE, "warning", site.address, message, "dim", "index", fixes)


def _other_axes(site: Site, span: Span) -> Iterator[Proposal]:
    """Propose the axes that are long enough for all numbers that may be asked for."""
    given = site.inputs["input"].shape
    for axis in range(1, len(given)):
        size = _size(site, "input", axis)
        if site.node.spec in PICKS and size is not None and size > span.high:
            yield set_to(site, "dim", axis)


def _is_one_length(site: Site, maker: Site, span: Span) -> bool:
    """Whether one number is said for the lengths of all samples, and nothing moves it."""
    told = span.is_sure and not span.moved and span.low == span.high
    return site.node.spec == LENGTHS and maker.node.spec == "torch.full" and told


def _proposals(site: Site, reach: Reach, span: Span, context: Context) -> Iterator[Proposal]:
    is_cured = span.low > -1 and not span.is_noise and not _counts_a_name(span, context)
    if site.node.spec in ROWS and is_cured:
        yield set_to(site, ROWS[site.node.spec][1], int(span.high) + 1)
    if span.moved:
        before = whole_span_at(span.moved[0], first_port(span.moved[0]), context)
        if before is not None and before.low > reach.low - 1 and before.high < reach.high + 1:
            yield skip(span.moved[0])
    if site.node.spec in PICKS:
        yield from _other_axes(site, span)


check = PerSubject(READERS, _find)
