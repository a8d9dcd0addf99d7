"""Values that chance replaces, as words that are hidden from a network that is to guess them."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import AS_THEY_STAND, chain_before, site_before

_COMPARISONS = frozenset({"op.gt", "op.ge", "op.lt", "op.le"})
_UNIFORM = ("torch.rand", "torch.rand_like")
_CHOOSING = {
    "torch.where": ("condition", ("input", "other")),
    "Tensor.masked_fill": ("mask", ("input", "value")),
}
"""Specs that choose between two, the port of what they choose by, and what they choose from."""


def chosen_by_chance(maker: Site, context: Context) -> tuple[str | float, str | float] | None:
    """Return the two arguments that a node chooses from at random, or 0 for one of them.

    Chance is a comparison of numbers from 0 to 1 with a typed one between them.
    """
    if maker.node.spec == "op.mul":
        if _is_chance(maker, "other", context):
            return "input", 0.0
        return ("other", 0.0) if _is_chance(maker, "input", context) else None
    port, parts = _CHOOSING.get(maker.node.spec, ("", None))
    return parts if parts is not None and _is_chance(maker, port, context) else None


def _is_chance(maker: Site, port: str, context: Context) -> bool:
    *_, by = (None, *chain_before(maker, port, context, AS_THEY_STAND | {"Tensor.bool"}))
    if by is None or by.node.spec not in _COMPARISONS or "other" in by.sources:
        return False
    drawn, number = site_before(by, "input", context), by.value("other")
    if drawn is None or drawn.node.spec not in _UNIFORM or drawn.node.repeat is not None:
        return False
    return isinstance(number, int | float) and 0 < number < 1
