"""A wire from an output, or a node, that does not exist.

What it does: looks at where each wire comes from.

Why it matters: nothing ever arrives through such a wire. A node with a condition is a source for
its first output alone where it is switched off.

Example: a wire from `relu.outputx`.
Better: a wire from `relu.output`.

Fix: leads the wire from an output that there is, or takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.proposals import connect, disconnect
from graph_editor.checking.words import either, label, title
from graph_editor.document.model import NodeId

CODE = "unknown-output"
RANK = 0
PLATEAU = "lr_scheduler.ReduceLROnPlateau"
MOST = 3
"""Outputs that are proposed."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a wire comes from nowhere."""
    if failure.phase != "dangling":
        return None
    site, source = failure.site, failure.site.sources[failure.port]
    before = NodeId(source.address.rpartition("/")[2])
    node = context.project.block(site.block).graph.nodes.get(before)
    message = f"The wire into {failure.port} of {label(site)} comes from "
    if node is None:
        message += f"the node {before}, which does not exist."
    elif node.when is not None and failure.has:
        message += (
            f"{source.port} of “{node.name or before}”, which gives {either(failure.has)} alone "
            f"where its condition ({node.when.text}) does not hold: what arrives passes through."
        )
    elif node.spec == PLATEAU and site.node.spec.startswith("lr_scheduler."):
        message += (
            f"“{node.name or before}”, a ReduceLROnPlateau: it waits for the value of a loss, and "
            f"{title(site)} hands its schedules none, so that torch takes it in no other schedule."
        )
    else:
        there = f": it has {either(failure.has)}" if failure.has else ""
        message += f"{source.port} of “{node.name or before}”, which has no such output{there}."
    proposals = tuple(_proposals(failure, before))
    return Diagnosis(CODE, "error", site.address, message, "", failure.port, proposals)


def _proposals(failure: Failure, before: NodeId) -> Iterator[Proposal]:
    site, port = failure.site, failure.port
    said = site.sources[port].port
    near = get_close_matches(said, failure.has, 1, 0.4) if len(failure.has) > 1 else []
    for output in dict.fromkeys([*near, *failure.has[:MOST]]):
        yield connect(site, port, before, output, f"Lead the wire from {output}")
    yield disconnect(site, port, "Remove the wire")
