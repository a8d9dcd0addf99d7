"""A LambdaLR whose formula gives the rate itself, where torch wants a factor.

What it does: works out the formula for every step of the training, and multiplies the largest value
with the optimizer's rate, as torch does. It speaks where all factors are small, and what comes of
them is far below what the optimizer usually begins with.

Why it matters: a formula that gives 0.001 beside a rate of 0.001 trains with 0.000001. Torch takes
it, and the loss stands still.

Example: `LambdaLR(lambda epoch: 0.001 * 0.95 ** epoch)` beside `AdamW(lr=0.001)`.
Better: `LambdaLR(lambda epoch: 0.95 ** epoch)`.

Fix: divides the formula by the optimizer's rate, so that what it said becomes the rate.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.learning_rate import HIGHEST, schedules_of
from graph_editor.checking.lints.schedule_breaks import MOST
from graph_editor.checking.lints.schedule_too_short import epochs_of, steps_of
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, title, value
from graph_editor.document.expressions import ExpressionError, evaluate, names, parse
from graph_editor.document.model import Arg, Expr

CODE = "rate-as-factor"
SMALL = 0.02
"""No factor is larger: nobody takes so little of a rate from the first step to the last."""
BELOW = 400.0
"""So many times smaller than usual is the largest rate: finer than any tuning."""
PLAIN = 0.5
"""From here on a rate is there to be multiplied, as the usual 1 is."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every LambdaLR that makes the rate that small."""
    for site in context.of(("lr_scheduler.LambdaLR",)):
        source = site.sources.get("optimizer")
        optimizer = context.sites.get(source.address) if source is not None else None
        if optimizer is None or optimizer.node.spec not in HIGHEST:
            continue
        if len(schedules_of(optimizer, context)) == 1:
            yield from _find(site, optimizer, context)


def _find(site: Site, optimizer: Site, context: Context) -> Iterator[Diagnosis]:
    argument = optimizer.spec.argument("lr") if optimizer.spec else None
    usual, rate = _real(argument.default if argument else None), _real(optimizer.value("lr"))
    if usual is None or rate is None or not 0 < rate < PLAIN:
        return
    largest = _largest(site, context)
    if largest is None or rate * largest * BELOW > usual:
        return
    name = f"{title(optimizer)} {label(optimizer)}"
    message = (
        f"lr_lambda of {title(site)} {label(site)} is a factor for the rate of {name}, and it is "
        f"{largest:.3g} at most: {value(optimizer.value('lr'))} becomes {rate * largest:.3g}, with "
        f"which the weights stay nearly what they are. It looks like the rate itself."
    )
    fixes = (_divided(site, rate),)
    yield Diagnosis(CODE, "warning", site.address, message, "lr_lambda", "", fixes)


def _divided(site: Site, rate: float) -> Proposal:
    """Propose the factor that makes what was said the rate."""
    said = site.node.args.get("lr_lambda")
    factor = Expr(f"({said.text}) / {rate}") if isinstance(said, Expr) else _real(said)
    better = factor / rate if isinstance(factor, float) else factor
    return set_to(site, "lr_lambda", better, title=f"Divide lr_lambda by the rate {value(rate)}")


def _largest(site: Site, context: Context) -> float | None:
    """Return the largest factor of a training; None where it is no small one, or not known."""
    said, steps = site.node.args.get("lr_lambda"), steps_of(site, context)
    argument = site.spec.argument("lr_lambda") if site.spec else None
    if steps is None or argument is None or steps[0] > MOST:
        return None
    if not isinstance(said, Expr):
        found = _real(said)
        return found if found is not None and 0 < found <= SMALL else None
    known, largest = {"epochs": epochs_of(context)}, 0.0
    try:
        tree = parse(said.text)
        if not names(tree) <= {*argument.variables, *known}:
            return None
        for at in (steps[0] - 1, *range(steps[0])):  # the last first: most rise to what is large
            factor = evaluate(tree, {**known, **dict.fromkeys(argument.variables, at)})
            if not isinstance(factor, int | float) or not 0 <= factor <= SMALL:
                return None
            largest = max(largest, float(factor))
    except ExpressionError:
        return None  # which is told where the schedule is made, or where it breaks
    return largest or None


def _real(said: Arg) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None
