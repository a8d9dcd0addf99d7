"""Tensors that were joined along another axis than was meant, which is noticed only behind it.

Two rows of steps that are put one behind the other are twice as many; put side by side they are as
many as there are labels.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import source_of
from graph_editor.checking.words import label, number, sizes

CODES = (
    "class-target",
    "target-does-not-fit",
    "joined-sizes-differ",
    "shapes-do-not-broadcast",
    "linear-in-features",
)
FAR = 12
"""So many nodes before the one that stops are looked at, nearest first."""
STEPS = 3
"""Axes of a batch of sequences, whose features stand last; else the channels are axis 1."""
MOST = 2
"""So many joins are proposed to be led along another axis."""


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield another axis for joins before the node where torch stops."""
    found = (site for site in _before(stopped, context) if site.node.spec == "torch.cat")
    for site, _ in zip(found, range(MOST), strict=False):
        joining = number(site.value("dim"))
        shapes = [sizes(site, port) for port in site.inputs if port.startswith("tensors[")]
        ranks = {len(shape) for shape in shapes if shape is not None}
        if None in shapes or len(shapes) < 2 or len(ranks) != 1 or joining is None:
            continue
        (rank,) = ranks
        for axis in range(rank - 1, 0, -1) if rank == STEPS else range(1, rank):
            rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes if shape is not None}
            if len(rest) == 1 and axis != joining % rank:
                yield set_to(site, "dim", axis, of=label(site))


def _before(stopped: Site, context: Context) -> Iterator[Site]:
    """Yield the nodes before one, nearest first."""
    waiting, seen = [stopped], {stopped.address}
    while waiting and len(seen) <= FAR:
        current = waiting.pop(0)
        for port in current.sources:
            source = source_of(current, port, context)
            site = context.sites.get(source.address) if source is not None else None
            if site is not None and site.address not in seen:
                seen.add(site.address)
                waiting.append(site)
                yield site
