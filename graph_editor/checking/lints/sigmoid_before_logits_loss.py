"""A sigmoid, or a softmax, before a loss that has a sigmoid of its own.

What it does: walks back from the input of a BCEWithLogitsLoss or a MultiLabelSoftMarginLoss to a
sigmoid or a softmax.

Why it matters: with a sigmoid after it, the result lies between 0.5 and 0.73 and can never say no.

Example: `Linear → Sigmoid → BCEWithLogitsLoss`.
Better: `Linear → BCEWithLogitsLoss`.

Fix: switches it off, or uses BCELoss.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.lints.softmax_before_cross_entropy import SOFTMAX
from graph_editor.checking.proposals import replace_spec, skip
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "sigmoid-before-logits-loss"
LOSSES = ("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
SIGMOID = frozenset({"nn.Sigmoid", "torch.sigmoid", "nn.Hardsigmoid"})
SQUASHING = SIGMOID | SOFTMAX


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield everything that leaves numbers from 0 to 1 to a loss with a sigmoid of its own."""
    for site in context.of(LOSSES):
        for maker in chain_before(site, "input", context, TRANSPARENT):
            if maker.node.spec in SQUASHING:
                message = (
                    f"{title(site)} {label(site)} has a sigmoid of its own "
                    f"({site.shown('input')} arrives): {label(maker)} before it leaves numbers "
                    "from 0 to 1, so that after the loss's own sigmoid all lies between 0.5 and "
                    "0.73."
                )
                proposals = [skip(maker)]
                if maker.node.spec in SIGMOID:
                    proposals.append(replace_spec(site, "nn.BCELoss", without=("pos_weight",)))
                yield Diagnosis(CODE, "warning", maker.address, message, "", "", tuple(proposals))
