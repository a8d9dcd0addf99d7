"""A target that was made with a size of its own, which is not that of what the network gives.

What it does: where a loss is refused whose target comes from `ones`, `zeros`, `arange` and the
like, compares the sizes (and the dtype) that were said there with what the loss needs.

Why it matters: a size that is written down holds for one batch. What is made has to be as large as
the batch that is there, and to have the axes of what it is compared with.

Example: `arange(16) → CrossEntropyLoss` with scores of `B×10`.
Better: `arange(B)`.

Fix: sets the size, or the dtype, where the tensor is made.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.diagnosers.paired_target import EQUAL, FLOAT_TARGET, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import LENGTHS, SHAPES, argument_of, made
from graph_editor.checking.proposals import set_to
from graph_editor.checking.rules import FLOATS
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, number, shape, title, value
from graph_editor.document.model import Arg, Expr, Name

CODE = "made-target"
RANK = 17  # before what only compares the two shapes
MOVING = {"torch.roll", "torch.flip"}
"""Specs that let what was made change places with what was made beside it."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame what makes the target, where it has other samples or axes than what it is for."""
    site = failure.site
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if given is None or target is None or not given.shape or not holds_batch(given.shape[0]):
        return None
    if site.node.spec in LOSSES:
        wanted = (given.shape[0], *given.shape[2:])
    elif site.node.spec in (*EQUAL, *STRETCHED):
        wanted = given.shape
    else:
        return None
    *_, maker = [None, *chain_before(site, "target", context, ELEMENTWISE | MOVING)]
    if maker is None or maker.node.spec.startswith("param.") or not argument_of(maker):
        return None
    if target.shape == wanted and site.node.spec in FLOAT_TARGET and target.dtype not in FLOATS:
        return _of_another_type(site, maker, given.dtype)
    if target.shape[:1] == wanted[:1] and len(target.shape) == len(wanted):
        return None  # one size in it differs, and either side may be the fault
    said = maker.node.args.get(argument_of(maker), maker.value(argument_of(maker)))
    message = (
        f"{title(maker).capitalize()} {label(maker)} makes {made(maker, context)}, since its "
        f"{argument_of(maker)} is {value(said)}, and that is "
        f"the target of {title(site)} {label(site)}, which gets {site.shown('input')}: its target "
        f"has to be {shape(wanted)}."
    )
    found = tuple(_proposals(maker, wanted))
    return Diagnosis(CODE, "error", maker.address, message, argument_of(maker), "", found)


def _of_another_type(site: Site, maker: Site, wanted: str) -> Diagnosis | None:
    """Speak of a dtype that was said where the target is made."""
    said = maker.node.args.get("dtype")
    if said is None:
        return None
    message = (
        f"dtype of {title(maker)} {label(maker)} is {value(said)}, and it makes the target of "
        f"{title(site)} {label(site)} ({site.shown('target')}), which has to be {wanted} as the "
        "input."
    )
    fix = set_to(maker, "dtype", Name(wanted), of=label(maker))
    return Diagnosis(CODE, "error", maker.address, message, "dtype", "", (fix,))


def _proposals(maker: Site, wanted: tuple[Dim, ...]) -> list[Proposal]:
    argument = argument_of(maker)
    goals = tuple(_arg(size) for size in wanted)
    if any(size == "?" for size in wanted):
        return []
    if maker.node.spec in SHAPES:
        return [set_to(maker, argument, goals, of=label(maker))]
    plain = number(maker.value("step")) in (None, 1) and maker.value("start") in (None, 0)
    if maker.node.spec not in LENGTHS or len(goals) != 1 or not (plain or argument == "steps"):
        return []
    return [set_to(maker, argument, goals[0], of=label(maker))]


def _arg(size: Dim) -> Arg:
    return Expr(size) if isinstance(size, str) else size
