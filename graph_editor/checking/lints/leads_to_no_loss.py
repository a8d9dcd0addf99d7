"""Layers that lead to an output or a metric, and to no loss.

What it does: goes back from the losses of all optimizers, and looks which layers with weights that
are to learn do not lie on the way. A branch of them is told once, at its last layer.

Why it matters: nothing says how good their result is, so that their weights stay as they were made.
The numbers of such an output are those of an untrained network.

Example: a second head `Linear → Output` beside the one that enters the loss.
Better: a loss for the second head too; or `freeze` on it, where its weights are meant to stay.

Fix: none, since only you know what its result is to be held against.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import cuts, leading_to
from graph_editor.checking.lints.no_optimizer import losses_without_optimizer
from graph_editor.checking.words import label, title

CODE = "leads-to-no-loss"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield the last layer of every branch that leads to no loss, not even to one left unused."""
    branches = [cut.layers for cut in cuts(context) if cut.aside]
    unused = leading_to(losses_without_optimizer(context), context) if branches else ()
    for layers in branches:
        if layers[0].address not in unused:
            yield _diagnosis(layers)


def _diagnosis(layers: tuple[Site, ...]) -> Diagnosis:
    site = layers[0]
    count = len({(s.block, s.id) for s in layers}) - 1  # copies of a node are one
    more = f" and {count} layer{'s' * (count > 1)} before it lead" if count else " leads"
    message = (
        f"{title(site)} {label(site)}{more} to no loss, so that nothing is learnt there: the "
        "weights stay as they were made."
    )
    return Diagnosis(CODE, "warning", site.address, message)
