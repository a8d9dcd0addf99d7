"""Log-probabilities of a CTCLoss with the batch in front of the steps.

What it does: compares the first two axes of `log_probs` with the number of lengths.

Why it matters: `CTCLoss` takes `T×B×C`. With `B×T×C` it takes samples for steps, and torch speaks
of the lengths.

Example: `LSTM(batch_first=True) → Linear → LogSoftmax → CTCLoss`.
Better: with `transpose(0, 1)` before the loss.

Fix: lets the first two axes change places.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import label, sizes, title

CODE = "batch-before-steps"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where there are as many lengths as the second axis should hold samples."""
    site = failure.site
    given, lengths = sizes(site, "log_probs"), sizes(site, "input_lengths")
    if site.node.spec != "nn.CTCLoss" or not given or not lengths or len(given) != 3:
        return None
    if given[0] != lengths[0] or given[1] == lengths[0]:
        return None
    message = (
        f"{title(site)} {label(site)} takes steps, then samples, then classes, and log_probs is "
        f"{site.shown('log_probs')}, with the samples first."
    )
    words = "Let the first two axes of log_probs change places"
    fixes = (insert(site, "log_probs", "Tensor.transpose", {"dim0": 0, "dim1": 1}, words),)
    return Diagnosis(CODE, "error", site.address, message, "", "log_probs", fixes)
