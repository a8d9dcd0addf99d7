"""A loss that no optimizer makes smaller.

What it does: in a drawing without any optimizer, looks for ends that are losses: those of the
catalogue, and single numbers that weights lead to.

Why it matters: nothing trains without an optimizer.

Example: `Linear → CrossEntropyLoss`, and no more.
Better: `Linear → CrossEntropyLoss → AdamW`.

Fix: adds AdamW, wired to every such loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.proposals import free_id
from graph_editor.checking.words import label
from graph_editor.document.edits import nodes, projects, wires
from graph_editor.document.model import (
    Address,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

CODE = "no-optimizer"
SPEC = "optim.AdamW"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield the first of the losses of a drawing without an optimizer."""
    found = losses_without_optimizer(context)
    if not found:
        return
    more = len(found) - 1
    others = f" and {more} other loss{'es' * (more > 1)}" if more else ""
    message = f"No optimizer makes {label(found[0])}{others} smaller, so that nothing is trained."

    def edit(project: Project) -> Project:
        return projects.in_block(project, "main", lambda graph: _with_optimizer(graph, found))

    proposal = Proposal(f"{found[0].address}:add-optimizer", "Add an AdamW optimizer", edit)
    yield Diagnosis(CODE, "warning", found[0].address, message, "", "", (proposal,))


def losses_without_optimizer(context: Context) -> tuple[Site, ...]:
    """Return the losses that nothing uses in a drawing that has no optimizer, in order of id."""
    graph = context.project.main.graph
    idle = context.regions.idle
    if not idle or any(node.kind == "optim" for node in graph.nodes.values()):
        return ()
    used = {source.node for source in graph.wires.values()}
    ends = (context.sites.get(Address(id_)) for id_ in idle if id_ not in used)
    return tuple(site for site in ends if site is not None and _is_loss(site, context))


def _is_loss(site: Site, context: Context) -> bool:
    result = context.types.get(f"{site.address}.output")
    if result is None:
        return False
    return result.shape == () and result.requires_grad


def _with_optimizer(graph: Graph, losses: tuple[Site, ...]) -> Graph:
    name = free_id(graph, "optimizer")
    graph = nodes.add_node(graph, name, Node(SPEC))
    for index, site in enumerate(losses):
        target = InPort(NodeId(name), PortPath(f"losses[{index}]"))
        graph = wires.connect(graph, OutPort(site.id, "output"), target)
    return graph
