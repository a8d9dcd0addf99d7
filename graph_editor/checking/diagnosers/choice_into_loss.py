"""A loss that gets the choice, and not the scores that it was made by.

What it does: where a loss is refused, looks for an `argmax` before its input.

Why it matters: a loss needs the scores of all classes. `argmax` gives the number of the best one
alone, a whole number, and no gradient passes it.

Example: `Linear → argmax → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`; `argmax` where the accuracy is counted.

Fix: leads the scores to the loss, past the choice.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.rewire import CHOICES, before_choice
from graph_editor.checking.walk import ELEMENTWISE, TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "choice-into-loss"
RANK = 9


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the choice before a loss that is refused."""
    site = failure.site
    if not site.node.spec.endswith("Loss") or "input" not in site.inputs:
        return None
    for maker in chain_before(site, "input", context, ELEMENTWISE | TRANSPARENT):
        if maker.node.spec not in CHOICES or maker.node.when is not None:
            continue
        message = (
            f"{title(maker)} {label(maker)} makes {maker.shown('input')} scores into whole "
            f"numbers, the best class of each, and {title(site)} {label(site)} behind it gets "
            f"{site.shown('input')}. A loss needs the scores themselves; no gradient passes a "
            "choice."
        )
        found = tuple(before_choice(maker, context))
        return Diagnosis(CODE, "error", maker.address, message, "", "", found)
    return None
