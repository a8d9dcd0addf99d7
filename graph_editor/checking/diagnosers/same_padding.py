"""A convolution that is to keep the size, and takes steps of more than one.

What it does: finds `padding="same"` beside a `stride` that is not 1.

Why it matters: with a stride of 2 the map gets half as large, whatever the padding; torch refuses
to call that the same.

Example: `Conv2d(8, 16, 3, stride=2, padding="same")`.
Better: `Conv2d(8, 16, 3, stride=2, padding=1)`.

Fix: a stride of 1, or half the kernel as padding.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.conv_channels import CONVOLUTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, per_axis, title, value
from graph_editor.document.model import Arg

CODE = "same-padding"
RANK = 12


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where the size is to stay and cannot."""
    site, count = failure.site, CONVOLUTIONS.get(failure.site.node.spec, 0)
    stride = per_axis(site.value("stride"), count)
    if not count or site.value("padding") != "same" or stride is None or set(stride) == {1}:
        return None
    message = (
        f"padding of {title(site)} {label(site)} is 'same', which keeps the size, and stride is "
        f"{value(site.value('stride'))}, which does not."
    )
    proposals = [set_to(site, "stride", 1)]
    kernel = per_axis(site.value("kernel_size"), count)
    if kernel is not None:
        halves: Arg = tuple(k // 2 for k in kernel) if len(set(kernel)) > 1 else kernel[0] // 2
        proposals.append(set_to(site, "padding", halves))
    return Diagnosis(CODE, "error", site.address, message, "padding", "", tuple(proposals))
