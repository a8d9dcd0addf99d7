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

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import let_infer, set_to, set_width
from graph_editor.checking.turning import channels_last
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import holds_batch, label, number, sizes, title

CODE = "linear-in-features"
RANK = 30
LAYERS = {
    "nn.Linear": {"input": "in_features"},
    "nn.Bilinear": {"input1": "in1_features", "input2": "in2_features"},
}
"""The argument that says the length of a row, by port."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the length of a row that a layer was told differs from the last axis."""
    for port, argument in LAYERS.get(failure.site.node.spec, {}).items():
        found = _at(failure.site, port, argument, context)
        if found is not None:
            return found
    return None


def _at(site: Site, port: str, argument: str, context: Context) -> Diagnosis | None:
    arriving, expected = sizes(site, port), number(site.value(argument))
    if not arriving or arriving[-1] == expected:
        return None
    message = (
        f"{argument} of {label(site)} is {expected}, and {arriving[-1]} numbers arrive "
        f"in each row ({site.shown(port)})."
    )
    known = site.on_wire(port)
    if holds_batch(known.shape[-1]):
        message = (
            f"{label(site)} gets {known.text()}, and the last axis of that depends on the size of "
            f"the batch: {title(site)} has a weight for each place of the last axis, so that it "
            f"works for one batch size alone ({argument} is {expected}, and {arriving[-1]} numbers "
            "arrive)."
        )
        return Diagnosis(CODE, "error", site.address, message, "", port)
    proposals = [*channels_last(site, port, expected), set_to(site, argument, arriving[-1])]
    proposals.append(let_infer(site, argument))
    maker = width_before(site, port, -1, context)
    if maker is not None and expected is not None:
        proposals.append(set_width(maker, expected, context))
    return Diagnosis(CODE, "error", site.address, message, argument, port, tuple(proposals))
