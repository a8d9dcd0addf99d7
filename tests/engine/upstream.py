"""Which nodes lie before another one, in its graph and around the blocks that it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.evaluate_plan import links
from graph_editor.catalogue.order import incoming
from graph_editor.document.model import Address, BlockId, NodeId, Project


def before(project: Project, at: str) -> Iterator[Address]:
    """Yield an address, and those of nodes that lie before it: beside it and around it."""
    graph, rest = project.main.graph, at
    above = ""
    while True:
        step, _, rest = rest.partition("/")
        id_ = NodeId(step.partition("[")[0])
        wires = incoming(graph)
        seen, left = {id_}, [id_]
        while left:
            current = left.pop()
            sources = [source.node for source in wires.get(current, {}).values()]
            for node in [*sources, *links(graph.nodes[current])]:
                if node not in seen:
                    seen.add(node)
                    left.append(node)
        yield from (Address(f"{above}{node}") for node in seen)
        if not rest:
            return
        above = f"{above}{step}/"
        graph = project.blocks[BlockId(graph.nodes[id_].spec.partition(".")[2])].graph
