"""The way from the main graph to a graph inside it, for breadcrumbs and for going up."""

from __future__ import annotations

from typing import TypeAlias

from graph_editor.document.model import BlockId, NodeId, Project

Step: TypeAlias = tuple[str, str, str]
"""What a graph is called, its key, and the address of the use of it that is shown."""
MAIN = "main"


def graph_path(project: Project, title: str, key: str, prefix: str) -> tuple[Step, ...]:
    """Return the graphs from the main one, which is called title, to the one with that key.

    A block that is shown without a use of it (an empty prefix) follows the main graph directly.
    """
    steps: list[Step] = [(title, MAIN, "")]
    graph, address = project.main.graph, ""
    for part in prefix.split("/") if prefix else ():
        node_id = part.partition("[")[0]
        node = graph.nodes.get(NodeId(node_id))
        inside = node.spec.partition(".")[2] if node is not None else ""
        block = project.blocks.get(BlockId(inside)) if node is not None else None
        if node is None or block is None:
            break
        address = f"{address}/{part}" if address else part
        steps.append((node.name or block.name or node_id, inside, address))
        graph = block.graph
    if key != steps[-1][1] and key in project.blocks:
        steps.append((project.block(key).name or key, key, prefix))
    return tuple(steps)


def parent_of(project: Project, key: str, prefix: str) -> tuple[str, str]:
    """Return key and prefix of the graph above; of the main graph, its own."""
    path = graph_path(project, "", key, prefix)
    _, above, address = path[-2] if len(path) > 1 else path[0]
    return above, address
