"""A tensor that falls into more, or fewer, pieces than the node hands out.

What it does: counts the pieces of a `split` by one length or by several, and of an `unbind`, and
compares them with `outputs`.

Why it matters: the written code gives each piece a name, and Python stops where there are not as
many names as pieces.

Example: `split(x, 4, dim=1)` of `B×12` with two outputs.
Better: three outputs, or `split(x, 6, dim=1)`.

Fix: as many outputs as there are pieces, pieces of the length that makes as many as are handed out,
or the width of the layer before.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes, title, value

CODE = "pieces-counted"
RANK = 31
LENGTH = "split_size_or_sections"
PORTS = {"torch.split": "tensor", "torch.unbind": "input"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the pieces are counted otherwise than the outputs."""
    site = failure.site
    port = PORTS.get(site.node.spec, "")
    arriving, dim, named = sizes(site, port), number(site.value("dim")), site.value("outputs")
    if not arriving or dim is None or not -len(arriving) <= dim < len(arriving):
        return None
    size, said = arriving[dim], site.value(LENGTH)
    made = _count(site, size)
    if not isinstance(named, int) or made is None or made == named:
        return None
    by = "" if said is None else f" by {value(said)}"
    pieces = "1 piece" if made == 1 else f"{made} pieces"
    message = (
        f"{title(site)} {label(site)} cuts axis {dim} of {site.shown(port)}, which is {size} "
        f"long,{by} into {pieces}, and outputs is {named}."
    )
    proposals = tuple(_proposals(site, size, made, named, context))
    return Diagnosis(CODE, "error", site.address, message, "outputs", port, proposals)


def _count(site: Site, size: int) -> int | None:
    """Return how many pieces torch makes of an axis."""
    if site.node.spec == "torch.unbind":
        return size
    said = site.value(LENGTH)
    if isinstance(said, tuple):
        return len(said)
    length = number(said)
    return -(-size // length) if length is not None and length > 0 and size > 0 else None


def _proposals(
    site: Site, size: int, made: int, named: int, context: Context
) -> Iterator[Proposal]:
    port, length = PORTS[site.node.spec], number(site.value(LENGTH))
    if made > named:  # of fewer, some that are wired would be left without a piece
        yield set_to(site, "outputs", made)
    if length is not None and named > 0 and size % named == 0:
        yield set_to(site, LENGTH, size // named)
    maker = width_before(site, port, number(site.value("dim")) or 0, context)
    if maker is not None and made < named:
        yield set_width(maker, named * (length or 1), context)
