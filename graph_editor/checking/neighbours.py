"""Two layers, one directly after the other, that nothing else in the drawing has a share in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator

from graph_editor.checking.failure import Context, Site
from graph_editor.document.model import Address, At, NodeId

Suits = Callable[[Site, Site], bool]
_PART = re.compile(r"[^/.\[\]]+")


def neighbours(
    context: Context, first: Container[str], second: Container[str], suits: Suits
) -> Iterator[tuple[Site, Site]]:
    """Yield each layer with the one directly before it, once for all uses of a block.

    Both stand in one graph, and the output of the first goes nowhere else. Left out are layers that
    are repeated or skipped at times, and those whose weights are frozen, loaded, shared, followed
    or read elsewhere: a change of them would not stay between the two. ``suits`` is asked first,
    and has to hold for every use of the block.
    """
    found: dict[tuple[str, NodeId], tuple[Site, Site] | None] = {}
    for site in context.of(second):
        source = site.sources.get("input")
        before = context.sites.get(source.address) if source else None
        if before is None or before.node.spec not in first:
            continue
        key = (site.block, site.id)
        if not suits(before, site):
            found[key] = None
        elif key not in found:
            found[key] = (before, site)
    pairs = [pair for pair in found.values() if pair is not None]
    if pairs:
        yield from _private(pairs, context)


def _private(pairs: list[tuple[Site, Site]], context: Context) -> Iterator[tuple[Site, Site]]:
    """Yield the pairs in which nothing else has a share."""
    mentioned = _mentioned(context)
    held = {a for a, site in context.sites.items() if site.node.freeze or site.node.weights}
    readers: dict[str, Counter[NodeId]] = {}
    for first, second in pairs:
        if first.block not in readers:
            wires = context.project.block(first.block).graph.wires
            readers[first.block] = Counter(source.node for source in wires.values())
        alone = readers[first.block][first.id] == 1 and first.block == second.block
        if alone and all(_is_plain(s, mentioned, held) for s in (first, second)):
            yield first, second


def _is_plain(site: Site, mentioned: frozenset[str], held: set[Address]) -> bool:
    """Whether a layer always computes the same, with weights that are its own."""
    if site.node.when is not None or site.node.repeat is not None:
        return False
    if mentioned and mentioned.intersection(_PART.findall(site.address)):
        return False
    if not held:
        return True
    parts = site.address.split("/")
    return held.isdisjoint(Address("/".join(parts[:n])) for n in range(1, len(parts) + 1))


def _mentioned(context: Context) -> frozenset[str]:
    """Return the parts of all addresses of weights that are named anywhere but in an optimizer."""
    texts: list[str] = []
    for site in context.sites.values():
        node = site.node
        texts += node.freeze
        if node.weights is not None:
            texts += filter(None, (node.weights.same_as, node.weights.follows))
    for site in context.of(("param.of",)):
        owner = site.node.args.get("of")
        texts += (owner.address,) if isinstance(owner, At) else ()
    project = context.project
    for block in (project.main, *project.blocks.values()):
        for name, owner_name in block.graph.ties.items():
            texts += (name, owner_name)
    return frozenset(part for text in texts for part in _PART.findall(text))
