"""A recurrent layer on the rows of a table, of which it makes one sequence.

What it does: where a node is refused that gets the result of an RNN, LSTM or GRU, looks whether
that layer gets `B×F`: the samples and their features, and no steps.

Why it matters: two axes are to torch one sequence without a batch. The samples become its steps,
and what is picked as the last step is a feature of each sample.

Example: `LSTM(batch_first=True)` on `B×13 → output[:, -1] → Linear`.
Better: the same on `B×1×13`; or a Linear layer, which is what rows without an order are for.

Fix: makes each sample a sequence of one step.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.picks_sample import THROUGH
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import insert, set_to, together
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import holds_batch, label, title

CODE = "no-steps"
RANK = 11
LAYERS = frozenset({"nn.RNN", "nn.LSTM", "nn.GRU"})


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the layer that takes the samples for steps."""
    site = failure.site
    if site.node.spec != "nn.Linear" and not site.node.spec.endswith("Loss"):
        return None
    for maker in chain_before(site, "input", context, THROUGH - LAYERS):
        known = maker.symbolic.get("input")
        if maker.node.spec not in LAYERS or known is None or len(known.shape) != 2:
            continue
        if not holds_batch(known.shape[0]):
            return None
        message = (
            f"{title(maker)} {label(maker)} gets {known.text()}, {known.shape[1]} features for "
            "each sample and no steps, which it takes for one sequence: the samples are its steps. "
            f"In the end {site.shown('input')} reaches {title(site)} {label(site)}. A batch of "
            "sequences has 3 axes; for rows without an order there is Linear."
        )
        words = "Make every sample a sequence of one step"
        first = maker.value("batch_first") is True
        step = insert(maker, "input", "Tensor.unsqueeze", {"dim": 1 if first else 0}, words)
        fixes = [step]
        if not first:
            before = insert(maker, "input", "Tensor.unsqueeze", {"dim": 1}, words)
            turned, also = set_to(maker, "batch_first", True), "set batch_first to True"
            fixes.append(together(before, turned, title=f"{words}, and {also}"))
        return Diagnosis(CODE, "error", maker.address, message, "", "input", tuple(fixes))
    return None
