"""A fix that puts a node behind what another gives, for all that read it."""

from __future__ import annotations

from collections.abc import Mapping

from graph_editor.checking.failure import Proposal, Site
from graph_editor.checking.proposals import free_id
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Node,
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
