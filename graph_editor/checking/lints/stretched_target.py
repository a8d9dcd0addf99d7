"""A loss or metric that compares every prediction with every target: one axis is missing.

What it does: compares the shapes of input and target where these go element by element. Where axes
of size 1 alone differ and each prediction still meets its own target, that is said as a remark, for
torch warns of it; a target without samples, such as a constant, may be stretched.

Why it matters: of `B×1` and `B` torch makes `B×B`: each prediction meets the targets of all other
samples. The network learns to say their mean, or a metric shows a wrong number. Nothing fails.

Example: `MSELoss(B×1, B)`.
Better: `MSELoss(B×1, B×1)`, or both `B`.

Fix: adds the axis to the target, or drops it from the prediction; takes the last step, or the mean
over all; or sets the width of the last layer to that of the target.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.diagnosers.paired_target import STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.laid_out import of_one_step, without_ones
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.verdict import Dim, Severity
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import holds_batch, label, product, shape, sizes, title

CODE = "target-stretched"
Shape = tuple[int, ...]
Dims = tuple[Dim, ...]
WARNED = ("nn.MSELoss", "nn.L1Loss", "nn.SmoothL1Loss", "nn.HuberLoss")
"""Losses of which torch itself warns where the two shapes differ."""
METRICS = ("metric.mae", "metric.mse", "metric.rmse", "metric.r2", "metric.binary_accuracy")


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every loss and metric whose input and target are stretched to one another."""
    for site in context.of((*STRETCHED, *METRICS)):
        given, target = sizes(site, "input"), sizes(site, "target")
        if given is None or target is None or f"{site.address}.output" not in context.types:
            continue
        one_number = product(given) == 1 or product(target) == 1
        if given != target and not one_number and not clashes(given, target):
            yield from _told(site, given, target, context)


def _told(site: Site, given: Shape, target: Shape, context: Context) -> Iterator[Diagnosis]:
    dims, wanted = _dims(site, "input", given), _dims(site, "target", target)
    found = _mixed(dims, wanted)
    if found is None or (found[0] == "info" and site.node.spec not in WARNED):
        return
    severity, mixed = found
    message = (
        f"{title(site)} {label(site)} gets input {site.shown('input')} and target "
        f"{site.shown('target')}: torch stretches both to {shape(_stretched(dims, wanted))}, so "
        f"that {mixed}."
    )
    proposals = (
        *_proposals(site, given, target),
        *_leading(site, given, target),
        *without_ones(site, given, target),
        *of_one_step(site, given, target, context),
        *_widths(site, given, target, context),
    )
    yield Diagnosis(CODE, severity, site.address, message, "", "target", proposals)


def _mixed(given: Dims, target: Dims) -> tuple[Severity, str] | None:
    """Return what is compared with what, and how bad that is; None where nothing is amiss."""
    pairs = _aligned(given, target)
    counted = [any(map(holds_batch, side)) for side in (given, target)]
    if all(counted) and any(holds_batch(a) != holds_batch(b) for a, b in pairs):
        return "warning", "predictions are compared with targets of other samples"
    if not any(counted) and len(given) != len(target) and given[0] == target[0] != 1:
        return "warning", "predictions are compared with targets of other samples"
    if not counted[0] and counted[1]:
        return None  # a parameter that is to be the mean; a sum over the batch is another lint's
    fewer = any(a == 1 != b for a, b in pairs)
    more = any(b == 1 != a for a, b in pairs)
    if fewer:
        return "warning", "one prediction of a sample is compared with several targets"
    if not counted[1]:
        return None  # numbers that stand for every sample, such as a constant
    if not more:
        return "info", "every prediction meets its own target; torch warns of shapes that differ"
    is_same = len(given) == len(target)
    words = "several predictions of a sample are compared with one and the same target"
    return "warning" if is_same else "info", words


def _aligned(left: Dims, right: Dims) -> list[tuple[Dim, Dim]]:
    """Return the sizes of two shapes in pairs, from the last; what is missing counts as 1."""
    count = max(len(left), len(right))
    left, right = (1,) * (count - len(left)) + left, (1,) * (count - len(right)) + right
    return list(zip(left, right, strict=True))


def _dims(site: Site, port: str, numbers: Shape) -> Dims:
    known = site.symbolic.get(port)
    return known.shape if known else numbers


def _stretched(left: Dims, right: Dims) -> list[Dim]:
    return [r if a == 1 else a for a, r in _aligned(left, right)]


def _leading(site: Site, given: Shape, target: Shape) -> Iterator[Proposal]:
    """Yield what drops a first axis of size 1 that one side has and the other lacks."""
    for port, longer, shorter in (("input", given, target), ("target", target, given)):
        if longer == (1, *shorter):
            yield insert(site, port, "Tensor.squeeze", {"dim": 0}, f"Drop axis 0 of {port}")


def _proposals(site: Site, given: Shape, target: Shape) -> Iterator[Proposal]:
    if given == (*target, 1):
        words = "Add an axis of size 1 to target"
        yield insert(site, "target", "Tensor.unsqueeze", {"dim": -1}, words)
        words = "Drop the last axis of input"
        yield insert(site, "input", "Tensor.squeeze", {"dim": -1}, words)
    if target == (*given, 1):
        words = "Drop the last axis of target"
        yield insert(site, "target", "Tensor.squeeze", {"dim": -1}, words)
        words = "Add an axis of size 1 to input"
        yield insert(site, "input", "Tensor.unsqueeze", {"dim": -1}, words)


def _widths(site: Site, given: Shape, target: Shape, context: Context) -> Iterator[Proposal]:
    """Yield what gives a prediction for each target, where these differ in the last axis alone."""
    if len(given) != len(target) or given[:-1] != target[:-1]:
        return
    found = width_before(site, "input", -1, context)
    if found is not None:
        maker, argument = found
        yield set_to(maker, argument, target[-1], of="" if maker is site else label(maker))
