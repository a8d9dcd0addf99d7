"""Rows that are joined to others, and lie across: maps that were flattened keep channels first.

Patches of an image are `B×channels×places`; the token of a class that is put before them is
`B×1×channels`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import number, sizes

CODES = ("joined-sizes-differ",)


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:  # noqa: ARG001  # one signature for all
    """Yield the turn of one of several tensors, after which only the joining axis differs."""
    dim = number(stopped.value("dim"))
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    shapes = {port: shape for port, shape in known.items() if shape is not None}
    ranks = {len(shape) for shape in shapes.values()}
    if stopped.node.spec != "torch.cat" or dim is None or len(ranks) != 1 or max(ranks) < 3:
        return
    (rank,) = ranks
    if not -rank <= dim < rank:
        return
    for port, shape in shapes.items():
        turned = (*shape[:-2], shape[-1], shape[-2])
        others = [other for name, other in shapes.items() if name != port]
        if turned != shape and all(_joins(turned, other, dim % rank) for other in others):
            words = f"Swap the last two axes of {port}"
            yield insert(stopped, port, "Tensor.transpose", {"dim0": -2, "dim1": -1}, words)


def _joins(one: tuple[int, ...], other: tuple[int, ...], dim: int) -> bool:
    return one[:dim] + one[dim + 1 :] == other[:dim] + other[dim + 1 :]
