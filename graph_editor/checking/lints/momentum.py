"""Momentum, or means of gradients, with which old gradients never die down or new ones never count.

What it does: compares `momentum`, `dampening` and the `alpha` of RMSprop with 1, and the two
`betas` with each other.

Why it matters: torch takes them as they are. With a momentum of 1 each gradient pushes for ever, so
that the weights swing wider and wider; a dampening of 1 leaves out every gradient but the first.
Betas where the first is above the second are mostly swapped: the size of a step forgets sooner than
its direction. An alpha of 1 keeps every square of a gradient out of the mean by which steps are
divided; beyond 1 the mean is negative, and its root nan.

Example: `SGD(momentum=1.0)`, `Adam(betas=(0.999, 0.9))`.
Better: `SGD(momentum=0.9)`, `Adam(betas=(0.9, 0.999))`.

Fix: a momentum of 0.9; the default; swaps the betas.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.words import label, title, value
from graph_editor.document.model import Arg

CODE = "momentum"
USUAL = 0.9
HEAVY = ("optim.SGD", "optim.RMSprop", "optim.Muon")
"""Optimizers whose momentum torch takes from 1 upwards."""
PAIRED = tuple(f"optim.{name}" for name in ("Adam", "AdamW", "Adamax", "NAdam", "RAdam"))
SPECS = (*HEAVY, *PAIRED, "optim.SparseAdam")


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:  # noqa: ARG001  # one signature for all
    momentum, dampening = _number(site.value("momentum")), _number(site.value("dampening"))
    if site.node.spec in HEAVY and momentum is not None and momentum >= 1:
        why = "no gradient ever dies down, and the weights swing wider and wider"
        usual = set_to(site, "momentum", USUAL)
        yield _diagnosis(site, "momentum", why, usual)
    elif momentum and dampening == 1:
        why = "every gradient but the first is left out"
        yield _diagnosis(site, "dampening", why, reset(site, "dampening"))
    alpha = _number(site.value("alpha"))
    if site.node.spec == "optim.RMSprop" and alpha is not None and alpha >= 1:
        why = "the mean of the squares becomes negative, and the first step makes weights nan"
        if alpha == 1:
            why = (
                "no gradient enters the mean of the squares, so that steps are divided by next to 0"
            )
        yield _diagnosis(site, "alpha", why, reset(site, "alpha"))
    betas = site.value("betas")
    numbers = [_number(beta) for beta in betas] if isinstance(betas, tuple) else []
    if len(numbers) == 2 and None not in numbers and 1 > numbers[0] > numbers[1] >= 0:  # type: ignore[operator]  # none of them is None
        why = "the size of a step forgets sooner than its direction; mostly the two are swapped"
        yield _diagnosis(site, "betas", why, set_to(site, "betas", (numbers[1], numbers[0])))


def _number(said: Arg) -> float | None:
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def _diagnosis(site: Site, name: str, why: str, proposal: Proposal) -> Diagnosis:
    verb = "are" if name == "betas" else "is"
    message = (
        f"{name} of {title(site)} {label(site)} {verb} {value(site.value(name))}: with that {why}."
    )
    return Diagnosis(CODE, "warning", site.address, message, name, "", (proposal,))


check = PerSubject(SPECS, _find)
