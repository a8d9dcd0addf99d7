"""Numbers that the drawing alone fixes: of constants and places, and of what is made of them.

``arange(8)``, turned and taken from itself, is the table of distances -7 to 7 in every step of
every run, whatever the data and the weights are. What is looked up with it fails always or never.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import source_of
from graph_editor.document.model import Address

Call: TypeAlias = tuple[Site, Mapping[str, Source]]
"""A node, and which outputs arrive at its ports."""
Ends: TypeAlias = tuple[float, float]
MOST = 1 << 18
"""So many numbers are worked out at most for one wire."""
_NODES = 48
KINDS = frozenset({"torch", "Tensor", "F", "op", "const"})
"""Kinds of nodes that compute, and own and draw nothing but for ``BY_CHANCE``."""
BY_CHANCE = {
    *("torch.rand", "torch.rand_like", "torch.randn", "torch.randn_like", "torch.randint"),
    *("torch.bernoulli", "F.dropout"),
}
"""Specs whose numbers chance makes."""
SHAPED_LIKE = frozenset({"torch.full_like", "torch.ones_like", "torch.zeros_like"})
"""Specs of which only the shape and the dtype of what arrives matters."""


def fixed_ends(site: Site, port: str, context: Context) -> Ends | None:
    """Return the least and the largest number that arrives at a port in every run.

    None where data, weights or chance have a part in it, or it is too much to be worked out.
    """
    if context.work_out is None:
        return None
    source = source_of(site, port, context)
    calls: dict[Address, Call] = {}
    if source is None or not _is_small(site, port):
        return None
    return context.work_out(list(calls.values()), source) if _add(source, calls, context) else None


def _add(source: Source, calls: dict[Address, Call], context: Context) -> bool:
    """Add what makes an output, what comes first first; False where it is not fixed."""
    if source.address in calls:
        return True
    maker = context.sites.get(source.address)
    if maker is None or len(calls) >= _NODES or not _may_be_fixed(maker, context):
        return False
    arriving: dict[str, Source] = {}
    is_followed = maker.node.spec not in SHAPED_LIKE
    for port in maker.sources if is_followed else ():
        before = source_of(maker, port, context)
        if before is None or not _is_small(maker, port) or not _add(before, calls, context):
            return False
        arriving[port] = before
    calls[maker.address] = (maker, arriving)
    return True


def _may_be_fixed(maker: Site, context: Context) -> bool:
    node = maker.node
    if node.kind not in KINDS or node.spec in BY_CHANCE or node.repeat is not None:
        return False
    return maker.value("device") is None and is_run(maker, context)


def _is_small(site: Site, port: str) -> bool:
    arriving = site.inputs.get(port)
    if arriving is None:
        return True  # a number, no tensor
    sizes = [size for size in arriving.shape if isinstance(size, int)]
    return len(sizes) == len(arriving.shape) and math.prod(sizes) <= MOST
