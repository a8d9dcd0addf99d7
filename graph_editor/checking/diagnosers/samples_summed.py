"""A sum or a mean over the samples, which stand behind another axis.

What it does: where a loss has a target for each sample and its input has none, looks for a
reduction over axis 1, along which the samples stand.

Why it matters: answers of several networks that were stacked are `N×B×C`: axis 0 counts the
networks. Over axis 1, the samples of a batch are made one.

Example: `stack([a, b, c]).mean(1)` with `B×4` each: `3×4` comes out.
Better: `stack([a, b, c]).mean(0)`: `B×4`.

Fix: goes over axis 0.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, number, title

CODE = "samples-summed"
RANK = 16  # after what is said of samples that stand first
THROUGH = ELEMENTWISE | {"nn.Linear"}
Shape = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the reduction over the axis of the samples."""
    site = failure.site
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if not site.node.spec.endswith("Loss") or given is None or target is None:
        return None
    if any(map(holds_batch, given.shape)) or not any(map(holds_batch, target.shape[:1])):
        return None
    for maker in chain_before(site, "input", context, THROUGH):
        if maker.node.spec not in REDUCTIONS or not _goes_over_samples(maker):
            continue
        name = title(maker)
        message = (
            f"{name[0].upper()}{name[1:]} {label(maker)} goes over axis 1 of "
            f"{maker.shown('input')}, which holds the samples. In the end {site.shown('input')} "
            f"reaches {title(site)} {label(site)}, and its target {site.shown('target')} has a "
            "place for each sample."
        )
        fixes = (set_to(maker, "dim", 0),)
        return Diagnosis(CODE, "error", maker.address, message, "dim", "input", fixes)
    return None


def _goes_over_samples(maker: Site) -> bool:
    arriving, dim = maker.symbolic.get("input"), number(maker.value("dim"))
    if arriving is None or dim is None or len(arriving.shape) < 2 or maker.node.when is not None:
        return False
    held = [axis for axis, size in enumerate(arriving.shape) if holds_batch(size)]
    return held == [1] and dim in (1, 1 - len(arriving.shape))
