"""Several nodes that refuse what one output brings them: one edit behind it for all of them."""

from __future__ import annotations

from collections.abc import Callable

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.words import label
from graph_editor.document.edits import projects
from graph_editor.document.edits import wires as wire_edits
from graph_editor.document.model import Address, Graph, InPort, PortPath, Project

Refuses = Callable[[Site, str], bool]


def for_all(
    single: Proposal, site: Site, port: str, context: Context, refuses: Refuses
) -> list[Proposal]:
    """Return an insertion before a port, for all others too that refuse the same output.

    None where there are no others, and where the use of a block says nothing of other uses.
    """
    others = [(other, name) for other, name in _beside(site, port, context) if refuses(other, name)]
    if not others:
        return []

    def joined(graph: Graph) -> Graph:
        new = graph.wires[InPort(site.id, PortPath(port))]
        for other, name in others:
            graph = wire_edits.connect(graph, new, InPort(other.id, PortPath(name)))
        return graph

    def edit(project: Project) -> Project:
        return projects.in_block(single.edit(project), site.block, joined)

    names = " and ".join(dict.fromkeys(label(other) for other, _ in others))
    return [Proposal(f"{single.id}-for-all", f"{single.title}, for {names} too", edit)]


def also_for_others(
    found: list[Proposal], site: Site, port: str, context: Context, refuses: Refuses
) -> list[Proposal]:
    """Return proposals with, before each that only inserts before a port, the one for all others.

    Others are those that refuse the same output.
    """
    ends = f"-{port}"
    wider: list[Proposal] = []
    for single in found:
        parts = single.id.split("+")
        if all(":insert-" in part and part.endswith(ends) for part in parts):
            wider += for_all(single, site, port, context, refuses)
        wider.append(single)
    return wider


def _beside(site: Site, port: str, context: Context) -> list[tuple[Site, str]]:
    wires = context.project.block(site.block).graph.wires
    source = wires.get(InPort(site.id, PortPath(port)))
    parent = site.address.rpartition("/")[0]
    found = []
    for target, fed in wires.items():
        other = context.sites.get(Address(f"{parent}/{target.node}" if parent else target.node))
        if fed == source and target.node != site.id and other is not None:
            found.append((other, str(target.port)))
    return found
