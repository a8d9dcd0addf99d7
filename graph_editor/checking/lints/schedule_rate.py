"""A schedule that multiplies the rate until it makes no sense, turns it negative or makes it 0.

What it does: looks at `gamma` of StepLR, MultiStepLR and ExponentialLR. Below 0 each rate has the
other sign than the one before; at 0 there is none after the first. Above 1 the rate grows: what it
comes to at the end of the training is compared with ten times what makes sense for the optimizer.
Without the number of steps it does not speak of growth. A ConstantLR with the factor 0 is one of it
too, where it lasts as long as the training or longer.

Why it matters: torch takes any gamma. A negative rate climbs the loss; with a rate of 0 nothing is
learnt any more; one that grows tenfold each epoch soon throws the weights about, and all that was
learnt is lost.

Example: `ExponentialLR(gamma=10)` for ten epochs, `StepLR(gamma=-0.1)`, `ExponentialLR(gamma=0)`.
Better: `ExponentialLR(gamma=0.95)`, `StepLR(gamma=0.1)`.

Fix: the same gamma without its sign; one divided by gamma; a usual one, or factor, in the place of
0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.learning_rate import HIGHEST, highest_of
from graph_editor.checking.lints.schedule_too_short import steps_of
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import brief, label, number, title, value
from graph_editor.document.model import Arg, Expr

CODE = "schedule-rate"
MULTIPLYING = tuple(f"lr_scheduler.{name}" for name in ("StepLR", "MultiStepLR", "ExponentialLR"))
EACH = "lr_scheduler.ExponentialLR"
"""The one that multiplies at each step."""
CONSTANT = "lr_scheduler.ConstantLR"
"""The one that multiplies from the first step on, and no more after its last."""
BEYOND = 10.0
"""So many times the highest rate of sense: who looks for the best rate goes a little beyond it."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every schedule with such a gamma."""
    for site in context.of((CONSTANT,)):
        yield from _of_constant(site, context)
    for site in context.of(MULTIPLYING):
        gamma, source = _real(site.value("gamma")), site.sources.get("optimizer")
        optimizer = context.sites.get(source.address) if source is not None else None
        if gamma is None or optimizer is None:
            continue
        why = _why(site, optimizer, gamma, context)
        if why:
            yield _diagnosis(site, gamma, why)


def _why(site: Site, optimizer: Site, gamma: float, context: Context) -> str:
    """Return what comes of a gamma, or "" where nothing is wrong with it."""
    rate, steps = _real(optimizer.value("lr")), steps_of(site, context)
    if rate is None or rate <= 0:
        return ""
    if gamma == 0:
        return _of_zero(site, optimizer, steps)
    if gamma < 0:
        times = None if steps is None else _multiplied(site, steps[0])
        return "" if times == 0 else "it turns the rate negative, and such steps climb the loss"
    times = _multiplied(site, steps[0]) if gamma > 1 and steps is not None else None
    if times is None or steps is None or optimizer.node.spec not in HIGHEST:
        return ""
    highest = BEYOND * highest_of(optimizer)
    if math.log10(rate) + times * math.log10(gamma) <= math.log10(highest):
        return ""
    name, first = f"{title(optimizer)} {label(optimizer)}", value(optimizer.value("lr"))
    return (
        f"{name} begins with the rate {first}, which is multiplied {times} times in {steps[1]}: "
        f"beyond {highest:g} nothing is learnt"
    )


def _of_constant(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of a factor of 0 that the rate is multiplied by in all steps of the training."""
    lasts, source = number(site.value("total_iters")), site.sources.get("optimizer")
    steps = steps_of(site, context) if source is not None else None
    optimizer = context.sites.get(source.address) if source is not None else None
    if _real(site.value("factor")) != 0 or lasts is None or steps is None or optimizer is None:
        return
    rate = _real(optimizer.value("lr"))
    if rate is None or rate <= 0 or not 0 < steps[0] <= lasts:
        return
    message = (
        f"factor of {title(site)} {label(site)} is {brief(site.value('factor'))} for {lasts} "
        f"steps, and the training takes {steps[0]} ({steps[1]}): the rate {value(rate)} of "
        f"{title(optimizer)} {label(optimizer)} is 0 in all of them, so that nothing is learnt."
    )
    fixes = () if isinstance(site.node.args.get("factor"), Expr) else (set_to(site, "factor", 0.1),)
    yield Diagnosis(CODE, "warning", site.address, message, "factor", "", fixes)


def _of_zero(site: Site, optimizer: Site, steps: tuple[int, str] | None) -> str:
    """Return what comes of a gamma of 0 that the rate is multiplied by before the training ends."""
    times = None if steps is None else _multiplied(site, steps[0])
    if not times or steps is None:
        return ""
    rate, name = value(optimizer.value("lr")), f"{title(optimizer)} {label(optimizer)}"
    often = "once" if times == 1 else f"{times} times"
    return (
        f"the rate {rate} of {name} is multiplied by it {often} in {steps[1]}, and is 0 from the "
        "first time on, so that nothing is learnt any more"
    )


def _multiplied(site: Site, steps: int) -> int | None:
    """Return how often the rate is multiplied before the last of so many steps."""
    if site.node.spec == EACH:
        return steps - 1
    if site.node.spec == "lr_scheduler.StepLR":
        each = number(site.value("step_size"))
        return (steps - 1) // each if each is not None and each > 0 else None
    places = site.value("milestones")
    found = [number(place) for place in places] if isinstance(places, tuple) else [None]
    return None if None in found else sum(0 < n < steps for n in found if n is not None)


def _real(said: Arg) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def _diagnosis(site: Site, gamma: float, why: str) -> Diagnosis:
    better = abs(gamma) if gamma <= 0 else float(f"{1 / gamma:.2g}")
    better = better or (0.95 if site.node.spec == EACH else 0.1)
    proposals = () if isinstance(site.node.args.get("gamma"), Expr) else (better,)
    fixes = tuple(set_to(site, "gamma", usual) for usual in proposals if 0 < usual <= 1)
    message = f"gamma of {title(site)} {label(site)} is {brief(site.value('gamma'))}: {why}."
    return Diagnosis(CODE, "warning", site.address, message, "gamma", "", fixes)
