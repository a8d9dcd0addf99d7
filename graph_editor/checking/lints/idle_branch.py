"""Nodes whose result nothing uses: they reach no loss, no metric and no output.

What it does: finds the ends of such branches in the main graph.

Why it matters: they are not part of the model, and no code is written for them; parameters, FLOPs
and memory of the drawing count them all the same. Most often a wire is missing.

Example: a Linear layer whose output goes nowhere.
Better: a wire from it, or no such layer.

Fix: makes its end an output of the model, where it has no weights that would learn nothing. What
is not needed is for the user to take away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.lints.no_optimizer import losses_without_optimizer
from graph_editor.checking.proposals import give_out
from graph_editor.checking.words import label
from graph_editor.document.model import Address, InPort, NodeId, OutPort

CODE = "reaches-no-loss"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield the end of every idle branch, with the number of nodes that only it would use."""
    graph, idle = context.project.main.graph, set(context.regions.idle)
    if not (context.regions.model or context.regions.step):
        return  # a drawing that has no output yet: all of it is on its way
    if not idle or _has_circle(graph.wires):
        return  # what a circle cuts off is not to blame
    losses = {site.id for site in losses_without_optimizer(context)}
    used = {source.node for target, source in graph.wires.items() if target.node in idle}
    for end in sorted(idle - used - losses):
        site = context.sites.get(Address(end))
        if site is None:
            continue
        others = len(_branch(end, idle, context)) - 1
        more = f" and {others} node{'s' * (others > 1)} before it" if others else ""
        them = "them" if others else "it"
        message = (
            f"{label(site)}{more} reach{'' if others else 'es'} no loss, metric or output. No code "
            f"is written for {them}, while parameters, FLOPs and memory count {them}."
        )
        ports = output_ports(site.spec, site.node) if site.spec else ()
        proposals = tuple(give_out(site, port) for port in ports[:1])
        yield Diagnosis(CODE, "info", site.address, message, "", "", proposals)


def _has_circle(wires: Mapping[InPort, OutPort]) -> bool:
    """Whether some nodes feed each other: those that are left when all that are fed by none go."""
    feeds: dict[NodeId, set[NodeId]] = {}
    for target, source in wires.items():
        feeds.setdefault(target.node, set()).add(source.node)
    while True:
        free = {node for node, sources in feeds.items() if not sources & feeds.keys()}
        if not free:
            return bool(feeds)
        feeds = {node: sources for node, sources in feeds.items() if node not in free}


def _branch(end: NodeId, idle: set[NodeId], context: Context) -> tuple[NodeId, ...]:
    """Return the end and the idle nodes before it that feed nothing else."""
    wires = context.project.main.graph.wires
    readers: dict[NodeId, set[NodeId]] = {}
    for target, source in wires.items():
        readers.setdefault(source.node, set()).add(target.node)
    found, grown = {end}, True
    while grown:
        more = {n for n in idle - found if n in readers and readers[n] <= found}
        found, grown = found | more, bool(more)
    return tuple(sorted(found))
