"""One sample of a batch that is picked, where the last step of each was meant.

What it does: where a loss gets another number of predictions than there are labels, looks for an
index before it with a number where the batch is.

Why it matters: `output[-1]` of `B×T×N` is the last sample, with all its steps. It is the last step
of every sample only where the steps come first.

Example: `LSTM(batch_first=True) → output[-1] → Linear → CrossEntropyLoss`.
Better: `output[:, -1]`.

Fix: leaves the batch as it is, and picks from the axis after it, or switches the index off; cuts
samples and steps apart in the order in which they were merged.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.unmerged import in_order
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
    axis = _batch_axis(known) or 0
    taken = ", ".join(value(item) for item in items[: axis + 1])
    places = next(size for place, size in enumerate(known.shape) if place != axis)
    message = (
        f"{label(maker)} takes [{taken}] of {known.text()}: that is one sample of the batch, with "
        f"all its {places} places. {title(site)} {label(site)} gets {site.shown('input')} in the "
        f"end, and its target {site.shown('target')} has a label for each sample."
    )
    other: Arg = (Slice(), *items)
    if axis == 1:
        other = (items[1], Slice(), *items[2:]) if len(items) > 2 else items[1]
    fixes = _in_order(maker, context) or (
        set_to(maker, "index", other, of=label(maker)),
        skip(maker),
    )
    return Diagnosis(CODE, "error", maker.address, message, "index", "input", fixes)


def _in_order(maker: Site, context: Context) -> tuple[Proposal, ...]:
    """Propose to cut samples and steps apart as they were merged, where a view does not."""
    for site in chain_before(maker, "input", context, THROUGH):
        sizes_ = in_order(site, context)
        if sizes_ is not None:
            return (set_to(site, "args", sizes_, of=label(site)),)
    return ()


def _picking(site: Site, context: Context) -> tuple[Site, TensorType, tuple[Arg, ...]] | None:
    """Return the index behind which no axis holds the batch, what it takes of, and its items."""
    for maker in chain_before(site, "input", context, THROUGH):
        known = maker.symbolic.get("input")
        if maker.node.spec != PICKS or known is None or len(known.shape) < 2:
            continue
        axis = _batch_axis(known)
        if axis is None:
            continue
        before = site_before(maker, "input", context)
        if before is not None and before.value("batch_first") is False and axis == 0:
            return None  # which takes the batch for the steps: that is told of it
        said = maker.node.args.get("index")
        items = said if isinstance(said, tuple) else (said,)
        before_it = (*items[:axis], Slice())[: axis + 1]
        is_plain = len(items) > axis and set(before_it) == {Slice()}
        return (maker, known, items) if is_plain and _is_place(items[axis]) else None
    return None


def _batch_axis(known: TensorType) -> int | None:
    """Return which of the first two axes holds the batch; None where neither does, or both."""
    held = [axis for axis, size in enumerate(known.shape[:2]) if holds_batch(size)]
    return held[0] if len(held) == 1 else None


def _is_place(item: Arg) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)
