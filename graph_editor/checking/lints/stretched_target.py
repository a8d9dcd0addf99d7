"""A loss or metric that compares every prediction with every target: one axis is missing.

What it does: compares the shapes of input and target where these go element by element.

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
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, product, shape, sizes, title

CODE = "target-stretched"
Shape = tuple[int, ...]
METRICS = ("metric.mae", "metric.mse", "metric.rmse", "metric.r2", "metric.binary_accuracy")


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every loss and metric whose input and target are stretched to one another."""
    for site in context.of((*STRETCHED, *METRICS)):
        given, target = sizes(site, "input"), sizes(site, "target")
        if given is None or target is None or f"{site.address}.output" not in context.types:
            continue
        one_number = product(given) == 1 or product(target) == 1
        if given != target and not one_number and not clashes(given, target):
            yield _diagnosis(site, given, target, context)


def _diagnosis(site: Site, given: Shape, target: Shape, context: Context) -> Diagnosis:
    result = _stretched(_dims(site, "input", given), _dims(site, "target", target))
    message = (
        f"{title(site)} {label(site)} gets input {site.shown('input')} and target "
        f"{site.shown('target')}: torch stretches both to {shape(result)}, so that "
        f"{_mixed(given, target)}."
    )
    proposals = (
        *_proposals(site, given, target),
        *without_ones(site, given, target),
        *of_one_step(site, given, target, context),
        *_widths(site, given, target, context),
    )
    return Diagnosis(CODE, "warning", site.address, message, "", "target", proposals)


def _mixed(given: Shape, target: Shape) -> str:
    """Return what is compared with what: samples with others, or numbers of one with each other."""
    if len(given) != len(target) or given[0] != target[0]:
        return "predictions are compared with targets of other samples"
    if product(given) > product(target):
        return "several predictions of a sample are compared with one and the same target"
    return "one prediction of a sample is compared with several targets"


def _dims(site: Site, port: str, numbers: Shape) -> tuple[int | str, ...]:
    known = site.symbolic.get(port)
    return known.shape if known else numbers


def _stretched(left: tuple[int | str, ...], right: tuple[int | str, ...]) -> list[int | str]:
    count = max(len(left), len(right))
    left, right = (1,) * (count - len(left)) + left, (1,) * (count - len(right)) + right
    return [r if a == 1 else a for a, r in zip(left, right, strict=True)]


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
