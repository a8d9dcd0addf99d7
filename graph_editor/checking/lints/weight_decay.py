"""A weight decay that leaves nothing of the weights.

What it does: looks at `weight_decay`, and at how much of a weight it takes in each step: its
product with `lr`, where an optimizer takes it directly and no schedule sets another rate.

Why it matters: torch takes any. With one that is far too high the weights shrink to nothing sooner
than anything can be learnt, or, beyond 2 a step, grow without end with turning sign.

Example: `SGD(lr=0.1, weight_decay=10)`: every weight is 0 after one step.
Better: `SGD(lr=0.1, weight_decay=0.0001)`.

Fix: the decay that the optimizer has by default.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.learning_rate import STARTING, schedules_of
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import reset
from graph_editor.checking.words import label, title, value
from graph_editor.document.model import Arg

CODE = "weight-decay"
HIGHEST = 1.0
"""From here on a decay outweighs usual gradients, whatever the rate is."""
SHARE = 0.05
"""From this share a step on, half of a weight is gone after 14 steps."""
TAKING = frozenset(f"optim.{name}" for name in ("SGD", "ASGD", "AdamW", "Muon", "Adafactor"))
"""Optimizers that take ``lr * weight_decay`` of every weight in every step."""
_SCALING = "Adam Adamax NAdam RAdam Adagrad Adadelta RMSprop"
SPECS = TAKING | {f"optim.{name}" for name in _SCALING.split()}


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    decay, rate = _number(site.value("weight_decay")), _number(site.value("lr"))
    if decay is None or decay <= 0 or "weight_decay" not in site.node.args:
        return  # with its default it is the rate that is at fault
    share = rate * decay if rate is not None and site.node.spec in TAKING else 0.0
    if share >= SHARE and not _starts_with_its_rate(site, context):
        share = 0.0
    if decay > HIGHEST or share >= SHARE:
        yield _diagnosis(site, decay, share)


def _starts_with_its_rate(site: Site, context: Context) -> bool:
    return {schedule.node.spec for schedule in schedules_of(site, context)} <= STARTING


def _number(said: Arg) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def _diagnosis(site: Site, decay: float, share: float) -> Diagnosis:
    default = site.spec.argument("weight_decay") if site.spec else None
    why = "it outweighs every gradient, and the weights shrink to nothing"
    if share >= SHARE:
        rate = value(site.value("lr"))
        why = f"times lr {rate} it takes {100 * share:.3g} % of every weight in every step"
        why += ", so that nothing that is learnt stays"
    usual = value(default.default) if default else "0"
    message = (
        f"weight_decay of {title(site)} {label(site)} is {decay:g}: {why}. {title(site)} usually "
        f"has {usual}."
    )
    proposals = (reset(site, "weight_decay"),)
    return Diagnosis(CODE, "warning", site.address, message, "weight_decay", "", proposals)


check = PerSubject(SPECS, _find)
