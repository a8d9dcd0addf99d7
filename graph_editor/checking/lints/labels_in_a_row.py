"""Labels of all samples in one row, which are not as many as the lengths of a CTCLoss add up to.

What it does: looks at `targets` with one axis, where the labels of all samples follow one another,
and works out between what the numbers at `target_lengths` add up to. It speaks where the size of
that axis lies outside. Labels of one axis without `target_lengths` that are known may fit.

Why it matters: torch takes the row apart by the lengths, and stops where labels are left over or
missing.

Example: `CTCLoss` of a row of `5*B` labels, with `target_lengths` of 4 for each of B samples.
Better: `target_lengths` of 5.

Fix: the length with which the labels are shared out evenly.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.class_count import SEQUENCES
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.words import label, sizes, title

CODE = "labels-in-a-row"
LENGTHS = "target_lengths"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    labels, counted = sizes(site, "targets"), sizes(site, LENGTHS)
    span = lengths_of(site, context)
    scores = sizes(site, "log_probs")
    if labels is None or counted is None or span is None or not is_run(site, context):
        return
    if not scores or prod(counted) != prod(scores[1:-1]):
        return  # a length for each sample is asked for first
    bounds = missed(labels, counted, span)
    if bounds is None:
        return
    name = f"{title(site)} {label(site)}"
    message = f"{name} gets the labels of all samples in one row, {bounds}"
    shown = f" ({site.shown('targets')}, and {site.shown(LENGTHS)} lengths)."
    maker = context.sites.get(span.source.address)
    count = prod(counted)
    if maker is None or maker.node.spec != "torch.full" or span.moved or not count:
        yield Diagnosis(CODE, "error", site.address, message + shown, "", "targets")
        return
    each = set_to(maker, "fill_value", labels[0] // count)
    argument, victim = "fill_value", site.address
    yield Diagnosis(CODE, "error", maker.address, message + shown, argument, "", (each,), victim)


def lengths_of(site: Site, context: Context) -> Span | None:
    """Return the numbers that arrive for lengths, where their ends are known."""
    span = whole_span_at(site, LENGTHS, context)
    return None if span is None or span.is_noise else span


def missed(labels: tuple[int, ...], counted: tuple[int, ...], span: Span) -> str | None:
    """Return how a row of labels and what lengths add up to miss each other; None if they may not.

    ``labels`` and ``counted`` are the shapes of the labels and of the lengths.
    """
    if len(labels) != 1:
        return None
    count = prod(counted)
    low, high = int(span.low) * count, int(span.high) * count
    if low <= labels[0] <= high:
        return None
    sums = f"{low}" if low == high else f"{low} to {high}"
    return f"{labels[0]} of them, and their lengths add up to {sums}"


check = PerSubject((SEQUENCES,), _find)
