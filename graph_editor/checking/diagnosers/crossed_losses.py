"""Two losses whose inputs are exchanged: each gets what the other one is for.

What it does: where a loss is refused, looks for another one that does not fit its target either,
and whether both would if their inputs changed places.

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
PORT = "input"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where two losses would fit their targets if their inputs were exchanged."""
    site = failure.site
    if site.node.spec not in KNOWN or _fits(site, site, context):
        return None
    others = [
        other
        for other in context.of(KNOWN)
        if other.block == site.block
        and other.address != site.address
        and not _fits(other, other, context)
        and _fits(site, other, context)
        and _fits(other, site, context)
    ]
    if len(others) != 1:
        return None
    one, other = sorted((site, others[0]), key=lambda each: each.address)
    message = (
        f"The inputs of {title(one)} {label(one)} and {title(other)} {label(other)} are exchanged: "
        f"{label(one)} gets {one.shown(PORT)} for target {one.shown('target')}, and "
        f"{label(other)} gets {other.shown(PORT)} for target {other.shown('target')}. Each fits "
        "the target of the other one."
    )
    words = f"Swap the inputs of {label(one)} and {label(other)}"
    swap = swap_between((one, PORT), (other, PORT), words)
    return Diagnosis(CODE, "error", one.address, message, "", PORT, (swap,))


def _fits(loss: Site, giver: Site, context: Context) -> bool:
    """Whether a loss takes, for its target, what arrives at the input of another one."""
    given, target = sizes(giver, PORT), sizes(loss, "target")
    if given is None or target is None:
        return False
    dtype = loss.inputs["target"].dtype
    if loss.node.spec not in LOSSES:
        return given == target and (loss.node.spec not in FLOAT_TARGET or dtype in FLOATS)
    facts = facts_of(loss, "target", context)
    classes = facts.classes if facts is not None else None
    is_wide = len(given) > 1 and (classes is None or classes <= given[1])
    return is_wide and target == labels_for(given) and dtype in ("int64", "uint8")
