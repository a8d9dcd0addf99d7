"""A metric that gets what it cannot compare: a class that is chosen already, or scores as numbers.

What it does: compares what enters a metric with what it compares: an accuracy takes a score for
each class along axis 1 and the number of a class in target; the others compare number by number.

Why it matters: an accuracy finds the highest score itself, so that after an argmax there is nothing
left to choose from; and an error of scores against class numbers has no meaning.

Example: `argmax → accuracy`, `mse(B×10, B)` with class numbers as target.
Better: `accuracy(B×10, B)`.

Fix: wires the scores past the argmax, exchanges the two inputs, uses the metric that fits, turns
one-hot rows into numbers, or adds or drops an axis of size 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import (
    connect,
    insert,
    replace_spec,
    set_width,
    skip,
    swap_inputs,
)
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.walk import TRANSPARENT, chain_before, width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import InPort, PortPath

CODE = "metric-does-not-fit"
RANK = 30
BY_CLASS = ("metric.accuracy", "metric.top_k_accuracy")
BY_NUMBER = ("metric.mae", "metric.mse", "metric.rmse", "metric.r2", "metric.binary_accuracy")
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the shapes at a metric are not those that it compares."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if given is None or target is None:
        return None
    axis = site.node.args.get("class_dim", 1)
    if axis != 1:
        return None  # torch says more than we know of another axis
    if site.node.spec in BY_CLASS and (len(given) < 2 or target != (given[0], *given[2:])):
        return _of_classes(site, given, target, context)
    if site.node.spec in BY_NUMBER and clashes(given, target):
        return _of_numbers(site, given, target, context)
    return None


def _of_classes(site: Site, given: Shape, target: Shape, context: Context) -> Diagnosis | None:
    if len(given) >= 2 and not clashes((given[0], *given[2:]), target):
        return None  # torch stretches these: it stopped for another reason
    both = f"input {site.shown('input')} and target {site.shown('target')}"
    message = (
        f"{title(site)} {label(site)} takes a score for each class along axis 1 of input, and in "
        f"target the number of the right class; it gets {both}."
    )
    picker = _picker(site, context) if len(given) < 2 else None
    if picker is not None:
        message += (
            f" argmax {label(picker)} has chosen a class already: the metric does that itself."
        )
    proposals = tuple(_for_classes(site, given, target, picker, context))
    return Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _picker(site: Site, context: Context) -> Site | None:
    """Return the argmax whose result enters, past what changes no value."""
    *_, maker = (None, *chain_before(site, "input", context, TRANSPARENT))
    return maker if maker is not None and maker.node.spec == "torch.argmax" else None


def _for_classes(
    site: Site, given: Shape, target: Shape, picker: Site | None, context: Context
) -> Iterator[Proposal]:
    if picker is not None:
        graph = context.project.block(picker.block).graph
        before = graph.wires.get(InPort(picker.id, PortPath("input")))
        if picker.block == site.block and before is not None:
            words = f"Wire what enters {label(picker)} to input"
            yield connect(site, "input", before.node, before.port, words)
        yield skip(picker)
    if len(target) > 1 and given == (target[0], *target[2:]):
        yield swap_inputs(site, "input", "target", "Exchange input and target")
    if given == target and len(given) > 1 and site.inputs["target"].dtype not in FLOATS:
        words = "Turn the rows of target into class numbers"
        yield insert(site, "target", "torch.argmax", {"dim": 1}, words)
    if given == target and len(given) == 1 and site.inputs["input"].dtype in FLOATS:
        yield replace_spec(site, "metric.binary_accuracy", without=tuple(site.node.args))


def _of_numbers(site: Site, given: Shape, target: Shape, context: Context) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} compares input and target number by number, so that they "
        f"have to have one shape; their shapes are {site.shown('input')} and "
        f"{site.shown('target')}."
    )
    is_whole = site.inputs["target"].dtype not in FLOATS
    is_of_classes = is_whole and len(given) > 1 and target == (given[0], *given[2:])
    if is_of_classes:
        message += (
            f" Axis 1 of input seems to hold a score for each of {given[1]} classes, and target "
            "their numbers: that is what accuracy compares."
        )
    proposals = tuple(_for_numbers(site, given, target, is_of_classes, context))
    return Diagnosis(CODE, "error", site.address, message, "", "target", proposals)


def _for_numbers(
    site: Site, given: Shape, target: Shape, is_of_classes: bool, context: Context
) -> Iterator[Proposal]:
    if is_of_classes:
        yield replace_spec(site, "metric.accuracy", without=tuple(site.node.args))
        return
    for port, other, longer, shorter in (
        ("input", "target", given, target),
        ("target", "input", target, given),
    ):
        if longer == (*shorter, 1):
            words = f"Add an axis of size 1 to {other}"
            yield insert(site, other, "Tensor.unsqueeze", {"dim": -1}, words)
            words = f"Drop the last axis of {port}"
            yield insert(site, port, "Tensor.squeeze", {"dim": -1}, words)
    if len(given) == len(target) and given[:-1] == target[:-1]:
        maker = width_before(site, "input", -1, context)
        if maker is not None:
            yield set_width(maker, target[-1], context)
