"""Walks forwards along the wires of one graph, to what reads a tensor."""

from __future__ import annotations

from collections.abc import Container

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import Address

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
