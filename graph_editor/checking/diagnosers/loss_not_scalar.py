"""A loss that is more than one number, so that there is nothing to go back from.

What it does: looks at the shape of what an optimizer is to make smaller, and at `reduction` of the
loss that gives it.

Why it matters: gradients say how one number changes with the weights. A loss with
`reduction="none"` gives one for each sample.

Example: `MSELoss(reduction="none")` into an optimizer.
Better: `MSELoss()`, or the mean of what it gives.

Fix: lets the loss take the mean, leads the wire from a loss that is there, or takes the mean of
what arrives.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, insert, reset
from graph_editor.checking.words import label, title, value

CODE = "loss-not-scalar"
RANK = 20


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the loss where it was told not to reduce, else the optimizer that takes a tensor."""
    site = failure.site
    if failure.phase != "backward" or not site.inputs:
        return None
    port = next(iter(site.inputs))
    source = site.sources.get(port)
    maker = context.sites.get(source.address) if source is not None else None
    mean = insert(site, port, "torch.mean", {}, "Take the mean of it")
    said = maker.value("reduction") if maker is not None else None
    if maker is not None and maker.block == site.block and said == "none":
        message = (
            f"{title(maker)} {label(maker)} gives {site.shown(port)}, one number for each entry, "
            f"since its reduction is {value(said)}; {label(site)} needs a single number to make "
            "smaller."
        )
        proposals = (reset(maker, "reduction"), mean)
        return Diagnosis(CODE, "error", maker.address, message, "reduction", "", proposals)
    where = "" if failure.training else "in evaluation "
    also = f", and in training {site.shown(port)}: a node before it is left out there" * bool(where)
    shape = site.inputs[port].text() if where else site.shown(port)
    message = (
        f"A loss has to be a single number, and what {label(site)} is to make smaller has "
        f"{where}the shape {shape}{also}."
    )
    found = (*_losses(site, port, context), mean)
    return Diagnosis(CODE, "error", site.address, message, "", port, found)


def _losses(site: Site, port: str, context: Context) -> list[Proposal]:
    """Propose the losses of the same graph that nothing reads."""
    if site.block != "main":
        return []
    graph = context.project.main.graph
    read = {source.node for source in graph.wires.values()}
    free = [
        id_
        for id_, node in graph.nodes.items()
        if node.spec.startswith("nn.") and node.spec.endswith("Loss") and id_ not in read
    ]
    return [
        connect(site, port, id_, "output", f"Lead the wire from “{graph.nodes[id_].name or id_}”")
        for id_ in free
    ]
