"""A normalisation whose num_features is not the number of channels that arrive.

What it does: compares `num_features` (`num_channels` of GroupNorm) with the second axis
of the input.

Why it matters: BatchNorm keeps a mean, a variance and two weights for each channel.

Example: `Conv2d(16, 32, 3) → BatchNorm2d(16)`.
Better: `Conv2d(16, 32, 3) → BatchNorm2d(32)`.

Fix: sets the number to the one that arrives, leaves it open, or changes the layer before.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert_around, let_infer, set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Arg

CODE = "norm-num-features"
RANK = 30
COUNTS = {
    "nn.GroupNorm": "num_channels",
    "nn.PReLU": "num_parameters",
    **{f"nn.{k}Norm{n}d": "num_features" for k in ("Batch", "Instance") for n in (1, 2, 3)},
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the channels of the input are not those of the statistics."""
    site = failure.site
    argument = COUNTS.get(site.node.spec, "")
    arriving, expected = sizes(site, "input"), number(site.value(argument))
    if not argument or arriving is None or len(arriving) < 2 or expected is None:
        return None
    if "Instance" in site.node.spec and not _counts(site):
        return None
    unbatched = "Instance" in site.node.spec and len(arriving) == int(site.node.spec[-2]) + 1
    axis = 0 if unbatched else 1
    if arriving[axis] == expected or (site.node.spec == "nn.PReLU" and expected == 1):
        return None
    message = (
        f"{argument} of {label(site)} is {expected}, and {arriving[axis]} channels arrive "
        f"({site.shown('input')})."
    )
    proposals = [set_to(site, argument, arriving[axis]), let_infer(site, argument)]
    if len(arriving) == 3 and axis == 1 and arriving[2] == expected:
        turn: tuple[str, dict[str, Arg]] = ("Tensor.transpose", {"dim0": 1, "dim1": 2})
        words = f"Swap axes 1 and 2 before {label(site)}, and back after it"
        proposals.insert(0, insert_around(site, "input", turn, turn, words))
    maker = width_before(site, "input", axis, context)
    if maker is not None:
        proposals.append(set_width(maker, expected, context))
    return Diagnosis(CODE, "error", site.address, message, argument, "input", tuple(proposals))


def _counts(site: Site) -> bool:
    """Whether an InstanceNorm has weights or statistics; without them it takes any channels."""
    return bool(site.value("affine") or site.value("track_running_stats"))
