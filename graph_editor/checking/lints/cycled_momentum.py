"""A schedule that moves a momentum which its optimizer does not have.

What it does: looks at the optimizer of every OneCycleLR and CyclicLR with `cycle_momentum`, which
is their default.

Why it matters: torch refuses to make such a schedule, when training starts.

Example: `Adagrad` with `OneCycleLR(max_lr=0.1)`.
Better: `Adagrad` with `OneCycleLR(max_lr=0.1, cycle_momentum=False)`; or SGD or Adam.

Fix: leaves the momentum alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, title

CODE = "cycled-momentum"
RANK = 20
SCHEDULES = ("lr_scheduler.OneCycleLR", "lr_scheduler.CyclicLR")
WITHOUT = frozenset(
    f"optim.{name}" for name in ("Adadelta", "Adafactor", "Adagrad", "ASGD", "Rprop")
)
"""Optimizers that have neither a momentum nor betas."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every schedule whose optimizer has nothing that it could move."""
    for site in context.of(SCHEDULES):
        source = site.sources.get("optimizer")
        optimizer = context.sites.get(source.address) if source else None
        if optimizer is None or optimizer.node.spec not in WITHOUT:
            continue
        if site.value("cycle_momentum") is True:
            message = (
                f"{title(site)} {label(site)} moves the momentum along with the rate, and "
                f"{title(optimizer)} {label(optimizer)} has no momentum: torch refuses to make it."
            )
            proposals = (set_to(site, "cycle_momentum", False),)
            yield Diagnosis(
                CODE, "error", site.address, message, "cycle_momentum", "optimizer", proposals
            )


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where torch has refused the schedule for it."""
    if failure.site.node.spec not in SCHEDULES:
        return None
    return next((d for d in check(context) if d.node == failure.site.address), None)
