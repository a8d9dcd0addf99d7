"""One-hot rows with another number of places than a loss of classes has scores.

What it does: where a cross entropy gets rows of floats as target, looks for the `one_hot` that made
them, and compares its `num_classes` and the scores with the number of classes that the data name.

Why it matters: a row of probabilities has a place for each class. The labels say how many classes
there are; a place more stays empty for ever, and a score too few leaves a class out.

Example: `Linear(64, 4)` and `one_hot(labels, num_classes=5)` of 4 classes.
Better: `one_hot(labels, num_classes=4)`; of 5 classes, `Linear(64, 5)`.

Fix: sets `num_classes` to the number of scores, or the width of the last layer to that of classes.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.walk import AS_THEY_STAND, chain_before, facts_of, width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "one-hot-width"
RANK = 29  # before what only compares the two shapes
LOSS = "nn.CrossEntropyLoss"
HOT = "F.one_hot"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the one_hot of more places than its labels need, where the scores are enough."""
    site = failure.site
    logits, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec != LOSS or logits is None or target is None:
        return None
    if len(logits) != len(target) or len(logits) != 2 or logits[0] != target[0]:
        return None
    *_, hot = (None, *chain_before(site, "target", context, AS_THEY_STAND))
    if hot is None or hot.node.spec != HOT or site.inputs["target"].dtype not in FLOATS:
        return None
    said, facts = number(hot.value("num_classes")), facts_of(hot, "tensor", context)
    if said is None or said == logits[1] or facts is None or facts.classes is None:
        return None
    if facts.classes == said:
        return _at_the_layer(site, said, hot, context)
    if facts.classes > logits[1]:
        return None  # the scores are too few
    message = (
        f"num_classes of one_hot {label(hot)} is {said}, so that target is {site.shown('target')}, "
        f"and {title(site)} {label(site)} gets scores {site.shown('input')}: one for each of "
        f"{logits[1]} classes. The labels name {facts.classes}."
    )
    fixes = (set_to(hot, "num_classes", logits[1]),)
    return Diagnosis(CODE, "error", hot.address, message, "num_classes", "", fixes)


def _at_the_layer(site: Site, classes: int, hot: Site, context: Context) -> Diagnosis | None:
    """Blame the layer that gives another number of scores than there are classes."""
    maker = width_before(site, "input", -1, context)
    if maker is None:
        return None
    layer, argument = maker
    message = (
        f"{argument} of {title(layer)} {label(layer)} makes {title(site)} {label(site)} get scores "
        f"{site.shown('input')}. The labels name {classes} classes, and one_hot {label(hot)} makes "
        f"rows of {classes} of them, {site.shown('target')}."
    )
    fixes = (set_width(maker, classes, context),)
    return Diagnosis(CODE, "error", layer.address, message, argument, "", fixes)
