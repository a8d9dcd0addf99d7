"""Edits that let a loss take its prediction from before a choice, which no gradient passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.diagnosers import head_width
from graph_editor.checking.failure import Context, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, replace_spec, skip, together
from graph_editor.checking.words import label
from graph_editor.document.model import NodeId

CHOICES = ("torch.argmax", "torch.argmin", "Tensor.argmax", "Tensor.argmin")
OTHERS = ("nn.CrossEntropyLoss",)
"""A loss that may take scores where the one that is there cannot."""


def before_choice(site: Site, context: Context) -> Iterator[Proposal]:
    """Yield a wire from before a choice to each loss that it reaches, and to switch it off."""
    source = site.sources.get("input")
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
