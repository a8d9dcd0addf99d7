"""A convolution whose in_channels is not what arrives.

What it does: compares `in_channels` with the channel axis of the input: the second one of a batch.

Why it matters: every filter has one slice for each channel that comes in.

Example: `Conv2d(3, 16, 3)` on grey images, `B×1×28×28`.
Better: `Conv2d(1, 16, 3)`.

Fix: sets `in_channels` to the number that arrives, leaves it open, moves the channels to their
place where they stand last, or changes the layer before.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert, let_infer, set_to, set_width
from graph_editor.checking.shared_source import for_all
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Arg

CODE = "conv-in-channels"
RANK = 30
CONVOLUTIONS = {
    f"nn.{family}{axes}d": axes for family in ("Conv", "ConvTranspose") for axes in (1, 2, 3)
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a convolution's in_channels differs from the channel axis of its input."""
    site, spatial = failure.site, CONVOLUTIONS.get(failure.site.node.spec, 0)
    arriving, expected = sizes(site, "input"), number(site.value("in_channels"))
    if not spatial or arriving is None or expected is None:
        return None
    if len(arriving) not in (spatial + 1, spatial + 2) or arriving[-spatial - 1] == expected:
        return None
    channels = arriving[-spatial - 1]
    message = (
        f"in_channels of {label(site)} is {expected}, and {channels} "
        f"{'channel arrives' if channels == 1 else 'channels arrive'} ({site.shown('input')})."
    )
    proposals = [set_to(site, "in_channels", channels), let_infer(site, "in_channels")]
    if arriving[-1] == expected and len(arriving) == spatial + 2:
        order = (0, spatial + 1, *range(1, spatial + 1))
        title = "Move the channels from the last axis to the second"
        moved = insert(site, "input", "Tensor.permute", {"args": order}, title)
        proposals = [*for_all(moved, site, "input", context, _refuses), moved, *proposals]
    elif spatial == 3 and len(arriving) == 5 and arriving[2] == expected:
        title = "Swap axes 1 and 2: B×T×C×H×W becomes B×C×T×H×W"
        turn: dict[str, Arg] = {"dim0": 1, "dim1": 2}
        proposals.insert(0, insert(site, "input", "Tensor.transpose", turn, title))
    maker = width_before(site, "input", -spatial - 1, context)
    if maker is not None:
        proposals.append(set_width(maker, expected, context))
    return Diagnosis(CODE, "error", site.address, message, "in_channels", "input", tuple(proposals))


def _refuses(site: Site, port: str) -> bool:
    """Whether a convolution expects as many channels as stand on the last axis of its input."""
    spatial, arriving = CONVOLUTIONS.get(site.node.spec, 0), sizes(site, port)
    expected = number(site.value("in_channels"))
    if not spatial or arriving is None or len(arriving) != spatial + 2:
        return False
    return arriving[1] != expected == arriving[-1]
