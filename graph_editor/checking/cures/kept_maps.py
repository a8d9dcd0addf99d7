"""Convolutions that make a map smaller before it is put beside others."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, per_axis, sizes

CODES = ("joined-sizes-differ",)
LAYERS = {f"nn.Conv{n}d": n for n in (1, 2, 3)}


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield a stride of 1 for the convolution before each of several maps that is smaller."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    maps = {port: shape[2:] for port, shape in known.items() if shape and len(shape) > 2}
    largest = max(maps.values(), default=())
    for port, size in maps.items():
        for layer in chain_before(stopped, port, context, ELEMENTWISE) if size < largest else ():
            stride = per_axis(layer.value("stride"), LAYERS.get(layer.node.spec, 0))
            if stride and set(stride) != {1}:
                yield set_to(layer, "stride", 1, of=label(layer))
