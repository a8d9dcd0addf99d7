"""A mean or sum over the batch, of which one prediction for all samples comes.

What it does: looks for a loss whose target has a place for each sample and whose input has none,
and for the reduction over axis 0 before it.

Why it matters: torch stretches the one prediction to all targets. The network learns to say the
mean of a batch, whatever is in it, and nothing fails.

Example: `Linear → sum(dim=0) → Linear → MSELoss`, `1` against `B×1`.
Better: `Linear → Linear → MSELoss`, `B×1` against `B×1`.

Fix: sets `dim` to an axis of the sample, or switches the reduction off.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import changer, cures, reduces, said_of, samples
from graph_editor.checking.diagnosers.paired_target import STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.words import holds_batch, label, title

CODE = "batch-summed"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if given is None or target is None or not target.shape or not holds_batch(target.shape[0]):
        return
    if any(map(holds_batch, given.shape)):
        return
    maker = changer(site, context)
    if maker is None or not reduces(maker, samples(maker)):
        return
    message = (
        f"{said_of(maker, context)}. {title(site)} {label(site)} compares {site.shown('input')} "
        f"with target {site.shown('target')}: one prediction for all samples."
    )
    found = tuple(cures(maker, context))
    yield Diagnosis(CODE, "warning", maker.address, message, "dim", "", found)


check = PerSubject(STRETCHED, _find)
