"""Weights of classes that are not one for each class.

What it does: compares the numbers in `weight` (or `pos_weight`) of a loss with the classes that it
gets scores for: axis 1 of the logits, and the last axis where every score is a question of its own.

Where they fit the target and the scores do not, the layer that makes the scores is at fault.

Why it matters: each class is multiplied by its own number.

Example: `CrossEntropyLoss(weight=(1.0, 2.0, 5.0))` on logits `B×10`.
Better: ten numbers.

Fix: leaves the weights away; or sets the width of that layer.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.loss_rules import shape_of
from graph_editor.checking.proposals import reset, set_width
from graph_editor.checking.walk import facts_of, width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import Arg

CODE = "class-weights"
RANK = 25
PER_CLASS = ("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss")
PER_SCORE = ("nn.BCELoss", "nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
ARGUMENTS = ("weight", "pos_weight")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where weights of classes do not fit the scores."""
    site = failure.site
    scores = sizes(site, "input")
    if not scores or site.node.spec not in (*PER_CLASS, *PER_SCORE):
        return None
    for argument in ARGUMENTS:
        given = site.args.get(argument)
        if given is not None and not _fits(site, given, scores):
            told = _fits_target(site, given, context)
            found = _of_layer(site, argument, given, context) if told else None
            if told and found is None and site.node.spec in PER_SCORE:
                return None  # the scores do not fit the target, be the weights what they may
            return found or _diagnosis(site, argument, given, scores)
    return None


def _fits_target(site: Site, given: Arg, context: Context) -> bool:
    """Whether there is a weight for each class that the target has."""
    if site.node.spec in PER_SCORE:
        target = sizes(site, "target")
        return target is not None and len(shape_of(given)) == 1 and _fits(site, given, target)
    facts = facts_of(site, "target", context)
    return facts is not None and facts.classes is not None and shape_of(given) == (facts.classes,)


def _of_layer(site: Site, argument: str, given: Arg, context: Context) -> Diagnosis | None:
    """Blame the layer that decides the number of classes, which weights and target agree on."""
    axis = 1 if site.node.spec in PER_CLASS and len(site.inputs["input"].shape) > 1 else -1
    maker = width_before(site, "input", axis, context)
    if maker is None:
        return None
    layer, width = maker
    count = shape_of(given)[-1]
    message = (
        f"{width} of {title(layer)} {label(layer)} is {site.inputs['input'].shape[axis]}, so that "
        f"{site.shown('input')} reaches {title(site)} {label(site)}. Its {argument} has {count} "
        f"numbers, and its target has {count} classes: there has to be a score for each."
    )
    fix = set_width(maker, count, context)
    return Diagnosis(CODE, "error", layer.address, message, width, "", (fix,))


def _fits(site: Site, given: Arg, scores: tuple[int, ...]) -> bool:
    shape = shape_of(given)
    if site.node.spec in PER_CLASS:
        return shape == (scores[min(1, len(scores) - 1)],)
    if len(shape) > len(scores):
        return False
    ends = zip(reversed(shape), reversed(scores), strict=False)
    return all(mine in (1, theirs) for mine, theirs in ends)


def _diagnosis(site: Site, argument: str, given: Arg, scores: tuple[int, ...]) -> Diagnosis:
    per_class = site.node.spec in PER_CLASS
    classes = scores[min(1, len(scores) - 1)] if per_class else scores[-1]
    shape = shape_of(given)
    count = f"{shape[0]} number{'s' * (shape[0] != 1)}" if len(shape) == 1 else f"the shape {shape}"
    wanted = f"one for each of the {classes} classes" if classes != 1 else "one for the one class"
    message = (
        f"{argument} of {title(site)} {label(site)} has {count}, and it has to have {wanted} in "
        f"{site.shown('input')}."
    )
    proposals = (reset(site, argument),)
    return Diagnosis(CODE, "error", site.address, message, argument, "", proposals)
