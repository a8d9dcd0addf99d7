"""What decides a width beside a layer: a share of one that is dealt out, or rows of a weight."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import ELEMENTWISE, chain_before, width_before
from graph_editor.checking.words import number

DEALING = "torch.chunk"
LINEAR = "F.linear"


def set_before(site: Site, port: str, axis: int, wanted: int, context: Context) -> Proposal | None:
    """Propose the width of the layer before with which an axis of what arrives is so long.

    Axes are counted from the end. Of what a chunk deals out, the layer makes as many times more;
    a linear function makes as many as its weight has rows.
    """
    maker = width_before(site, port, axis, context)
    if maker is not None:
        return set_width(maker, wanted, context)
    *_, before = (None, *chain_before(site, port, context, ELEMENTWISE))
    if before is not None and before.node.spec == DEALING:
        return _dealt(before, axis, wanted, context)
    if before is not None and before.node.spec == LINEAR and axis == -1:
        rows = maker_of(before, "weight", -2, context)
        return resized(rows[0], {rows[1]: wanted}, context) if rows is not None else None
    return None


def _dealt(dealer: Site, axis: int, wanted: int, context: Context) -> Proposal | None:
    given = dealer.inputs.get("input")
    count, dim = number(dealer.value("chunks")), number(dealer.value("dim"))
    if given is None or count is None or dim not in (axis, axis + len(given.shape)):
        return None
    maker = width_before(dealer, "input", axis, context)
    return set_width(maker, wanted * count, context) if maker is not None else None
