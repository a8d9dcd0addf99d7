"""A loss that gets the choice, and not the scores that it was made by.

What it does: where a loss is refused, looks for an `argmax` or a comparison before its input.

Why it matters: a loss needs the scores of all classes. `argmax` gives the number of the best one
alone, a whole number, and no gradient passes it. Of `score > 0.5` only yes and no are left.

Example: `Linear → argmax → CrossEntropyLoss`.
Better: `Linear → CrossEntropyLoss`; `argmax` where the accuracy is counted.

Fix: leads the scores to the loss, past the choice, or switches it off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.diagnosers import head_width
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, replace_spec, skip, together
from graph_editor.checking.walk import ELEMENTWISE, TRANSPARENT, chain_before
from graph_editor.checking.words import label, title
from graph_editor.document.model import NodeId

CODE = "choice-into-loss"
RANK = 9
CHOICES = ("torch.argmax", "torch.argmin", "Tensor.argmax", "Tensor.argmin")
COMPARISONS = tuple(f"op.{name}" for name in ("gt", "ge", "lt", "le", "eq", "ne"))
OTHERS = ("nn.CrossEntropyLoss",)
"""A loss that may take scores where the one that is there cannot."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the choice before a loss that is refused."""
    site = failure.site
    if not site.node.spec.endswith("Loss") or "input" not in site.inputs:
        return None
    for maker in chain_before(site, "input", context, ELEMENTWISE | TRANSPARENT):
        if maker.node.spec not in (*CHOICES, *COMPARISONS) or maker.node.when is not None:
            continue
        message = (
            f"{title(maker)} {label(maker)} makes {maker.shown('input')} numbers into true and "
            f"false, and {title(site)} {label(site)} behind it gets {site.shown('input')}. A loss "
            "needs the numbers themselves; no gradient passes a comparison."
        )
        if maker.node.spec in CHOICES:
            message = (
                f"{title(maker)} {label(maker)} makes {maker.shown('input')} scores into whole "
                f"numbers, the best class of each, and {title(site)} {label(site)} behind it gets "
                f"{site.shown('input')}. A loss needs the scores themselves; no gradient passes a "
                "choice."
            )
        found = tuple(before_choice(maker, context))
        return Diagnosis(CODE, "error", maker.address, message, "", "", found)
    return None


def before_choice(site: Site, context: Context) -> Iterator[Proposal]:
    """Yield a wire from before a choice to each loss that it reaches, and to switch it off."""
    source = site.sources.get("input")
    if source is not None and site.node.spec in COMPARISONS:
        yield skip(site)
    if source is None or site.node.spec not in CHOICES or "input" not in site.symbolic:
        return
    start, words = NodeId(source.address.rpartition("/")[2]), label(site)
    for loss in _losses(site, context) if site.block == "main" else ():
        title = f"Take {label(loss)} from before {words}"
        led = connect(loss, "input", start, source.port, title)
        yield led
        then = replace(
            loss,
            inputs=loss.inputs.set("input", site.inputs["input"]),
            symbolic=loss.symbolic.set("input", site.symbolic["input"]),
            sources=loss.sources.set("input", source),
        )
        besides = head_width.diagnose(Failure(then, ""), context)
        if loss.node.spec not in OTHERS:
            other = replace_spec(loss, OTHERS[0], without=tuple(loss.node.args))
            yield together(led, other, title=f"{title}, and use CrossEntropyLoss")
        for proposal in besides.proposals if besides is not None else ():
            if "CrossEntropyLoss" in proposal.title:
                continue
            words = proposal.title[0].lower() + proposal.title[1:]
            yield together(led, proposal, title=f"{title}, and {words}")
    yield skip(site)


def _losses(site: Site, context: Context) -> list[Site]:
    """Return the losses of the main graph whose input depends on a node."""
    wires = context.project.main.graph.wires
    found: list[Site] = []
    waiting, seen = [site.id], {site.id}
    while waiting:
        here = waiting.pop()
        for target, source in sorted(wires.items(), key=str):
            if source.node != here or target.node in seen:
                continue
            reader = context.project.main.graph.nodes[target.node]
            if reader.spec.endswith("Loss") and str(target.port) == "input":
                there = [s for s in context.sites.values() if s.block == "main"]
                found += [s for s in there if s.id == target.node]
            elif reader.spec.startswith(("Tensor.", "torch.", "op.", "io.output")):
                seen.add(target.node)
                waiting.append(target.node)
    return found
