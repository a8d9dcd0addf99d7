"""A last layer with another number of outputs than its target has, for a loss of pairs.

What it does: where a loss compares input and target number by number and only one axis differs,
looks for the layer that decides its size.

Why it matters: such a loss needs one number for each number of the target. Two scores for a yes or
no, one for each class, belong to a cross entropy.

Example: `Linear(16, 2) → BCEWithLogitsLoss` with a target of `B`.
Better: `Linear(16, 1)`, and the axis of size 1 dropped.

Fix: sets the width of that layer, and drops the axis of size 1 that the target lacks; or uses cross
entropy where the target holds class numbers, which is all that more than two classes leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.diagnosers.class_target import labels_for
from graph_editor.checking.diagnosers.paired_target import EQUAL, FLOAT_TARGET, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import convert, insert, replace_spec, set_width, together
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.targets import many_classes
from graph_editor.checking.walk import ELEMENTWISE, chain_before, facts_of, width_before
from graph_editor.checking.without_shares import without_shares
from graph_editor.checking.words import label, sizes, title

CODE = "head-width"
RANK = 29  # before what only compares the two shapes
Shape = tuple[int, ...]
Maker = tuple[Site, str]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the layer that decides the one size that differs."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in (*EQUAL, *STRETCHED) or given is None or target is None:
        return None
    if site.node.spec not in EQUAL and not clashes(given, target):
        return None
    axis, wanted = _odd(given, target)
    maker = width_before(site, "input", axis, context) if axis else None
    if maker is None or given[axis] == wanted:
        return None
    layer, argument = maker
    whole = _labels(site, given, target, context)
    message = (
        f"{argument} of {title(layer)} {label(layer)} is {given[axis]}, so that "
        f"{site.shown('input')} reaches {title(site)} {label(site)}, which compares it number by "
        f"number with target {site.shown('target')}."
    )
    if not (whole and many_classes(site, context)):
        message += f" It would have to be {wanted}."
    if whole:
        message += (
            f" The target holds whole numbers; {given[axis]} scores, one for each class, are what "
            f"{'NLLLoss' if 'KLDiv' in site.node.spec else 'CrossEntropyLoss'} takes."
        )
    found = tuple(_proposals(site, maker, (axis, wanted), (given, target), whole, context))
    return Diagnosis(CODE, "error", layer.address, message, argument, "", found)


def _odd(given: Shape, target: Shape) -> tuple[int, int]:
    """Return the axis after the batch that alone does not fit, and its size in the target.

    It is 1 where the target has no such axis, and the axis 0 where there is none to name.
    """
    if len(given) == len(target):
        bad = [axis for axis in range(len(given)) if given[axis] != target[axis]]
        return (bad[0], target[bad[0]]) if len(bad) == 1 else (0, 0)
    lacking = [axis for axis in range(1, len(given)) if given[:axis] + given[axis + 1 :] == target]
    return (lacking[-1], 1) if lacking else (0, 0)


def _labels(site: Site, given: Shape, target: Shape, context: Context) -> bool:
    """Whether the target holds class numbers, one for each row of scores."""
    facts = facts_of(site, "target", context)
    whole = site.inputs["target"].dtype == "int64" or (facts is not None and facts.classes)
    return bool(whole) and target == labels_for(given)


def _proposals(
    site: Site,
    maker: Maker,
    odd: tuple[int, int],
    shapes: tuple[Shape, Shape],
    whole: bool,
    context: Context,
) -> Iterator[Proposal]:
    (axis, wanted), (given, target) = odd, shapes
    if whole and site.inputs["target"].dtype == "int64":
        other = "nn.NLLLoss" if site.node.spec == "nn.KLDivLoss" else "nn.CrossEntropyLoss"
        instead = replace_spec(site, other, without=tuple(site.node.args))
        yield without_shares(instead, site, context)
    if whole and many_classes(site, context):
        return  # one score tells no more than two apart
    steps: list[tuple[Proposal, ...]] = [(set_width(maker, wanted, context),)]
    if len(given) > len(target):
        place = -1 if axis == len(given) - 1 else axis
        last = f"axis {axis}" if place == axis else "the last axis"
        drop = insert(site, "input", "Tensor.squeeze", {"dim": place}, f"drop {last} of input")
        words = "add an axis of size 1 to target"
        add = insert(site, "target", "Tensor.unsqueeze", {"dim": place}, words)
        if not _is_squeezed(site, axis, context):
            steps = [(*steps[0], drop), (*steps[0], add)]
    for first, *rest in steps:
        others: list[Proposal] = rest
        if site.node.spec in FLOAT_TARGET and site.inputs["target"].dtype not in FLOATS:
            to = convert(site, "target", site.inputs["input"].dtype)
            others = [*others, to]
        if not others:
            yield first
            continue
        said = [first.title, *(_small(p.title) for p in others)]
        yield together(first, *others, title=f"{', '.join(said[:-1])} and {said[-1]}")


def _is_squeezed(site: Site, axis: int, context: Context) -> bool:
    """Whether an axis goes by itself once it is of size 1."""
    gone = (None, axis, axis - len(site.inputs["input"].shape))
    between = chain_before(site, "input", context, ELEMENTWISE | {"Tensor.squeeze"})
    return any(m.node.spec == "Tensor.squeeze" and m.value("dim") in gone for m in between)


def _small(words: str) -> str:
    return words[0].lower() + words[1:]
