"""A call that a real device refuses although torch's dry run accepts it.

What it does: says what the rule says that spoke, where no other diagnoser knows more.

Why it matters: the drawing is judged without data, and a few refusals only come with it.

Example: `Softmax(dim=3)` on `B×10`, which has the axes 0 and 1.
Better: `Softmax(dim=1)`.

Fix: for an axis that does not exist, the last one; for an index in a column, a row of it.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.named_sizes import named_inputs
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.words import label, sizes

CODE = "refused-by-rule"
RANK = 90


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Repeat the words of the rule that refuses this call; dtypes have a file of their own."""
    site = failure.site
    if site.spec is None or failure.phase == "construct":
        return None
    found = check_call(site.spec, site.args, named_inputs(site), failure.training)
    if found is None or found.wants:
        return None
    proposals: tuple[Proposal, ...] = ()
    if found.argument == "dim":
        proposals = (set_to(site, "dim", -1),)
    if found.argument == "output_padding":
        proposals = (set_to(site, "output_padding", 0),)
    arriving = sizes(site, found.port) if found.port == "index" else None
    if arriving and len(arriving) == 2 and arriving[1] == 1:
        words = "Drop the last axis of index"
        proposals = (insert(site, "index", "Tensor.squeeze", {"dim": -1}, words),)
    message = f"{label(site)}: {found.message}."
    return Diagnosis(CODE, "error", site.address, message, found.argument, found.port, proposals)
