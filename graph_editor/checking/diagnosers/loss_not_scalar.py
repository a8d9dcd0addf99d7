"""A loss that is more than one number, so that there is nothing to go back from.

What it does: looks at the shape of what an optimizer is to make smaller, and at `reduction` of the
loss that gives it, or a sum or mean on its way that goes over some axes only.

Why it matters: gradients say how one number changes with the weights. A loss with
`reduction="none"` gives one for each sample.

Example: `MSELoss(reduction="none")` into an optimizer.
Better: `MSELoss()`, or the mean of what it gives.

Fix: lets the loss take the mean, leads the wire from a loss that is there, or takes the mean of
what arrives.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, insert, reset
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, site_before
from graph_editor.checking.words import label, title, value

CODE = "loss-not-scalar"
RANK = 20
SIGNS = frozenset({"op.neg", "torch.neg", "torch.square", "op.pow"})
"""Specs of one tensor that a loss is written with."""


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
    partly = _partly(site, port, context)
    if partly is not None:
        return _of_some_axes(site, partly, mean)
    where = "" if failure.training else "in evaluation "
    also = f", and in training {site.shown(port)}: a node before it is left out there" * bool(where)
    shape = site.inputs[port].text() if where else site.shown(port)
    message = (
        f"A loss has to be a single number, and what {label(site)} is to make smaller has "
        f"{where}the shape {shape}{also}."
    )
    found = (*_losses(site, port, context), mean)
    return Diagnosis(CODE, "error", site.address, message, "", port, found)


def _partly(site: Site, port: str, context: Context) -> Site | None:
    """Return the sum or mean over some axes only that leaves what arrives more than a number."""
    current = site_before(site, port, context)
    for _ in range(len(context.sites)):
        if current is None or current.node.spec in REDUCTIONS:
            break
        if current.node.spec not in ELEMENTWISE | PAIRED | SIGNS:
            return None
        wider = [name for name, kind in current.inputs.items() if kind.shape]
        current = site_before(current, wider[0], context) if len(wider) == 1 else None
    has_axis = current is not None and current.value("dim") not in (None, ())
    return current if has_axis else None


def _of_some_axes(site: Site, maker: Site, mean: Proposal) -> Diagnosis:
    said = maker.value("dim")
    axes = f"axis {said}" if isinstance(said, int) else f"the axes {value(said)}"
    message = (
        f"{title(maker).capitalize()} {label(maker)} goes over {axes} of {maker.shown('input')} "
        f"alone, so that {label(site)} gets {site.shown(next(iter(site.inputs)))}, "
        "and it needs a single number to make smaller."
    )
    found = (mean, reset(maker, "dim", f"Let {label(maker)} go over all axes"))
    return Diagnosis(CODE, "error", maker.address, message, "dim", "", found)


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
