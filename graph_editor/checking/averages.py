"""Sums and means of several curves, as of the members of an ensemble."""

from __future__ import annotations

import math

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.handed_on import MIXED
from graph_editor.checking.walk import TRANSPARENT, chain_before
from graph_editor.document.model import Address

_DEEPEST = 8
"""So many sums of sums are looked into."""
_ROUNDING = 1e-6


def averaged(
    site: Site, port: str, specs: frozenset[str], context: Context, high: float = math.inf
) -> list[Site]:
    """Return the nodes of these specs, from 0 to 1 each, of which a mean or sum arrives at a port.

    There are two at least, and nothing else is in it; what arrives goes to ``high`` at most.
    """
    found: dict[Address, Site] = {}
    most = _most(site, port, specs, context, found, _DEEPEST)
    within = most is not None and most <= high + _ROUNDING
    return [*found.values()] if within and len(found) > 1 else []


def _most(
    site: Site,
    port: str,
    specs: frozenset[str],
    context: Context,
    found: dict[Address, Site],
    left: int,
) -> float | None:
    """Return how high what arrives may go, and note the nodes; None if anything else is in it."""
    *_, maker = (None, *chain_before(site, port, context, TRANSPARENT | MIXED))
    if maker is None or left < 1 or maker.node.repeat is not None:
        return None
    if maker.node.spec in specs:
        found[maker.address] = maker
        return 1.0
    factor = _factor(maker)
    if factor is not None:
        most = _most(maker, "input", specs, context, found, left - 1)
        return None if most is None else most * factor
    if maker.node.spec != "op.add" or not {"input", "other"} <= maker.sources.keys():
        return None
    parts = [_most(maker, p, specs, context, found, left - 1) for p in ("input", "other")]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _factor(maker: Site) -> float | None:
    """Return the typed number by which a node makes what arrives smaller."""
    number = maker.value("other")
    if "other" in maker.sources or isinstance(number, bool) or not isinstance(number, int | float):
        return None
    if maker.node.spec == "op.truediv" and number >= 1:
        return 1 / number
    return float(number) if maker.node.spec == "op.mul" and 0 < number <= 1 else None
