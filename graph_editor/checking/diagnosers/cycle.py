"""Nodes that feed each other in a circle.

What it does: names the one wire that leads back to a node that has to be computed first.

Why it matters: no node of the circle can be computed, since each waits for another.

Example: `a → b → a`.
Better: `x → a → b`; for a recurrence, a block that is repeated.

Fix: takes that wire away.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import disconnect
from graph_editor.checking.words import label
from graph_editor.document.model import NodeId

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
    proposals = (disconnect(site, failure.port, f"Remove the wire from “{name}”"),)
    return Diagnosis(CODE, "error", site.address, message, "", failure.port, proposals)
