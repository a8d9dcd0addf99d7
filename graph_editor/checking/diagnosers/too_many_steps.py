"""An arange whose step is so small that no memory holds all its numbers.

What it does: divides the way from `start` to `end` by `step`.

Why it matters: torch says only that the arguments do not go together.

Example: `arange(0, 1, 1e-300)`.
Better: `arange(0, 1, 0.01)`.

Fix: a step of 1.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import reset
from graph_editor.checking.words import brief, label, title

CODE = "too-many-steps"
RANK = 90
SPEC = "torch.arange"
VAST = 2**40
"""So many numbers are in no memory."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where the numbers of an arange are more than any memory holds."""
    site = failure.site
    if site.node.spec != SPEC:
        return None
    start, end, step = (site.value(name) for name in ("start", "end", "step"))
    start = 0 if start is None else start
    if not (
        isinstance(start, int | float)
        and isinstance(end, int | float)
        and isinstance(step, int | float)
    ):
        return None
    if not step or not abs(end - start) >= abs(step) * VAST:
        return None
    message = (
        f"step of {title(site)} {label(site)} is {brief(step)}, and from {brief(start)} to "
        f"{brief(end)} these are more numbers than any memory holds."
    )
    return Diagnosis(CODE, "error", site.address, message, "step", "", (reset(site, "step"),))
