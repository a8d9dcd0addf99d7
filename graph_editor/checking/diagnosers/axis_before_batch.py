"""An axis of channels that is added in front of the batch.

What it does: where a convolution, a pool or a norm is refused and the samples stand on its axis of
channels, looks for an `unsqueeze(0)` before it.

Why it matters: pictures of one channel come as `B×28×28`, and a layer takes `B×1×28×28`. With the
new axis in front they are one sample of `B` channels, of which no layer has as many weights.

Example: `unsqueeze(0) → Conv2d(1, 8)` of `B×28×28`.
Better: `unsqueeze(1) → Conv2d(1, 8)`.

Fix: puts the axis behind the batch.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, title

CODE = "axis-before-batch"
RANK = 9
ADDING = ("Tensor.unsqueeze", "torch.unsqueeze")
CHANNELLED = ("nn.Conv", "nn.MaxPool", "nn.AvgPool", "nn.BatchNorm", "nn.GroupNorm")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the unsqueeze behind which the batch is taken for channels."""
    site = failure.site
    known = site.symbolic.get("input")
    if not site.node.spec.startswith(CHANNELLED) or known is None or len(known.shape) < 3:
        return None
    if known.shape[0] != 1 or not holds_batch(known.shape[1]):
        return None
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if maker is None or maker.node.spec not in ADDING:
        return None
    if maker.value("dim") not in (0, -len(known.shape)):
        return None
    message = (
        f"{title(maker).capitalize()} {label(maker)} puts its axis in front of the batch, so that "
        f"{maker.shown('input')} becomes {known.text()}: {title(site)} {label(site)} takes the "
        "samples for channels."
    )
    fixes = (set_to(maker, "dim", 1),)
    return Diagnosis(CODE, "error", maker.address, message, "dim", "", fixes)
