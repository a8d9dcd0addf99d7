"""Walks forwards along the wires of one graph, to what reads a tensor."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import lru_cache

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import Address, Graph, InPort, NodeId, OutPort, PortPath

Reading = tuple[Site | None, str]
"""What reads a tensor, and the port at which it does; no node where it is not known."""


def readers_of(site: Site, context: Context) -> list[Reading]:
    """Return what reads a node's results in the graph that it is drawn in."""
    around = site.address.removesuffix(site.id)
    wires = context.project.block(site.block).graph.wires
    return [
        (context.sites.get(Address(f"{around}{target.node}")), str(target.port))
        for target, source in wires.items()
        if source.node == site.id
    ]


def is_written_over(site: Site, port: str, context: Context) -> bool:
    """Whether another node works in place on what enters a port, which may get its result.

    It is asked of the drawing, and notes no node as looked at.
    """
    graph = context.project.block(site.block).graph
    source = graph.wires.get(InPort(site.id, PortPath(port)))
    return source is not None and bool(_written_over(graph).get(source, frozenset()) - {site.id})


@lru_cache(maxsize=256)
def _written_over(graph: Graph) -> Mapping[OutPort, frozenset[NodeId]]:
    """Return the outputs that nodes work on in place, and these nodes."""
    writers = {id_ for id_, node in graph.nodes.items() if node.args.get("inplace") is True}
    found: dict[OutPort, frozenset[NodeId]] = {}
    for target, source in graph.wires.items() if writers else ():
        if target.node in writers:
            found[source] = found.get(source, frozenset()) | {target.node}
    return found


def readers_behind(site: Site, context: Context, through: Container[str]) -> list[Reading]:
    """Return what reads a node's results behind nodes of ``through``."""
    found: list[Reading] = []
    waiting, seen = [site], {site.address}
    while waiting:
        for reader, port in readers_of(waiting.pop(), context):
            if reader is None or reader.node.spec not in through:
                found.append((reader, port))
            elif reader.address not in seen:
                seen.add(reader.address)
                waiting.append(reader)
    return found
