"""Turns of two axes: whether a node is one, and edits that put one before a layer."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Proposal, Site
from graph_editor.checking.proposals import insert, insert_around, insert_shared
from graph_editor.checking.walk import TURNS, before_turn
from graph_editor.checking.words import sizes
from graph_editor.document.model import Arg


def swaps_last(site: Site) -> bool:
    """Whether a node lets the last two axes change places, and no others."""
    kind = site.inputs.get("input")
    rank = len(kind.shape) if kind is not None and site.node.spec in TURNS else 0
    axes = [before_turn(site, axis) for axis in range(-rank, 0)]
    return rank > 1 and axes == [*range(-rank, -2), -1, -2]


def turned(site: Site, ports: tuple[str, ...], wanted: int | None) -> Iterator[Proposal]:
    """Yield a transpose of ``B×C×T`` into ``B×T×C``, at all of the ports that one output feeds.

    Where a recurrent layer takes the steps first, the batch goes to the middle.
    """
    shape = sizes(site, ports[0])
    if shape is None or len(shape) != 3 or wanted is None or shape[1] != wanted:
        return
    first = site.value("batch_first") is False
    words = "Swap the last two axes: B×C×T becomes B×T×C"
    same = tuple(p for p in ports if site.sources.get(p) == site.sources.get(ports[0]))
    if first:
        order: dict[str, Arg] = {"args": (2, 0, 1)}
        title = "Put the steps first: B×C×T becomes T×B×C"
        yield insert_shared(site, same, "Tensor.permute", order, title)
        return
    swap: dict[str, Arg] = {"dim0": 1, "dim1": 2}
    yield insert_shared(site, same, "Tensor.transpose", swap, words)


def channels_last(
    site: Site, port: str, wanted: int | None, then_linear: bool = False
) -> Iterator[Proposal]:
    """Yield what lets a layer of the last axis work along the channels, and turns them back.

    The first only turns what enters, for what follows takes the channels last; of maps it does so
    where that is known to be a Linear.
    """
    shape = sizes(site, port)
    if shape is None or len(shape) < 3 or wanted is None or shape[1] != wanted:
        return
    rank = len(shape)
    there: dict[str, Arg] = {"args": (0, *range(2, rank), 1)}
    back: dict[str, Arg] = {"args": (0, rank - 1, *range(1, rank - 1))}
    if rank == 3:
        words = "Swap the last two axes of what enters"
        yield insert(site, port, "Tensor.transpose", {"dim0": 1, "dim1": 2}, words)
    elif then_linear:
        words = "Put the channels last before it, as what follows takes them"
        yield insert(site, port, "Tensor.permute", there, words)
        return
    words = "Put the channels last before it, and back to the second axis after it"
    yield insert_around(site, port, ("Tensor.permute", there), ("Tensor.permute", back), words)
