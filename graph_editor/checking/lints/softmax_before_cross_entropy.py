"""A softmax before a cross entropy, which has one of its own.

What it does: walks back from the input of a CrossEntropyLoss to a softmax or log-softmax.

Why it matters: the loss takes scores and makes probabilities of them itself. Made twice they are
nearly equal for all classes; training is slow and stops short. Nothing fails. (A log-softmax is
only superfluous: the second one changes nothing.)

Example: `Linear → Softmax → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: switches the softmax off.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import skip
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "softmax-before-cross-entropy"
SOFTMAX = frozenset({"nn.Softmax", "nn.Softmax2d", "torch.softmax", "F.softmax"})
LOG_SOFTMAX = frozenset({"nn.LogSoftmax", "F.log_softmax"})


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every softmax that only a cross entropy reads."""
    for site in context.of(("nn.CrossEntropyLoss",)):
        for maker in chain_before(site, "input", context, TRANSPARENT):
            if maker.node.spec in SOFTMAX | LOG_SOFTMAX:
                harmless = maker.node.spec in LOG_SOFTMAX
                effect = "does nothing" if harmless else "flattens the scores and slows training"
                message = (
                    f"{title(site)} {label(site)} has a softmax of its own ({site.shown('input')} "
                    f"arrives): {title(maker)} {label(maker)} before it {effect}."
                )
                proposals = (skip(maker),)
                severity: Severity = "info" if harmless else "warning"
                yield Diagnosis(CODE, severity, maker.address, message, "", "", proposals)
