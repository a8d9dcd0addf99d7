"""A squeeze that leaves an axis where it is, since its size is not 1, and shapes that then differ.

What it does: where two tensors do not fit and one of them has an axis more, looks for a squeeze
before it that was to take an axis away and could not, and for the layer that made the axis so wide.

Why it matters: torch squeezes an axis of size 1 alone and says nothing of any other. It stops
later, at the first place where the two shapes meet.

Example: `Conv2d(16, 2, 1) → squeeze(1)`, times masks of `B×32×32`.
Better: `Conv2d(16, 1, 1) → squeeze(1)`.

Fix: sets the width of that layer to 1.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes, pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import ELEMENTWISE, chain_before, width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "squeeze-kept"
RANK = 29  # before what only compares the two shapes
SQUEEZES = frozenset({"Tensor.squeeze", "torch.squeeze"})
THROUGH = ELEMENTWISE | SQUEEZES | {"io.output", "torch.sum", "torch.mean"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame what made the axis that a squeeze was to take away, or the squeeze."""
    site = failure.site
    for ports in pairs_of(site):
        shapes = [sizes(site, port) for port in ports]
        left, right = shapes
        if left is None or right is None or not clashes(left, right):
            continue
        port = ports[len(right) > len(left)]
        squeeze = _kept_before(site, port, context) if abs(len(left) - len(right)) == 1 else None
        if squeeze is not None:
            return _diagnosis(site, ports, *squeeze, context)
    return None


def _kept_before(site: Site, port: str, context: Context) -> tuple[Site, int] | None:
    """Return the squeeze before a port that could not take its axis away, and that axis."""
    for maker in chain_before(site, port, context, THROUGH):
        arriving, dim = sizes(maker, "input"), number(maker.value("dim"))
        if maker.node.spec not in SQUEEZES or arriving is None or dim is None:
            continue
        rank = len(arriving)
        if -rank <= dim < rank and arriving[dim] != 1 and dim % rank > 0:
            return maker, dim % rank
    return None


def _diagnosis(
    site: Site, ports: tuple[str, str], squeeze: Site, axis: int, context: Context
) -> Diagnosis:
    arriving = squeeze.on_wire("input").shape[axis]
    after = (
        f"{title(squeeze)} {label(squeeze)} leaves axis {axis} of {squeeze.shown('input')} where "
        f"it is, and {title(site)} {label(site)} gets {site.shown(ports[0])} and "
        f"{site.shown(ports[1])}."
    )
    found = width_before(squeeze, "input", axis, context)
    if found is None:
        message = f"{after} Only an axis of size 1 can be squeezed, and this one is {arriving}."
        return Diagnosis(CODE, "error", squeeze.address, message, "dim", "", (), site.address)
    layer, argument = found
    message = (
        f"{argument} of {title(layer)} {label(layer)} is {arriving}, so that {after} It would have "
        "to be 1."
    )
    fixes = (set_width(found, 1, context),)
    return Diagnosis(CODE, "error", layer.address, message, argument, "", fixes, site.address)
