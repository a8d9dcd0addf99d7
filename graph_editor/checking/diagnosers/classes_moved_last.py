"""Scores of maps or steps whose classes were moved behind the places before the loss.

What it does: where a cross entropy has as many labels as its logits have places, and the classes
stand last, looks for the `permute` or `transpose` directly before it that put them there.

Why it matters: such a loss takes `B×C×H×W`, with the classes at axis 1, as a
convolution gives them.

Example: `Conv2d → permute(0, 2, 3, 1) → CrossEntropyLoss`.
Better: `Conv2d → CrossEntropyLoss`.

Fix: switches the turn off, where it was the only one.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import skip
from graph_editor.checking.walk import ELEMENTWISE, TURNS, before_turn, chain_before
from graph_editor.checking.words import label, sizes, title

CODE = "classes-moved-last"
RANK = 29  # before what only compares the two shapes


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the turn that moves axis 1 of the scores to the end."""
    site = failure.site
    logits, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in LOSSES or logits is None or target is None or len(logits) < 3:
        return None
    if logits[:-1] != target:
        return None
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if maker is None or maker.node.spec not in TURNS or maker.node.when is not None:
        return None
    if before_turn(maker, -1) != 1 - len(logits) or before_turn(maker, -len(logits)) != -len(
        logits
    ):
        return None
    message = (
        f"{title(maker).capitalize()} {label(maker)} moves the classes of {maker.shown('input')} "
        f"from axis 1 to the end, so that {site.shown('input')} reaches {title(site)} "
        f"{label(site)}, which takes them at axis 1. Its target is {site.shown('target')}."
    )
    return Diagnosis(CODE, "error", maker.address, message, "", "", (skip(maker),))
