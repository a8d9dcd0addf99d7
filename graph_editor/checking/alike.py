"""One mistake made alike at several nodes, as in the queries, keys and values of an attention."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from graph_editor.checking.agreed_width import Agreed, Key
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import together
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.words import label
from graph_editor.document.model import Address, NodeId

KINDS = ("nn", "op", "F", "torch", "Tensor")
"""Of what a model is made: paths that meet only in a loss are of two models, or of two heads."""


def alike(
    found: Mapping[Key, Diagnostic], proposals: Mapping[Key, tuple[Proposal, ...]], context: Context
) -> Iterator[Agreed]:
    """Yield where nodes with one spec and the same arguments refuse other tensors of one shape.

    What they give has to meet further on, and an edit of each has to be proposed alike.
    """
    groups: dict[Hashable, list[Key]] = {}
    for key, diagnostic in found.items():
        site = context.sites.get(diagnostic.node)
        if site is not None and diagnostic.severity == "error" and proposals.get(key):
            groups.setdefault(_likeness(site, diagnostic), []).append(key)
    for keys in groups.values():
        sites = [context.sites[found[key].node] for key in keys]
        read = {frozenset(s.sources.items()) for s in sites}
        if len(sites) < 2 or len(read) < len(sites) or not _meet(sites, context):
            continue
        cures = tuple(_for_each([proposals[key] for key in keys], sites, context))
        if cures:
            yield Agreed(_told([found[key] for key in keys], sites), tuple(keys), cures)


def _likeness(site: Site, told: Diagnostic) -> Hashable:
    """Return what two faults have in common that are one mistake made twice."""
    around = site.address.rpartition("/")[0]
    shapes = frozenset((port, kind.shape, kind.dtype) for port, kind in site.inputs.items())
    return (around, site.node.spec, site.args, shapes, told.code, told.argument, told.port)


def _meet(sites: list[Site], context: Context) -> bool:
    """Whether what all nodes give comes together inside the model."""
    graph = context.project.block(sites[0].block).graph
    readers: dict[NodeId, list[NodeId]] = {}
    for target, source in graph.wires.items():
        node = graph.nodes[target.node]
        if node.kind in KINDS and not node.spec.endswith("Loss"):
            readers.setdefault(source.node, []).append(target.node)
    behind = [_behind(site.id, readers) for site in sites]
    apart = all(site.id not in others for site in sites for others in behind)
    return apart and bool(frozenset.intersection(*behind))


def _behind(start: NodeId, readers: Mapping[NodeId, list[NodeId]]) -> frozenset[NodeId]:
    seen: set[NodeId] = set()
    left = list(readers.get(start, ()))
    while left:
        current = left.pop()
        if current not in seen:
            seen.add(current)
            left += readers.get(current, ())
    return frozenset(seen)


def _for_each(
    proposed: list[tuple[Proposal, ...]], sites: list[Site], context: Context
) -> Iterator[Proposal]:
    """Yield as one edit what is proposed of each node by the same action."""
    by_action = [{p.id.partition(":")[2]: p for p in some} for some in proposed]
    for action, first in by_action[0].items():
        every = [known[action] for known in by_action if action in known]
        if len(every) < len(proposed):
            continue
        changed = [context.sites.get(Address(p.id.partition(":")[0])) for p in every]
        makers = [site for site in changed if site is not None]
        if len({site.address for site in makers}) == len(every):
            yield together(every[0], *every[1:], title=_title(first.title, makers, sites))


def _title(title: str, makers: list[Site], sites: list[Site]) -> str:
    if label(makers[0]) in title:
        return title.replace(label(makers[0]), _names(makers))
    return f"{title} at {_names(makers or sites)}"


def _names(sites: list[Site]) -> str:
    *first, last = map(label, sites)
    return f"{', '.join(first)} and {last}"


def _told(faults: list[Diagnostic], sites: list[Site]) -> Diagnostic:
    first = faults[0]
    others = _names(sites[1:]) if sites[2:] else label(sites[1])
    message = f"{first.message} The same is wrong at {others}."
    victims = dict.fromkeys(v for d in faults for v in (d.node, *d.victims) if v != first.node)
    return Diagnostic(
        first.code, "error", first.node, message, first.detail, first.port, first.argument,
        tuple(victims),
    )  # fmt: skip
