"""An argument without which torch takes the call.

What it does: where torch refuses a node and nothing else explains it, the arguments that were set
are left out and put back one after another; those that torch refuses are named. What is legal is
found by trying as well.

Why it matters: torch speaks of its own checks, not of the field that was filled in.

Example: `Dropout(p=25)`, `AdamW(lr=-1)`, `SGD(nesterov=True)` without momentum.
Better: `Dropout(p=0.25)`, `AdamW(lr=0.001)`, `SGD(momentum=0.9, nesterov=True)`.

Fix: the default, or the nearest legal value.
"""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking.blame import blamed
from graph_editor.checking.failure import Context, Diagnosis, Failure

CODE = "refused-argument"
RANK = 95
VAST = 2**40
"""A whole number beyond which no tensor has so many places."""
SIZES = ("features", "channels", "size", "dim", "embeddings", "shape")
"""How the arguments end that say sizes of weights."""
LONGEST = 120
"""Words of torch that are repeated, where nothing else says why."""

WHY = {
    "capturable": "it is there to record a step on a GPU as a CUDA graph, and torch takes it for "
    "weights on a GPU alone. The written code trains on the processor unless it is told another "
    "device, and stops there at the first step.",
}
"""What is to be said of arguments where torch's words help nobody."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where arguments were found to be at fault by trying."""
    if not failure.at_fault:
        return None
    found = blamed(failure.site, failure.at_fault, CODE, context)
    if found.message.endswith("here.") and found.argument in WHY:
        return replace(found, message=f"{found.message[:-1]}: {WHY[found.argument]}")
    number = failure.at_fault[0].said
    vast = isinstance(number, int) and abs(number) > VAST
    if found.message.endswith("here.") and vast and found.argument.endswith(SIZES):
        return replace(found, message=f"{found.message[:-1]}: no memory holds a tensor so large.")
    said = next(iter(failure.message.strip().splitlines()), "").rstrip(" .:")
    if found.message.endswith("here.") and 0 < len(said) <= LONGEST:
        return replace(found, message=f"{found.message} PyTorch says: {said}.")
    return found
