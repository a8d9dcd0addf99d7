"""Nodes that feed each other in a circle.

What it does: names the one wire that leads back to a node that has to be computed first; where
circles that have nodes in common go through no common wire, one of each.

Why it matters: no node of the circle can be computed, since each waits for another.

Example: `a → b → a`.
Better: `x → a → b`; for a recurrence, a block that is repeated.

Fix: takes that wire away, or these wires.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.proposals import disconnect, together
from graph_editor.checking.words import label
from graph_editor.document.edits import projects, wires
from graph_editor.document.model import Graph, NodeId

CODE = "cycle"
RANK = 0


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a node is one that a circle closes at."""
    if failure.phase != "circle":
        return None
    site, source = failure.site, failure.site.sources[failure.port]
    graph = context.project.block(site.block).graph
    before = source.address.rpartition("/")[2]
    name = graph.nodes[NodeId(before)].name or before
    message = (
        f"The wire from “{name}” into {failure.port} of {label(site)} closes a circle: "
        f"{label(site)} already leads to “{name}”."
    )
    if before == site.id:
        message = f"The wire into {failure.port} of {label(site)} comes from {label(site)} itself."
    removed = disconnect(site, failure.port, f"Remove the wire from “{name}”")
    if failure.also:
        count = "another wire" if len(failure.also) == 1 else f"{len(failure.also)} other wires"
        named = ((end.port, graph.nodes[end.node].name or end.node) for end in failure.also)
        ends = ", ".join(f"{port} of “{of}”" for port, of in named)
        message += f" So does {count}: into {ends}."
        removed = _removed(removed, failure)
    return Diagnosis(CODE, "error", site.address, message, "", failure.port, (removed,))


def _removed(first: Proposal, failure: Failure) -> Proposal:
    """Propose to take away the wires that close the other circles too."""

    def without(graph: Graph) -> Graph:
        return wires.disconnect_all(graph, failure.also)

    others = Proposal(
        f"{failure.site.address}:disconnect-also",
        "",
        lambda project: projects.in_block(project, failure.site.block, without),
    )
    return together(first, others, title=f"Remove these {len(failure.also) + 1} wires")
