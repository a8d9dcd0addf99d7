"""A way of resizing that is for another number of axes.

What it does: compares `mode` of Upsample (and `F.interpolate`) with the number of axes that arrive.

Why it matters: `linear` is for curves, `B×C×L`, `bilinear` and `bicubic` for images, `B×C×H×W`,
`trilinear` for volumes. `nearest` does for all.

Example: `Upsample(scale_factor=2, mode="bilinear")` on `B×8×32`.
Better: `mode="linear"`.

Fix: the mode for as many axes as arrive.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import axes, label, sizes, title, value

CODE = "resize-mode"
RANK = 40
MODES = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where a mode is for another number of axes."""
    site, arriving = failure.site, sizes(failure.site, "input")
    mode = site.value("mode")
    wanted = MODES.get(mode, 0) if isinstance(mode, str) else 0
    if site.node.spec not in ("nn.Upsample", "F.interpolate") or arriving is None or not wanted:
        return None
    if len(arriving) == wanted:
        return None
    message = (
        f"mode of {title(site)} {label(site)} is {value(mode)}, which is for {axes(wanted)}, and "
        f"{site.shown('input')} arrives, which has {axes(len(arriving))}."
    )
    fitting = [name for name, count in MODES.items() if count == len(arriving)][:1]
    proposals = tuple(set_to(site, "mode", name) for name in (*fitting, "nearest"))
    return Diagnosis(CODE, "error", site.address, message, "mode", "input", proposals)
