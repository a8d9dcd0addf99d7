"""A metric of other tensors than those that a loss compares, as where a wire was led astray."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import connect, together
from graph_editor.document.model import InPort, PortPath

CODES = ("metric-does-not-fit", "torch")
PORTS = ("input", "target")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield to compare what a loss compares, where the metric shares one of its tensors or none."""
    if stopped.node.kind != "metric":
        return
    graph = context.project.block(stopped.block).graph
    own = {port: graph.wires.get(InPort(stopped.id, PortPath(port))) for port in PORTS}
    for id_, node in graph.nodes.items():
        theirs = {port: graph.wires.get(InPort(id_, PortPath(port))) for port in PORTS}
        if not node.spec.endswith("Loss") or None in theirs.values():
            continue
        title = f"Compare what {node.name or id_} compares"
        steps = [
            connect(stopped, port, source.node, source.port, title)
            for port, source in theirs.items()
            if source is not None and source != own[port]
        ]
        if steps:
            yield together(*steps, title=title)
