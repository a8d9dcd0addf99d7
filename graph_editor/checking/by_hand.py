"""A softmax that is drawn by hand: exponentials, divided by their sum."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import site_before, source_of


def is_softmax(maker: Site, context: Context) -> bool:
    """Whether a node divides the exponentials of something by the sum of the same ones."""
    if maker.node.spec != "op.truediv":
        return False
    power, total = (site_before(maker, port, context) for port in ("input", "other"))
    if power is None or total is None or power.node.spec != "torch.exp":
        return False
    if total.node.spec != "torch.sum" or total.value("dim") in (0, None):
        return False  # all that there is, or the samples of a batch, are another thing
    return source_of(total, "input", context) == source_of(maker, "input", context)
