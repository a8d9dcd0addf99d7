"""Which nodes give scores of any size, and how such scores are made what a loss takes."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import TRANSPARENT, WIDTHS, chain_before

RAW = frozenset(WIDTHS) - {"nn.Embedding", "nn.LSTM", "nn.GRU", "nn.RNN"}
BENT = frozenset({"nn.ReLU", "nn.LeakyReLU", "nn.GELU", "nn.Tanh"})


def are_raw(site: Site, context: Context) -> bool:
    """Whether the scores of a layer enter a loss as they are, or bent by an activation alone."""
    *_, maker = (None, *chain_before(site, "input", context, TRANSPARENT))
    return maker is not None and maker.node.spec in RAW | BENT
