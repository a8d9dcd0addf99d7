"""The layer whose stride leaves fewer steps than a loss of texts is told that there are."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import (
    ELEMENTWISE,
    POOLS,
    TRANSPARENT,
    TURNS,
    chain_before,
)
from graph_editor.checking.words import per_axis

CONVOLUTIONS = {f"nn.Conv{n}d": n for n in (1, 2, 3)}
RECURRENT = frozenset({"nn.RNN", "nn.LSTM", "nn.GRU"})
NORMS = frozenset(f"nn.BatchNorm{n}d" for n in (1, 2, 3))
PASSED = (ELEMENTWISE | POOLS | TRANSPARENT | TURNS | RECURRENT | NORMS | CONVOLUTIONS.keys()) | {
    "nn.Linear"
}
"""What stands between a stride and the loss."""


def skipping(
    site: Site, port: str, left: int, wanted: int, context: Context
) -> tuple[Site, tuple[int, ...]] | None:
    """Return the convolution that leaves fewer steps than wanted, and the stride that keeps them.

    Steps run along the last axis of its maps. What stands behind it keeps their number.
    """
    for layer in chain_before(site, port, context, PASSED):
        axes = CONVOLUTIONS.get(layer.node.spec, 0)
        made = context.types.get(f"{layer.address}.output")
        if not axes or made is None:
            continue
        if made.shape[-1:] != (left,):
            return None
        found = _stride(layer, axes, wanted)
        if found is not None:
            return layer, found
    return None


def _stride(layer: Site, axes: int, wanted: int) -> tuple[int, ...] | None:
    """Return the stride of a convolution that leaves as many places of the last axis as wanted."""
    said = {
        name: per_axis(layer.value(name), axes)
        for name in ("stride", "padding", "dilation", "kernel_size")
    }
    arriving = layer.inputs["input"].shape
    numbers = [value[-1] for value in said.values() if value is not None]
    size = arriving[-1] if arriving else None
    if len(numbers) != len(said) or not isinstance(size, int) or said["stride"] is None:
        return None
    stride, padding, dilation, kernel = numbers
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    for less in range(1, stride):
        if room // less + 1 == wanted:
            return (*said["stride"][:-1], less)
    return None
