"""A fix that puts a node behind what another gives, for all that read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import free_id
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)


def insert_behind(site: Site, output: str, spec: str, args: Mapping[str, Arg]) -> Proposal:
    """Propose a node, without words of its own, between an output and its readers."""
    start = OutPort(site.id, output)

    def edit(graph: Graph) -> Graph:
        new = free_id(graph, spec.rpartition(".")[2])
        readers = [target for target, source in graph.wires.items() if source == start]
        graph = nodes.add_node(graph, new, Node(spec, args=FrozenMap(args)))
        graph = wires.connect(graph, start, InPort(new, PortPath("input")))
        for target in readers:
            graph = wires.connect(graph, OutPort(new, "output"), target)
        return graph

    def on_project(project: Project) -> Project:
        return projects.in_block(project, site.block, edit)

    return Proposal(f"{site.address}:insert-behind", "", on_project)


def insert_for_all(site: Site, port: str, others: Iterable[NodeId], single: Proposal) -> Proposal:
    """Propose the node that ``single`` puts before a port for other nodes that read the same too.

    They read it at the same port.
    """
    names = ", ".join(f"“{other}”" for other in others)

    def edit(project: Project) -> Project:
        def joined(graph: Graph) -> Graph:
            new = graph.wires[InPort(site.id, PortPath(port))]
            for other in others:
                graph = wires.connect(graph, new, InPort(other, PortPath(port)))
            return graph

        return projects.in_block(single.edit(project), site.block, joined)

    return Proposal(f"{single.id}-for-all", f"{single.title} and {names}", edit)


def readers_like(site: Site, port: str, context: Context) -> tuple[NodeId, ...]:
    """Return the other nodes of one kind with a node that read the same output at the same port."""
    graph = context.project.block(site.block).graph
    source = graph.wires.get(InPort(site.id, PortPath(port)))
    return tuple(
        target.node
        for target, other in graph.wires.items()
        if other == source and target.port == port and target.node != site.id
        if graph.nodes[target.node].spec == site.node.spec
    )
