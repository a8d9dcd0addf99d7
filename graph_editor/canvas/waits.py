"""What a node waits for: the nodes before it whose problems keep it from being judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph_editor.document.model import NOTHING, Graph, NodeId

MOST_NAMED = 3
"""How many nodes at fault are named."""
LONGEST = 40
"""Letters of a name from which on its end is left out."""


def waited_for(
    graph: Graph,
    status: Mapping[NodeId, str],
    node: NodeId,
    told_at: Mapping[NodeId, NodeId] = NOTHING,
) -> tuple[NodeId, ...]:
    """Return the nodes at fault that a waiting node is behind, the nearest first.

    ``told_at`` says of nodes that are refused for what is told at another one which that is.
    Empty where the fault is in no node of this graph: in a block's own inputs, for example.
    """
    before: dict[NodeId, list[NodeId]] = {}
    for end, start in graph.wires.items():
        before.setdefault(end.node, []).append(start.node)
    found: list[NodeId] = []
    seen, edge = {node}, [node]
    while edge:
        further: list[NodeId] = []
        found += (at for each in edge if (at := told_at.get(each)) and at not in found)
        for other in (o for each in edge for o in before.get(each, ())):
            if other in seen:
                continue
            seen.add(other)
            if status.get(other) == "error":
                found += [other] if other not in found else []
            elif status.get(other) == "waiting":
                further.append(other)
        edge = further
    return tuple(found)


def waiting_words(names: Iterable[str]) -> str:
    """Return ``Waiting for head.`` of the names of what is waited for."""
    known = [n if len(n) <= LONGEST else f"{n[: LONGEST - 1].rstrip()}…" for n in names]
    if not known:
        return "Waiting for what comes before it."
    first, more = known[:MOST_NAMED], len(known) - MOST_NAMED
    if more > 0:
        return f"Waiting for {', '.join(first)} and {more} more."
    return f"Waiting for {' and '.join(filter(None, (', '.join(first[:-1]), first[-1])))}."
