"""A ReLU or Dropout on the scores, directly before a classification loss.

What it does: walks back from the input of a loss that takes scores to a ReLU or a dropout; from one
that takes probabilities or their logarithms, past the softmax or sigmoid that makes these.

Why it matters: scores may be negative. A ReLU cuts them off, so that the network cannot say of a
class that it is unlikely; a dropout sets the scores of right classes to 0 at random.

Example: `Linear → ReLU → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`.

Fix: takes it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.sigmoid_before_logits_loss import SIGMOID
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX
from graph_editor.checking.proposals import remove
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "activation-on-logits"
LOSSES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("nn.CrossEntropyLoss", "nn.MultiMarginLoss"), frozenset()),
    **dict.fromkeys(("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss"), frozenset()),
    "nn.NLLLoss": LOG_SOFTMAX,
    "nn.BCELoss": SIGMOID,
}
"""Losses, and what makes of scores what they take."""
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
        between = LOSSES[site.node.spec]
        through = TRANSPARENT | frozenset(EFFECTS) | between
        makers = [*chain_before(site, "input", context, through)]
        normal = [place for place, maker in enumerate(makers) if maker.node.spec in between]
        if between and not normal:
            continue  # another fault, and another lint's
        for maker in makers[normal[-1] if normal else 0 :]:
            effect = EFFECTS.get(maker.node.spec)
            if effect:
                yield _diagnosis(site, maker, effect)


def _diagnosis(site: Site, maker: Site, effect: str) -> Diagnosis:
    message = (
        f"{title(maker)} {label(maker)} stands on the scores that "
        f"{title(site)} {label(site)} takes ({site.shown('input')}), and {effect}."
    )
    proposals = (remove(maker, f"Remove {label(maker)}"),)
    return Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)
