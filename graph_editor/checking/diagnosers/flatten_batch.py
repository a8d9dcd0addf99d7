"""A flatten that begins at axis 0 and so merges the samples of a batch into one.

What it does: finds a `Tensor.flatten` or `torch.flatten` whose `start_dim` is 0 (torch's default
for these two) before a node that needs one row for each sample.

Why it matters: the batch is no longer an axis. A layer after it sees one long vector, whose length
changes with the batch size, and a loss finds no prediction for each label.

Example: `x.flatten()` makes `B*784` of `B×1×28×28`.
Better: `x.flatten(1)` makes `B×784`.

Fix: sets `start_dim` to 1.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import replace_spec, set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, product, sizes

CODE = "flatten-merges-batch"
RANK = 10
FLATTENS = ("Tensor.flatten", "torch.flatten", "nn.Flatten")
WIDE = ELEMENTWISE | {"nn.Linear"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame a flatten from axis 0 somewhere before the node that refused."""
    site = failure.site
    if "input" not in site.inputs or site.node.spec in FLATTENS:
        return None
    given, target = sizes(site, "input"), sizes(site, "target")
    if given and target and len(target) > 1 and given[0] == product(target):
        return None  # the target has to be flattened in the same way
    for maker in chain_before(site, "input", context, WIDE):
        arriving = sizes(maker, "input")
        if maker.node.spec not in FLATTENS or arriving is None:
            continue
        if maker.value("start_dim") != 0 or len(arriving) < 2:
            return None
        message = (
            f"{label(maker)} flattens from axis 0 and so merges the samples of a batch: "
            f"{maker.shown('input')} becomes {site.shown('input')}, and {label(site)} needs "
            "one row for each sample. Flatten from axis 1."
        )
        flat = replace_spec(maker, "nn.Flatten", without=("start_dim", "end_dim"))
        proposals = (set_to(maker, "start_dim", 1), flat)
        return Diagnosis(CODE, "error", maker.address, message, "start_dim", "", proposals)
    return None
