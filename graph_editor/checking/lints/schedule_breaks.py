"""A schedule that has no rate to give at some later step.

What it does: works out the formula of a LambdaLR or MultiplicativeLR for every step that the
training takes, as far as it hangs on the count alone; and looks for a PolynomialLR whose power is
below 0 and which comes to its end, where it divides by 0.

Why it matters: the first steps are well, and hours later the training stops.

Example: `LambdaLR(lambda epoch: 1 / (epoch - 30))` in a training of 50 epochs.
Better: `LambdaLR(lambda epoch: 1 / (epoch + 1))`.

Fix: a power without its sign. What a formula is meant to be, only its author knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.schedule_too_short import epochs_of, steps_of
from graph_editor.checking.per_subject import Structural
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, number, title
from graph_editor.document.expressions import ExpressionError, evaluate, names, parse
from graph_editor.document.model import Expr

CODE = "schedule-breaks"
FORMULAS = ("lr_scheduler.LambdaLR", "lr_scheduler.MultiplicativeLR")
ENDING = ("lr_scheduler.PolynomialLR",)
TRIED = 2
"""So many steps are tried by making the schedule; what is wrong there is told so."""
MOST = 10_000
"""So many steps are worked out, and no more."""


@Structural
def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every schedule that breaks before the training ends, where the steps are known."""
    for site in (*context.of(FORMULAS), *context.of(ENDING)):
        steps = steps_of(site, context) if "optimizer" in site.sources else None
        if steps is not None:
            find = _ended if site.node.spec in ENDING else _broken
            yield from find(site, steps, context)


def _broken(site: Site, steps: tuple[int, str], context: Context) -> Iterator[Diagnosis]:
    """Yield the first step at which a formula has no value."""
    said, count = site.node.args.get("lr_lambda"), steps[0]
    argument = site.spec.argument("lr_lambda") if site.spec else None
    if not isinstance(said, Expr) or argument is None:
        return
    known = {"epochs": epochs_of(context)}
    try:
        tree = parse(said.text)
    except ExpressionError:
        return  # which is told where the schedule is made
    if not names(tree) <= {*argument.variables, *known}:
        return
    for at in range(TRIED, min(count, MOST) + 1):
        try:
            evaluate(tree, {**known, **dict.fromkeys(argument.variables, at)})
        except ExpressionError as error:
            message = (
                f"lr_lambda of {title(site)} {label(site)} is ={said.text}, which has no value at "
                f"step {at} of {count} ({steps[1]}): {error}. The training stops there."
            )
            yield Diagnosis(CODE, "error", site.address, message, "lr_lambda", "")
            return


def _ended(site: Site, steps: tuple[int, str], context: Context) -> Iterator[Diagnosis]:  # noqa: ARG001  # one signature for both
    """Yield a polynomial that is divided by 0 at its end."""
    lasts, power = number(site.value("total_iters")), site.value("power")
    if lasts is None or not isinstance(power, int | float) or not (power < 0 < lasts <= steps[0]):
        return
    message = (
        f"power of {title(site)} {label(site)} is {power}: at step {lasts}, where the rate would "
        f"come to 0, torch divides by 0, and the training takes {steps[0]} steps ({steps[1]})."
    )
    fixes = (set_to(site, "power", -power),)
    yield Diagnosis(CODE, "error", site.address, message, "power", "", fixes)
