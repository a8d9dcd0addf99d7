"""A learning rate with which nothing can be learnt.

What it does: compares `lr` with what makes sense for its optimizer, and `max_lr` of a schedule that
sets the rate itself. A rate that a schedule goes on to multiply is the schedule's affair.

Why it matters: torch takes any rate. With one that is far too high the loss jumps about or becomes
nan; with one that is far too low it stands still for as long as anyone waits.

Example: `AdamW(lr=3)`, `Adam(lr=1e-9)`, `SGD(lr=0)`.
Better: `AdamW(lr=0.001)`, `SGD(lr=0.01)`.

Fix: the rate that the optimizer has by default; ten times that for the peak of a schedule.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.words import label, title, value
from graph_editor.document.model import Arg, Expr

CODE = "learning-rate"
LOWEST = 1e-7
_ADAM = "Adam AdamW Adamax NAdam RAdam SparseAdam RMSprop"
HIGHEST = {
    **{f"optim.{name}": 0.1 for name in _ADAM.split()},
    **{f"optim.{name}": 1.0 for name in ("Adafactor", "Muon")},
    "optim.Adagrad": 2.0,
    "optim.SGD": 5.0,
    **{f"optim.{name}": 100.0 for name in ("ASGD", "Adadelta")},
}
"""Beyond which a rate makes no sense. Rprop is not here: it finds the size of its steps itself."""
HIGHEST_STEADY = 100.0
"""The same for SGD without momentum: scores of frozen layers are fitted with 30, and some texts."""
REFUSING = ("optim.SparseAdam",)
"""Optimizers with which torch takes no 0."""
OWN = {f"lr_scheduler.{name}": "max_lr" for name in ("OneCycleLR", "CyclicLR")}
"""Schedules that set the rate themselves, and the argument that says how high."""
_PROPORTIONAL = "StepLR MultiStepLR ExponentialLR ReduceLROnPlateau PolynomialLR"
PROPORTIONAL = frozenset(f"lr_scheduler.{name}" for name in _PROPORTIONAL.split())
"""Schedules that start with the optimizer's rate and multiply it: 0 stays 0."""
_COSINE = "CosineAnnealingLR CosineAnnealingWarmRestarts"
STARTING = PROPORTIONAL | {f"lr_scheduler.{name}" for name in _COSINE.split()}
"""Schedules that start with the optimizer's rate."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every optimizer or schedule with such a rate."""
    for site in context.of(HIGHEST):
        schedules = schedules_of(site, context)
        kinds = {schedule.node.spec for schedule in schedules}
        found = _own_rate(site, kinds)
        if len(schedules) == 1 and kinds <= frozenset(OWN):
            found = _peak(schedules[0], site)
        if found is not None:
            yield found


def schedules_of(optimizer: Site, context: Context) -> list[Site]:
    """Return the schedules of an optimizer, those that are parts of others too."""
    nodes = context.project.main.graph.nodes.values()
    specs = {node.spec for node in nodes if node.kind == "lr_scheduler"}
    return [
        site
        for site in context.of(specs)
        if (source := site.sources.get("optimizer")) and source.address == optimizer.address
    ]


def highest_of(optimizer: Site) -> float:
    """Return the rate beyond which an optimizer, as it is set, learns nothing."""
    if optimizer.node.spec == "optim.SGD" and not optimizer.value("momentum"):
        return HIGHEST_STEADY
    return HIGHEST[optimizer.node.spec]


def _number(rate: Arg) -> float | None:
    return rate if isinstance(rate, int | float) and not isinstance(rate, bool) else None


def _own_rate(site: Site, schedules: set[str]) -> Diagnosis | None:
    rate = _number(site.value("lr"))
    if rate is None:
        return None
    judged = (
        (rate > highest_of(site) and schedules <= STARTING)
        or (rate == 0 and schedules <= PROPORTIONAL and site.node.spec not in REFUSING)
        or (0 < rate < LOWEST and not schedules)
    )
    if not judged:
        return None
    return _diagnosis(site, "lr", rate, site, (reset(site, "lr"),))


def _peak(schedule: Site, optimizer: Site) -> Diagnosis | None:
    name = OWN[schedule.node.spec]
    rate, usual = _number(schedule.value(name)), _usual(optimizer)
    if rate is None or LOWEST <= rate <= highest_of(optimizer) or rate < 0:
        return None
    proposals = () if usual is None else (set_to(schedule, name, 10 * usual),)
    return _diagnosis(schedule, name, rate, optimizer, proposals)


def _usual(optimizer: Site) -> float | None:
    argument = optimizer.spec.argument("lr") if optimizer.spec else None
    return _number(argument.default) if argument else None


def _diagnosis(
    site: Site, name: str, rate: float, optimizer: Site, proposals: tuple[Proposal, ...]
) -> Diagnosis:
    highest = highest_of(optimizer)
    why = f"beyond {highest:g} its steps throw the weights about, and nothing is learnt"
    if rate < LOWEST:
        why = "with such small steps the weights stay nearly what they are"
    if rate == 0:
        why = "no step changes a weight, so that nothing is learnt"
    usual = _usual(optimizer)
    hint = "" if usual is None else f" {title(optimizer)} usually begins with {value(usual)}."
    message = f"{name} of {title(site)} {label(site)} is {value(rate)}: {why}.{hint}"
    if isinstance(site.node.args.get(name), Expr):
        proposals = ()
    return Diagnosis(CODE, "warning", site.address, message, name, "", proposals)
