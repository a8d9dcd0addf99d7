"""The width of a layer that several readers have a share of, each its own."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import ELEMENTWISE, chain_before, width_before
from graph_editor.checking.words import number

DEALING = "torch.chunk"


def set_before(site: Site, port: str, axis: int, wanted: int, context: Context) -> Proposal | None:
    """Propose the width of the layer before with which an axis of what arrives is so long.

    Axes are counted from the end. Of what a chunk deals out, the layer makes as many times more.
    """
    maker = width_before(site, port, axis, context)
    if maker is not None:
        return set_width(maker, wanted, context)
    *_, dealer = (None, *chain_before(site, port, context, ELEMENTWISE))
    given = dealer.inputs.get("input") if dealer is not None else None
    if dealer is None or given is None or dealer.node.spec != DEALING:
        return None
    count, dim = number(dealer.value("chunks")), number(dealer.value("dim"))
    if count is None or dim is None or dim not in (axis, axis + len(given.shape)):
        return None
    maker = width_before(dealer, "input", axis, context)
    return set_width(maker, wanted * count, context) if maker is not None else None
