"""One sample of a batch that is picked, where the last step of each was meant.

What it does: where a loss gets another number of predictions than there are labels, looks for an
index before it that begins with a number where the batch is.

Why it matters: `output[-1]` of `B×T×N` is the last sample, with all its steps. It is the last step
of every sample only where the steps come first.

Example: `LSTM(batch_first=True) → output[-1] → Linear → CrossEntropyLoss`.
Better: `output[:, -1]`.

Fix: leaves the batch as it is, and picks from the axis after it.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before, site_before
from graph_editor.checking.words import holds_batch, label, sizes, title, value
from graph_editor.document.model import Slice

CODE = "picks-a-sample"
RANK = 14
THROUGH = ELEMENTWISE | {"nn.Linear", "nn.Flatten"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the index that takes one sample out of the batch."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if not site.node.spec.endswith("Loss") or given is None or not target:
        return None
    if given and given[0] == target[0]:
        return None
    maker = next(
        (s for s in chain_before(site, "input", context, THROUGH) if s.node.spec not in THROUGH),
        None,
    )
    known = maker.symbolic.get("input") if maker is not None else None
    if maker is None or maker.node.spec != "op.getitem" or known is None or len(known.shape) < 2:
        return None
    before = site_before(maker, "input", context)
    if before is not None and before.value("batch_first") is False:
        return None  # which takes the batch for the steps: that is told of it
    said = maker.node.args.get("index")
    items = said if isinstance(said, tuple) else (said,)
    if not items or not isinstance(items[0], int) or not holds_batch(known.shape[0]):
        return None
    message = (
        f"{label(maker)} takes [{value(items[0])}] of {known.text()}: that is one sample of the "
        f"batch, with all its {known.shape[1]} places. {title(site)} {label(site)} gets "
        f"{site.shown('input')} in the end, and its target {site.shown('target')} has a label for "
        "each sample."
    )
    fix = set_to(maker, "index", (Slice(), *items), of=label(maker))
    return Diagnosis(CODE, "error", maker.address, message, "index", "input", (fix,))
