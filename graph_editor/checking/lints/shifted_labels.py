"""Labels that name a class past the last one, or before the first, since they were moved or made.

What it does: follows the labels of a CrossEntropyLoss, NLLLoss, MultiMarginLoss or CTCLoss back to
what makes them, through sums, products, quotients and remainders with a number and the like, and
compares the highest one with the scores that arrive, and the lowest with 0. A label that is
`ignore_index` counts for none.

Why it matters: classes are counted from 0. Labels from 1 to 5 name a class 5 that five scores do
not have; torch stops at the first one, on a GPU with an unreadable message. A CTCLoss does not
stop, and reads memory that is not its own.

Example: five classes, `label + 1 → CrossEntropyLoss` of five scores.
Better: labels from 0 to 4.

Fix: switches the operator off, subtracts the lowest label, or widens the last layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph_editor.checking.below_first import below_first
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.class_count import LOSSES, SEQUENCES, scores_of
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, set_width, skip
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import facts_of, first_port, width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import Address

CODE = "labels-out-of-range"


class Labels(NamedTuple):
    """Where labels arrive, where the scores for them, and how many scores there are."""

    target: str
    scores: str
    axis: int
    many: int | None


def _labels(site: Site) -> Labels:
    if site.node.spec == SEQUENCES:
        given = sizes(site, "log_probs")
        return Labels("targets", "log_probs", -1, given[-1] if given else None)
    found = scores_of(sizes(site, "input"), sizes(site, "target"))
    given = sizes(site, "input")
    return Labels("target", "input", 1 if given and len(given) > 1 else 0, found)


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    labels = _labels(site)
    if labels.many is None or not is_run(site, context):
        return
    if facts_of(site, labels.target, context):
        return  # what the data itself says is compared by another rule
    span = whole_span_at(site, labels.target, context)
    below = None
    if site.node.spec != SEQUENCES:
        below = below_first(site, labels.target, labels.many, context)
    if span is not None and below is not None and below.maker is not None:
        yield _diagnosis(site, labels, labels.many, span, context)
    if span is None or span.low <= -1 or int(span.high) < labels.many:
        return
    if int(span.high) != site.value("ignore_index"):
        yield _diagnosis(site, labels, labels.many, span, context)


def _diagnosis(site: Site, labels: Labels, scores: int, span: Span, context: Context) -> Diagnosis:
    maker = span.moved[0] if span.moved else None
    goes = f"{int(span.low)} to {int(span.high)}"
    lets = "lets" if span.is_sure else "may let"
    source = context.sites.get(span.source.address)
    who = maker or source
    by = f"{title(who)} {label(who)}" if who is not None else "The source"
    message = (
        f"{by} {lets} the labels of {title(site)} {label(site)} go from {goes} "
        f"({site.shown(labels.target)}), and it gets {scores} score{'s' * (scores != 1)}: class "
        f"numbers from 0 to {scores - 1}."
    )
    severity: Severity = "error" if span.is_sure else "warning"
    where = site if maker is None else maker
    port = labels.target if maker is None else ""
    proposals = tuple(_proposals(site, labels, scores, span, context))
    victim = site.address if span.is_sure else Address("")
    return Diagnosis(CODE, severity, where.address, message, "", port, proposals, victim)


def _proposals(
    site: Site, labels: Labels, scores: int, span: Span, context: Context
) -> Iterator[Proposal]:
    low, high = int(span.low), int(span.high)
    maker = width_before(site, labels.scores, labels.axis, context)
    known = not span.is_noise and low >= 0 and not _counts_samples(span, context)
    wider = [set_width(maker, high + 1, context)] if maker is not None and known else []
    if site.node.spec == SEQUENCES:
        yield from wider  # label 0 is its blank, so that those of the data begin at 1
    if span.moved:
        before = whole_span_at(span.moved[0], first_port(span.moved[0]), context)
        is_blank = site.node.spec == SEQUENCES and before is not None and before.low < 1 <= low
        if before is not None and before.low > -1 and before.high < scores and not is_blank:
            yield skip(span.moved[0])
    if low > 0 and high - low < scores and site.node.spec != SEQUENCES:
        words = f"Subtract {low} from {labels.target}"
        yield insert(site, labels.target, "op.sub", {"other": low}, words)
    if site.node.spec != SEQUENCES:
        yield from wider


def _counts_samples(span: Span, context: Context) -> bool:
    """Whether labels are counted up to the size of a batch, which no width holds for."""
    source, made = context.sites.get(span.source.address), context.types.get(span.source.key)
    if source is None or source.node.spec != "torch.arange" or made is None or not made.shape:
        return False
    return not isinstance(made.shape[0], int)


check = PerSubject((*LOSSES, SEQUENCES), _find)
