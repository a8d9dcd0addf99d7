"""An input of an attention that is led past the layers which make it as wide as it has to be."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.attention import WIDTHS
from graph_editor.checking.failure import Context, Proposal, Site, Source
from graph_editor.checking.proposals import connect
from graph_editor.checking.walk import source_of
from graph_editor.checking.words import number, sizes
from graph_editor.document.model import Address, NodeId

CODES = ("attention-width",)


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield what is made of the same output and is wide enough: read beside it, or by nothing."""
    width, ports = WIDTHS.get(stopped.node.spec, ("", {}))
    expected = number(stopped.value(width)) if width else None
    for port, source in stopped.sources.items():
        arriving, start = sizes(stopped, port), source_of(stopped, port, context)
        if port not in ports or not arriving or arriving[-1] == expected or start is None:
            continue
        beside = [s for p, s in stopped.sources.items() if p in ports and s != source]
        found = [*_unread(stopped, context), *beside]
        for other in dict.fromkeys(found):
            if _is_wide(other, expected, context) and _comes_of(other, start, context):
                id_ = NodeId(other.address.rpartition("/")[2])
                words = f"Lead {id_}.{other.port} to {port}"
                yield connect(stopped, port, id_, other.port, words)
        return


def _unread(stopped: Site, context: Context) -> Iterator[Source]:
    """Yield the outputs of the same graph that nothing reads."""
    wires = context.project.block(stopped.block).graph.wires
    read = {(source.node, source.port) for source in wires.values()}
    around = stopped.address.rpartition("/")[0]
    for key in context.types:
        address, _, port = key.rpartition(".")
        parent, _, id_ = address.rpartition("/")
        if parent == around and (NodeId(id_), port) not in read and address != stopped.address:
            yield Source(Address(address), port)


def _is_wide(source: Source, expected: int | None, context: Context) -> bool:
    made = context.types.get(source.key)
    return made is not None and len(made.shape) == 3 and made.shape[-1] == expected


def _comes_of(source: Source, start: Source, context: Context) -> bool:
    """Whether an output is made of another one, through any number of nodes."""
    seen, left = {source}, [source]
    while left:
        site = context.sites.get(left.pop().address)
        ports = [(site, port) for port in site.sources] if site is not None else []
        found = {b for each, port in ports if (b := source_of(each, port, context)) is not None}
        if start in found:
            return True
        left += found - seen
        seen |= found
    return False
