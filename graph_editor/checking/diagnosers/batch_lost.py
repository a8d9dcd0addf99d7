"""Samples that are moved, stacked, joined or summed up on one of two sides that meet.

What it does: where an operator, a `cat` or a loss is refused because one side has the samples
along axis 0 and the other has something else there, walks back on that side to the node that
changed axis 0.

Why it matters: torch names the place where the two meet, and nothing is wrong with it. The axis
was lost before: `stack` puts a new one in front unless `dim` says otherwise, and a sum over axis 0
takes the samples together.

Example: `gates.unsqueeze(-1) * torch.stack(experts)`: `B×3×1` times `3×B×8`.
Better: `torch.stack(experts, dim=1)`, which is `B×3×8`.

Fix: sets `dim` to an axis of the sample, or switches off what moved the batch.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import (
    CHANGES,
    CHOICES,
    JOINS,
    REDUCTIONS,
    THROUGH,
    cures,
    said_of,
    samples,
    takes_samples_for_steps,
)
from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import PAIRED, RESHAPES, chain_before
from graph_editor.checking.words import holds_batch, label, title

CODE = "batch-lost"
RANK = 15  # after what is said of a loss whose input lacks the samples
EACH = frozenset(("op.pow", "op.neg", "torch.square", "torch.sqrt"))
"""More specs that go number by number."""
BETWEEN = THROUGH | PAIRED | RESHAPES | CHOICES | EACH | {"F.embedding"}
Shape = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node at which axis 0 of one side ceased to be that of the samples."""
    site = failure.site
    for port, other in _sides(site):
        if port not in site.symbolic or other not in site.symbolic:
            continue
        here, there = site.symbolic[port].shape, site.symbolic[other].shape
        place = 0 if site.node.spec in LOSSES else -len(there)
        if not _lacks_samples(here, there, place) or _goes_over_first(site, context):
            continue
        maker = _changer(site, port, there[0], context)
        if maker is None:
            continue
        message = (
            f"{said_of(maker, context)}. {_named(site)} brings "
            f"{site.shown(port)} together with {site.shown(other)}, which has the samples first."
        )
        argument = "dim" if maker.node.spec in JOINS | REDUCTIONS | CHOICES else ""
        found = tuple(cures(maker, context))
        return Diagnosis(CODE, "error", maker.address, message, argument, "", found)
    return None


def _sides(site: Site) -> Iterator[tuple[str, str]]:
    pairs = pairs_of(site)
    if site.node.spec.endswith("Loss") and {"input", "target"} <= site.inputs.keys():
        pairs = (*pairs, ("input", "target"))
    first, *joined = sorted(port for port in site.inputs if port.startswith("tensors[")) or [""]
    if site.node.spec == "torch.cat" and site.value("dim") != 0:
        pairs = (*pairs, *((first, port) for port in joined))
    for one, other in pairs:
        yield one, other
        yield other, one


def _lacks_samples(here: Shape, there: Shape, place: int) -> bool:
    """Whether one side has the samples first, and the other a size that does not fit there."""
    if not there or not holds_batch(there[0]) or not -len(here) <= place < len(here):
        return False
    return here[place] not in (1, there[0])


def _goes_over_first(site: Site, context: Context) -> bool:
    """Whether a sum over axis 0 follows: then it is meant not to hold the samples."""
    graph = context.project.block(site.block).graph
    readers = [graph.nodes[t.node] for t, source in graph.wires.items() if source.node == site.id]
    return any(r.spec in REDUCTIONS and r.args.get("dim") == 0 for r in readers)


def _changer(site: Site, port: str, batch: Dim, context: Context) -> Site | None:
    """Return the node before a port behind which axis 0 does not hold the samples any more."""
    for maker in chain_before(site, port, context, BETWEEN):
        arriving = samples(maker)
        if arriving and arriving[0] == batch and any(does(maker, arriving) for does in CHANGES):
            steps = takes_samples_for_steps(maker, context)
            return maker if maker.node.when is None and not steps else None
        if arriving and arriving[0] == batch:
            return None
    return None


def _named(site: Site) -> str:
    name = title(site)
    return f"{name[0].upper()}{name[1:]} {label(site)}"
