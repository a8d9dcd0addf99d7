"""A pooling layer that is padded by more than half its window.

What it does: compares `padding` with half of `kernel_size`.

Why it matters: a window could lie in the padding alone, so torch refuses it.

Example: `MaxPool2d(2, padding=2)`.
Better: `MaxPool2d(2, padding=1)`.

Fix: the largest padding that is allowed, or none.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, per_axis, title

CODE = "pool-padding"
RANK = 35
POOLS = {f"nn.{family}{n}d": n for family in ("MaxPool", "AvgPool") for n in (1, 2, 3)}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where a pool's padding is more than half its kernel."""
    site, count = failure.site, POOLS.get(failure.site.node.spec, 0)
    kernel = per_axis(site.value("kernel_size"), count) if count else None
    padding = per_axis(site.value("padding") or 0, count) if count else None
    if kernel is None or padding is None:
        return None
    if all(2 * p <= k for p, k in zip(padding, kernel, strict=True)):
        return None
    allowed = min(kernel) // 2
    message = (
        f"padding of {title(site)} {label(site)} is {max(padding)}, and it may be at most half of "
        f"kernel_size, which is {min(kernel)}: that is, {allowed}."
    )
    proposals = tuple(set_to(site, "padding", n) for n in dict.fromkeys((allowed, 0)))
    return Diagnosis(CODE, "error", site.address, message, "padding", "", proposals)
