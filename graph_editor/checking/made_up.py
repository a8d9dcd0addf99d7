"""Edits of made-up data, so that a port gives what its reader takes."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site, Source
from graph_editor.checking.value_range import MADE_UP
from graph_editor.checking.words import label
from graph_editor.document.edits import nodes, projects
from graph_editor.document.model import Arg, FrozenMap, Graph, Name, NodeId, Project


def with_classes(source: Source, count: int, context: Context, title: str = "") -> Proposal | None:
    """Propose that a port of made-up data gives whole numbers below ``count``.

    Input nodes of the main graph that it feeds take them as such. None for any other source.
    """
    data = context.sites.get(source.address)
    if data is None or data.node.spec != MADE_UP or data.block != "main":
        return None

    def edit(graph: Graph) -> Graph:
        return _told_inputs(_told_data(graph, data, source.port, count), data.id, source.port)

    def on_project(project: Project) -> Project:
        return projects.in_block(project, "main", edit)

    words = title or f"Let {source.port} of {label(data)} be whole numbers from 0 to {count - 1}"
    return Proposal(f"{data.address}:classes-{source.port}-{count}", words, on_project)


def _told_data(graph: Graph, data: Site, port: str, count: int) -> Graph:
    said = graph.nodes[data.id].args
    classes, dtypes = (_table(said.get(name)) for name in ("classes", "dtypes"))
    graph = nodes.set_argument(graph, data.id, "classes", classes.set(port, count))
    if port in dtypes:
        graph = nodes.set_argument(graph, data.id, "dtypes", dtypes.without(port))
    return graph


def _table(value: Arg | None) -> FrozenMap[str, Arg]:
    return value if isinstance(value, FrozenMap) else FrozenMap()


def _told_inputs(graph: Graph, data: NodeId, port: str) -> Graph:
    for target, source in graph.wires.items():
        fed = graph.nodes[target.node]
        if (source.node, source.port) == (data, port) and fed.spec == "io.input":
            graph = nodes.set_argument(graph, target.node, "dtype", Name("int64"))
    return graph
