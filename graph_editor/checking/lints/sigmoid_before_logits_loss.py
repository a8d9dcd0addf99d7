"""A sigmoid before a BCEWithLogitsLoss, which has one of its own.

What it does: walks back from the input of a BCEWithLogitsLoss to a sigmoid.

Why it matters: applied twice, the result lies between 0.5 and 0.73 and can never say no.

Example: `Linear → Sigmoid → BCEWithLogitsLoss`.
Better: `Linear → BCEWithLogitsLoss`.

Fix: takes the sigmoid out, or uses BCELoss.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import remove, replace_spec
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label, title

CODE = "sigmoid-before-logits-loss"
SIGMOID = ("nn.Sigmoid", "torch.sigmoid")


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every sigmoid that a BCEWithLogitsLoss applies again."""
    for site in context.of(("nn.BCEWithLogitsLoss",)):
        for maker in chain_before(site, "input", context, TRANSPARENT):
            if maker.node.spec in SIGMOID:
                message = (
                    f"{title(site)} {label(site)} has a sigmoid of its own "
                    f"({site.shown('input')} arrives): with {label(maker)} before it, what the "
                    "loss sees stays between 0.5 and 0.73."
                )
                other = replace_spec(site, "nn.BCELoss", without=("pos_weight",))
                proposals = (remove(maker, f"Remove {label(maker)}"), other)
                yield Diagnosis(CODE, "warning", maker.address, message, "", "", proposals)
