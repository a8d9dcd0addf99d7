"""Two losses whose inputs, or targets, are exchanged: each gets what the other one is for.

What it does: where a loss is refused, looks for another one that does not fit its target either,
and whether both would if their inputs, or their targets, changed places.

Why it matters: a network with two heads has a loss for each. With the wires crossed the scores meet
the places and the numbers meet the classes, and neither head is as wide as its target.

Example: `CrossEntropyLoss(B×2, B)` of 4 classes beside `MSELoss(B×4, B×2)`.
Better: `CrossEntropyLoss(B×4, B)` beside `MSELoss(B×2, B×2)`.

Fix: lets the two wires change places.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.class_target import LOSSES, labels_for
from graph_editor.checking.diagnosers.paired_target import EQUAL, FLOAT_TARGET, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import swap_between
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.walk import facts_of
from graph_editor.checking.words import label, sizes, title

CODE = "crossed-losses"
RANK = 11  # before what is said of either head alone
KNOWN = (*EQUAL, *STRETCHED, *LOSSES)
PORTS = ("input", "target")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where two losses take what arrives once their inputs, or targets, are exchanged."""
    site = failure.site
    if site.node.spec not in KNOWN or _fits(site, site, site, context):
        return None
    beside = [
        other
        for other in context.of(KNOWN)
        if other.block == site.block and other.address != site.address
    ]
    refused = [other for other in beside if not _fits(other, other, other, context)]
    classes = [other for other in beside if other in refused or _gets_classes(other, context)]
    for port, known in zip(PORTS, (refused, classes), strict=True):
        others = [each for each in known if _fit_exchanged(site, each, port, context)]
        if len(others) == 1:
            one, other = site, others[0]
            if port == "input":  # both are refused, and told as one, at the first
                one, other = (each for each in context.of(KNOWN) if each in (one, other))
            return _diagnosis(one, other, port)
    return None


def _gets_classes(loss: Site, context: Context) -> bool:
    """Whether a loss that compares number by number gets the numbers of classes for a target."""
    facts = facts_of(loss, "target", context) if loss.node.spec not in LOSSES else None
    return facts is not None and (facts.classes or 0) > 2


def _fit_exchanged(one: Site, other: Site, port: str, context: Context) -> bool:
    if port == "input":
        return _fits(one, other, one, context) and _fits(other, one, other, context)
    return _fits(one, one, other, context) and _fits(other, other, one, context)


def _diagnosis(one: Site, other: Site, port: str) -> Diagnosis:
    message = (
        f"The {port}s of {title(one)} {label(one)} and {title(other)} {label(other)} are "
        f"exchanged: {label(one)} gets {one.shown('input')} for target {_target(one)}, and "
        f"{label(other)} gets {other.shown('input')} for target {_target(other)}. Each fits "
        f"the {'target' if port == 'input' else 'input'} of the other one."
    )
    words = f"Swap the {port}s of {label(one)} and {label(other)}"
    swap = swap_between((one, port), (other, port), words)
    return Diagnosis(CODE, "error", one.address, message, "", port, (swap,))


def _target(loss: Site) -> str:
    return f"{loss.shown('target')} {loss.inputs['target'].dtype}"


def _fits(loss: Site, giver: Site, taker: Site, context: Context) -> bool:
    """Whether a loss takes what arrives at the input of one and at the target of another one."""
    given, target = sizes(giver, "input"), sizes(taker, "target")
    if given is None or target is None:
        return False
    dtype = taker.inputs["target"].dtype
    if loss.node.spec not in LOSSES:
        return given == target and (loss.node.spec not in FLOAT_TARGET or dtype in FLOATS)
    facts = facts_of(taker, "target", context)
    classes = facts.classes if facts is not None else None
    is_wide = len(given) > 1 and (classes is None or classes <= given[1])
    return is_wide and target == labels_for(given) and dtype in ("int64", "uint8")
