"""One-hot rows with another number of places than the scores that they meet.

What it does: where a cross entropy gets rows of floats as target, or such rows are added to scores
or multiplied with them, looks for the `one_hot` that made them, and compares its `num_classes` and
the scores with the number of classes that the data name.

Why it matters: a row of probabilities has a place for each class. The labels say how many classes
there are; a place more stays empty for ever, and a score too few leaves a class out.

Example: `Linear(64, 4)` and `one_hot(labels, num_classes=5)` of 4 classes.
Better: `one_hot(labels, num_classes=4)`; of 5 classes, `Linear(64, 5)`.

Fix: sets `num_classes` to the number of scores, or the width of the last layer to that of classes.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes, pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.walk import (
    AS_THEY_STAND,
    ELEMENTWISE,
    PAIRED,
    chain_before,
    facts_of,
    width_before,
)
from graph_editor.checking.words import label, number, sizes, title

CODE = "one-hot-width"
RANK = 29  # before what only compares the two shapes
LOSS = "nn.CrossEntropyLoss"
HOT = "F.one_hot"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the one_hot of more places than its labels need, where the scores are enough."""
    site = failure.site
    if site.node.spec == LOSS:
        return _of_two(site, "input", "target", context)
    for one, other in pairs_of(site):
        found = _of_two(site, one, other, context) or _of_two(site, other, one, context)
        if found is not None:
            return found
    return None


def _of_two(site: Site, scores: str, rows: str, context: Context) -> Diagnosis | None:
    """Blame the one_hot before one port, or the layer before the other, where widths differ."""
    given, target = sizes(site, scores), sizes(site, rows)
    if given is None or target is None or clashes(given, target) != [-1]:
        return None
    hot = _one_hot_before(site, rows, context)
    if hot is None or len(given) != len(target) or len(given) != 2:
        return None
    said, facts = number(hot.value("num_classes")), facts_of(hot, "tensor", context)
    if said is None or said == given[1] or facts is None or facts.classes is None:
        return None
    if facts.classes == said:
        return _at_the_layer(site, (scores, rows), said, hot, context)
    if facts.classes > given[1]:
        return None  # the scores are too few
    message = (
        f"num_classes of one_hot {label(hot)} is {said}, so that {rows} is {site.shown(rows)}, "
        f"and {title(site)} {label(site)} gets scores {site.shown(scores)}: one for each of "
        f"{given[1]} classes. The labels name {facts.classes}."
    )
    fixes = (set_to(hot, "num_classes", given[1]),)
    return Diagnosis(CODE, "error", hot.address, message, "num_classes", "", fixes)


def _one_hot_before(site: Site, port: str, context: Context) -> Site | None:
    """Return the one_hot whose rows a loss gets for floats, or other nodes however scaled."""
    is_loss = site.node.spec == LOSS
    through = AS_THEY_STAND if is_loss else ELEMENTWISE | PAIRED
    *_, hot = (None, *chain_before(site, port, context, through))
    is_hot = hot is not None and hot.node.spec == HOT
    return hot if is_hot and (not is_loss or site.inputs[port].dtype in FLOATS) else None


def _at_the_layer(
    site: Site, ports: tuple[str, str], classes: int, hot: Site, context: Context
) -> Diagnosis | None:
    """Blame the layer that gives another number of scores than there are classes."""
    scores, rows = ports
    maker = width_before(site, scores, -1, context)
    if maker is None:
        return None
    layer, argument = maker
    message = (
        f"{argument} of {title(layer)} {label(layer)} makes {title(site)} {label(site)} get scores "
        f"{site.shown(scores)}. The labels name {classes} classes, and one_hot {label(hot)} makes "
        f"rows of {classes} of them, {site.shown(rows)}."
    )
    fixes = (set_width(maker, classes, context),)
    return Diagnosis(CODE, "error", layer.address, message, argument, "", fixes)
