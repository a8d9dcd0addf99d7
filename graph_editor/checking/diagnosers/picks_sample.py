"""One sample of a batch that is picked, where the last step of each was meant.

What it does: where a loss gets another number of predictions than there are labels, looks for an
index before it that begins with a number where the batch is.

Why it matters: `output[-1]` of `B×T×N` is the last sample, with all its steps. It is the last step
of every sample only where the steps come first.

Example: `LSTM(batch_first=True) → output[-1] → Linear → CrossEntropyLoss`.
Better: `output[:, -1]`.

Fix: leaves the batch as it is, and picks from the axis after it, or switches the index off.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import (
    ELEMENTWISE,
    FLATTENING,
    POOLS,
    TURNS,
    WIDTHS,
    chain_before,
    site_before,
)
from graph_editor.checking.words import holds_batch, label, sizes, title, value
from graph_editor.document.model import Arg, Slice

CODE = "picks-a-sample"
RANK = 14
PICKS = "op.getitem"
THROUGH = (
    ELEMENTWISE | FLATTENING | POOLS | TURNS | REDUCTIONS | frozenset(WIDTHS)
    | {PICKS, "nn.TransformerEncoderLayer"}
)  # fmt: skip


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the index that takes one sample out of the batch."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if not site.node.spec.endswith("Loss") or given is None or not target:
        return None
    if given and given[0] == target[0]:
        return None
    found = _picking(site, context)
    if found is None:
        return None
    maker, known, items = found
    message = (
        f"{label(maker)} takes [{value(items[0])}] of {known.text()}: that is one sample of the "
        f"batch, with all its {known.shape[1]} places. {title(site)} {label(site)} gets "
        f"{site.shown('input')} in the end, and its target {site.shown('target')} has a label for "
        "each sample."
    )
    fixes = (set_to(maker, "index", (Slice(), *items), of=label(maker)), skip(maker))
    return Diagnosis(CODE, "error", maker.address, message, "index", "input", fixes)


def _picking(site: Site, context: Context) -> tuple[Site, TensorType, tuple[Arg, ...]] | None:
    """Return the index behind which no axis holds the batch, what it takes of, and its items."""
    for maker in chain_before(site, "input", context, THROUGH):
        known = maker.symbolic.get("input")
        if maker.node.spec != PICKS or known is None or len(known.shape) < 2:
            continue
        if not holds_batch(known.shape[0]):
            continue
        before = site_before(maker, "input", context)
        if before is not None and before.value("batch_first") is False:
            return None  # which takes the batch for the steps: that is told of it
        said = maker.node.args.get("index")
        items = said if isinstance(said, tuple) else (said,)
        is_one = bool(items) and isinstance(items[0], int) and not isinstance(items[0], bool)
        return (maker, known, items) if is_one else None
    return None
