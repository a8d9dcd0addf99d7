"""A wire from a piece of a chunk into fewer pieces: the count may be what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import NodeId

CODES = ("unknown-output",)
PIECES = "chunks["


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield as many pieces as there are wires for, where the axis falls into so many."""
    for source in stopped.sources.values():
        cut = context.sites.get(source.address)
        if cut is None or cut.node.spec != "torch.chunk" or not source.port.startswith(PIECES):
            continue
        count, wanted = number(cut.value("chunks")), _highest(cut, context) + 1
        arriving, dim = sizes(cut, "input"), number(cut.value("dim"))
        if count is None or not arriving or dim is None or not -len(arriving) <= dim:
            continue
        if dim < len(arriving) and wanted > count and arriving[dim] % wanted == 0:
            yield set_to(cut, "chunks", wanted, of=label(cut))
            return


def _highest(cut: Site, context: Context) -> int:
    """Return the last piece that a wire comes from."""
    wires = context.project.block(cut.block).graph.wires.values()
    ports = [source.port for source in wires if source.node == NodeId(cut.id)]
    numbers = [port[len(PIECES) : -1] for port in ports if port.startswith(PIECES)]
    return max((int(text) for text in numbers if text.isdecimal()), default=-1)
