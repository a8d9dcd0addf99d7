"""A floor division on the way from the weights to a loss.

What it does: looks for a `//` whose input depends on weights and that a gradient comes to.

Why it matters: torch has no derivative of it and stops in the first step of training, in the
backward pass. Going forward, nothing is wrong.

Example: `Linear → // 2 → MSELoss`.
Better: `Linear → / 2 → MSELoss`; or `//` of what depends on no weights.

Fix: divides without rounding down.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import first_step, reached_from_losses, wants_gradient
from graph_editor.checking.proposals import replace_spec
from graph_editor.checking.words import label

CODE = "no-derivative"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every floor division that torch would have to go back through."""
    divisions = [s for s in context.of(("op.floordiv",)) if wants_gradient(s) and _runs(s, context)]
    reached = reached_from_losses(context) if divisions else ()
    for site in divisions:
        if site.address in reached:
            message = (
                f"floordiv (//) {label(site)} stands between weights and a loss, and torch has no "
                "derivative of it: training stops in the first step, on the way back."
            )
            proposals = (replace_spec(site, "op.truediv"),)
            victim = context.fixed(first_step)
            yield Diagnosis(CODE, "error", site.address, message, "", "", proposals, victim)


def _runs(site: Site, context: Context) -> bool:
    """Whether a node is called in a step of training; to one that is switched off nothing comes."""
    return context.calls is None or bool(context.calls.arriving(site.address))
