"""What else a change of the loss takes: a loss of scores wants none made into shares before it."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import skip, together
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.checking.words import label

MAKING = frozenset(
    ("nn.Sigmoid", "torch.sigmoid", "nn.Hardsigmoid", "nn.Softmax", "torch.softmax", "F.softmax")
)
"""Specs that make numbers between 0 and 1 of scores."""


def without_shares(instead: Proposal, site: Site, context: Context) -> Proposal:
    """Return the change of a BCELoss, and with it that a sigmoid before it is switched off."""
    makers = chain_before(site, "input", context, TRANSPARENT)
    maker = next((each for each in makers if each.node.spec in MAKING), None)
    if maker is None or site.node.spec != "nn.BCELoss":
        return instead
    words = f"{instead.title}, and switch {label(maker)} off"
    return together(instead, skip(maker), title=words)
