"""More labels in a sample than a CTCLoss has steps to find them in.

What it does: compares the largest of `target_lengths` with the largest of `input_lengths`, and with
the steps of `log_probs`, as far as the drawing and the data source say how far they go. It does not
speak where `zero_infinity` is set, nor where more steps are said than there are: that is an error.

Why it matters: each step gives one label at most. Where there are more labels than steps no way
leads through: the loss of that sample is infinite, its gradient nan, and so are all weights after
one step. torch says nothing. Layers that skip steps, as a stride or a pool does, leave fewer than
there seem to be.

Example: `CTCLoss` with 20 steps and targets of 30 labels.
Better: a layer less that skips steps, so that 40 steps are left.

Fix: sets `zero_infinity`, which leaves such samples out, where others fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.words import label, title

CODE = "targets-too-long"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    labels = whole_span_at(site, "target_lengths", context)
    steps = _most_steps(site, context)
    if labels is None or steps is None or labels.is_noise or not labels.is_sure:
        return
    if labels.high > steps and site.value("zero_infinity") is False and is_run(site, context):
        message = (
            f"{title(site)} {label(site)} looks for up to {labels.high:g} labels in {steps:g} "
            f"steps (target_lengths, and log_probs of {site.shown('log_probs')}). A step gives one "
            "label at most: with more labels than steps the loss is infinite, and its gradient nan."
        )
        fixes = (set_to(site, "zero_infinity", to=True),) if labels.low <= steps else ()
        yield Diagnosis(CODE, "warning", site.address, message, "", "target_lengths", fixes)


def _most_steps(site: Site, context: Context) -> float | None:
    """Return the most steps that a sample has; None where that is not known."""
    given = site.symbolic.get("log_probs") or site.inputs.get("log_probs")
    span = whole_span_at(site, "input_lengths", context)
    known = [] if span is None or span.is_noise else [span.high]
    if given is not None and given.shape and isinstance(given.shape[0], int):
        if span is not None and span.is_sure and span.high > given.shape[0]:
            return None  # which is told of the lengths
        known.append(given.shape[0])
    return min(known, default=None)


check = PerSubject(("nn.CTCLoss",), _find)
"""The lengths of a CTCLoss."""
