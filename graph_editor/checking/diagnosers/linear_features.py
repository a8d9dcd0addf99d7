"""A Linear layer whose in_features is not what arrives.

What it does: compares `in_features` with the last axis of the input.

Why it matters: a Linear layer multiplies each row with its weights, and their lengths must be
equal. torch says only that two matrices cannot be multiplied.

Example: `Linear(64, 128) → Linear(100, 10)`: 128 numbers arrive, 100 are expected.
Better: `Linear(64, 128) → Linear(128, 10)`.

Fix: puts the channels last where they are as many, sets `in_features` to the number that arrives,
leaves it open, or changes the layer before.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import let_infer, set_to, set_width
from graph_editor.checking.turning import channels_last
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes

CODE = "linear-in-features"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a Linear layer's in_features differs from the last axis of its input."""
    site = failure.site
    arriving, expected = sizes(site, "input"), number(site.value("in_features"))
    if site.node.spec != "nn.Linear" or not arriving or arriving[-1] == expected:
        return None
    message = (
        f"in_features of {label(site)} is {expected}, and {arriving[-1]} numbers arrive "
        f"in each row ({site.shown('input')})."
    )
    proposals = [*channels_last(site, "input", expected), set_to(site, "in_features", arriving[-1])]
    proposals.append(let_infer(site, "in_features"))
    maker = width_before(site, "input", -1, context)
    if maker is not None and expected is not None:
        proposals.append(set_width(maker, expected, context))
    return Diagnosis(CODE, "error", site.address, message, "in_features", "input", tuple(proposals))
