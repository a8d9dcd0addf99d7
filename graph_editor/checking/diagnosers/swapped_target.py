"""A loss whose input and target are swapped.

What it does: looks where both come from: what the data give at `input`, or whole numbers made of
that, and what the network computes at `target`.

Why it matters: a loss takes the prediction first and the target second. Scores are no labels, and
labels have no gradient.

Example: `CrossEntropyLoss(labels, scores)`.
Better: `CrossEntropyLoss(scores, labels)`.

Fix: swaps the two wires; where more is wrong, cures that with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from graph_editor.checking.diagnosers import class_target, head_width, paired_target
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import swap_inputs, together
from graph_editor.checking.walk import TRANSPARENT, first_port, site_before
from graph_editor.checking.words import label, title
from graph_editor.document.model import FrozenMap

CODE = "swapped-target"
RANK = 12
PAIRED = (*paired_target.EQUAL, *paired_target.STRETCHED)
Value = TypeVar("Value")
OTHERS = (head_width, paired_target, class_target)
"""What may be wrong besides, once the two are swapped."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a loss is refused that gets data for its input and a result for its target."""
    site = failure.site
    if site.node.spec not in (*PAIRED, *class_target.LOSSES):
        return None
    if not _is_given(site, "input", context) and not _is_counted(site):
        return None
    if _is_given(site, "target", context) is not False:
        return None
    message = (
        f"input and target of {title(site)} {label(site)} are swapped: input gets "
        f"{site.shown('input')} {site.inputs['input'].dtype} from the data, and target "
        f"{site.shown('target')} {site.inputs['target'].dtype} that the network computes. The "
        "prediction goes to input, what it is compared with to target."
    )
    return Diagnosis(
        CODE, "error", site.address, message, "", "input", tuple(_proposals(failure, context))
    )


def _is_given(site: Site, port: str, context: Context) -> bool | None:
    """Whether what arrives comes from the data unchanged; None where that is not known."""
    if port not in site.inputs:
        return None
    current = site_before(site, port, context)
    for _ in range(len(context.sites)):
        if current is None:
            return None
        if current.node.kind == "data":
            return True
        if current.node.spec not in TRANSPARENT:
            return current.node.kind in ("param", "buffer", "const", "noise")
        current = site_before(current, first_port(current), context)
    return None


def _is_counted(site: Site) -> bool:
    """Whether whole numbers arrive at the input, and what is to learn at the target."""
    given, target = site.inputs.get("input"), site.inputs.get("target")
    if given is None or target is None:
        return False
    return "int" in given.dtype and target.requires_grad and not given.requires_grad


def _proposals(failure: Failure, context: Context) -> Iterator[Proposal]:
    site = failure.site
    swap = swap_inputs(site, "input", "target", "Swap input and target")
    yield swap
    turned = replace(
        site,
        inputs=_swapped(site.inputs),
        symbolic=_swapped(site.symbolic),
        sources=_swapped(site.sources),
    )
    then = replace(failure, site=turned)
    besides = next(filter(None, (other.diagnose(then, context) for other in OTHERS)), None)
    for proposal in besides.proposals if besides is not None else ():
        words = proposal.title[0].lower() + proposal.title[1:]
        yield together(swap, proposal, title=f"Swap input and target, and {words}")


def _swapped(ports: FrozenMap[str, Value]) -> FrozenMap[str, Value]:
    other = {"input": "target", "target": "input"}
    return FrozenMap({other.get(port, port): value for port, value in ports.items()})
