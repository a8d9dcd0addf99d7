"""Two layers, one directly after the other, that nothing else in the drawing has a share in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.document.model import Address, At, NodeId

Pair = tuple[Site, Site]
Suits = Callable[[Site, Site], bool]
Tell = Callable[[Sequence[Pair], Context], Iterable[Diagnosis]]
_PART = re.compile(r"[^/.\[\]]+")


def neighbours(
    first: Container[str], second: Container[str], suits: Suits, tell: Tell
) -> PerSubject:
    """Return a check of each layer with the one directly before it, once for all uses of a block.

    Both stand in one graph, and the output of the first goes nowhere else. Left out are layers that
    are repeated or skipped at times, and those whose weights are frozen, loaded, shared, followed
    or read elsewhere: a change of them would not stay between the two. ``suits`` is asked first,
    and has to hold for every use of the block.
    """

    def find(site: Site, context: Context) -> Iterator[Pair]:
        pair = _pair(site, context)
        if pair is None or not suits(*pair):
            return
        uses = context.fixed(_uses).get((site.block, site.id), ())
        pairs = [p for a in uses if (p := _pair(context.sites[a], context)) is not None]
        if pairs and (pairs[0][1] is not site or not all(suits(*p) for p in pairs)):
            return  # it is told at another use, or does not hold everywhere
        if _is_private(*pair, context):
            yield pair

    def _pair(site: Site, context: Context) -> Pair | None:
        source = site.sources.get("input")
        before = context.sites.get(source.address) if source else None
        return None if before is None or before.node.spec not in first else (before, site)

    return PerSubject(second, find, tell)


def _uses(context: Context) -> dict[tuple[str, NodeId], list[Address]]:
    """Return the addresses of each node that stands at several: its block is used as often."""
    found: dict[tuple[str, NodeId], list[Address]] = {}
    for address, site in context.sites.items():
        if site.block != "main":
            found.setdefault((site.block, site.id), []).append(address)
    return {key: addresses for key, addresses in found.items() if len(addresses) > 1}


def _is_private(first: Site, second: Site, context: Context) -> bool:
    """Whether nothing else has a share in two layers."""
    alone = context.fixed(_readers, first.block)[first.id] == 1 and first.block == second.block
    mentioned, held = context.fixed(_mentioned), context.fixed(_held)
    return alone and all(_is_plain(s, mentioned, held) for s in (first, second))


def _readers(context: Context, block: str) -> Counter[NodeId]:
    return Counter(source.node for source in context.project.block(block).graph.wires.values())


def _held(context: Context) -> set[Address]:
    return {a for a, site in context.sites.items() if site.node.freeze or site.node.weights}


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
