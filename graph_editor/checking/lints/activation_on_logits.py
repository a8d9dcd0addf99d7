"""A ReLU or Dropout on the scores, directly before a classification loss.

What it does: walks back from the input of a loss that takes scores to a ReLU or a dropout.

Why it matters: scores may be negative. A ReLU cuts them off, so that the network cannot say of a
class that it is unlikely; a dropout sets the scores of right classes to 0 at random.

Example: `Linear → ReLU → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: takes it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import remove
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "activation-on-logits"
LOSSES = ("nn.CrossEntropyLoss", "nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
EFFECTS = {
    **dict.fromkeys(
        ("nn.ReLU", "nn.ReLU6", "torch.relu", "F.relu"), "cuts all negative ones off to 0"
    ),
    **dict.fromkeys(
        ("nn.Dropout", "nn.AlphaDropout", "F.dropout"), "changes some of them at random"
    ),
}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every ReLU or dropout between the last layer and a loss that takes scores."""
    for site in context.of(LOSSES):
        for maker in chain_before(site, "input", context, TRANSPARENT | frozenset(EFFECTS)):
            effect = EFFECTS.get(maker.node.spec)
            if effect:
                message = (
                    f"{title(maker)} {label(maker)} stands on the scores that "
                    f"{title(site)} {label(site)} takes ({site.shown('input')}), and {effect}."
                )
                proposals = (remove(maker, f"Remove {label(maker)}"),)
                yield Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)
