"""A loss that no optimizer makes smaller.

What it does: in a drawing without any optimizer, looks for ends that are losses: those of the
catalogue, and single numbers that weights lead to. Where there is an optimizer, it looks for losses
of the catalogue that none is given.

Why it matters: nothing trains without an optimizer, and no optimizer minds a loss it is not given.

Example: `Linear → CrossEntropyLoss`, and no more.
Better: `Linear → CrossEntropyLoss → AdamW`.

Fix: adds AdamW, wired to every such loss; or gives the loss to an optimizer that there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.proposals import connect, free_id
from graph_editor.checking.words import label, title
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
    optimizers = [s for s in context.sites.values() if s.node.kind == "optim"]
    if optimizers:
        if all(optimizer.sources for optimizer in optimizers):  # else that one is at fault
            yield from (_left_out(loss, optimizers) for loss in found)
        return
    more = len(found) - 1
    others = f" and {more} other loss{'es' * (more > 1)}" if more else ""
    message = f"No optimizer makes {label(found[0])}{others} smaller, so that nothing is trained."

    def edit(project: Project) -> Project:
        return projects.in_block(project, "main", lambda graph: _with_optimizer(graph, found))

    proposal = Proposal(f"{found[0].address}:add-optimizer", "Add an AdamW optimizer", edit)
    yield Diagnosis(CODE, "warning", found[0].address, message, "", "", (proposal,))


def _left_out(loss: Site, optimizers: list[Site]) -> Diagnosis:
    message = (
        f"{title(loss)} {label(loss)} is given to no optimizer, so that nothing is learnt from it."
    )
    proposals = []
    for optimizer in optimizers:
        port = f"losses[{len(optimizer.sources)}]"
        words = f"Give it to {label(optimizer)}"
        proposals.append(connect(optimizer, port, loss.id, "output", words))
    return Diagnosis(CODE, "warning", loss.address, message, "", "", tuple(proposals))


def losses_without_optimizer(context: Context) -> tuple[Site, ...]:
    """Return the losses that nothing uses, in order of id.

    Where there is an optimizer, a single number is taken for a loss only if it comes from one.
    """
    graph = context.project.main.graph
    idle = context.regions.idle
    if not idle:
        return ()
    trains = any(node.kind == "optim" for node in graph.nodes.values())
    used = {source.node for source in graph.wires.values()}
    ends = (context.sites.get(Address(id_)) for id_ in idle if id_ not in used)
    found = tuple(site for site in ends if site is not None and _is_loss(site, context))
    return tuple(s for s in found if s.node.spec.endswith("Loss")) if trains else found


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
