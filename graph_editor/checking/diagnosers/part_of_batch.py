"""A part of the batch that meets the whole of it.

What it does: where a loss, an operator or a `cat` gets another number of samples on one side than
on the other, looks for a slice before it that leaves samples out.

Why it matters: what is compared or brought together has to have the same samples in it. torch
names the node where the two meet.

Example: `h[:B//2] → Linear → CrossEntropyLoss` with a label for each of the `B` samples.
Better: all of `h`, or the first half of the labels as well.

Fix: switches the slice off, or takes the same part of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.diagnosers.picks_sample import PICKS, THROUGH
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import holds_batch, label, sizes, title, value
from graph_editor.document.model import Slice

CODE = "part-of-batch"
RANK = 15


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the slice that leaves samples out of one side."""
    site = failure.site
    for port, other in _pairs(site):
        here, there = sizes(site, port), sizes(site, other)
        if not here or not there or here[0] == there[0]:
            continue
        for maker in chain_before(site, port, context, THROUGH):
            part = _part(maker)
            if part == (there[0], here[0]):
                return _diagnosis(site, (port, other), maker)
            if part is not None:
                break
    return None


def _pairs(site: Site) -> Iterator[tuple[str, str]]:
    if site.node.spec.endswith("Loss"):
        yield "input", "target"
        yield "target", "input"
    tensors = [port for port in site.inputs if port.startswith("tensors[")]
    if len(tensors) == 2:
        yield tensors[0], tensors[1]
        yield tensors[1], tensors[0]
    for one, other in pairs_of(site):
        yield one, other
        yield other, one


def _part(maker: Site) -> tuple[int, int] | None:
    """Return how many samples a slice takes of how many; None of all else."""
    known, arriving, index = (
        maker.symbolic.get("input"),
        sizes(maker, "input"),
        maker.value("index"),
    )
    items = index if isinstance(index, tuple) else (index,)
    if maker.node.spec != PICKS or known is None or not arriving or not items:
        return None
    if not isinstance(items[0], Slice) or not holds_batch(known.shape[0]):
        return None
    ends = (items[0].start, items[0].stop, items[0].step)
    plain = tuple(end for end in ends if end is None or isinstance(end, int))
    if len(plain) < len(ends) or plain[2] == 0:
        return None
    count = len(range(arriving[0])[slice(*plain)])
    return None if count == arriving[0] else (arriving[0], count)


def _diagnosis(site: Site, ports: tuple[str, str], maker: Site) -> Diagnosis:
    other = ports[1]
    said = maker.node.args.get("index")
    first = said[0] if isinstance(said, tuple) else said
    mine, theirs = (sizes(site, each) or (0,) for each in ports)
    message = (
        f"{label(maker)} takes [{value(first)}] of {maker.shown('input')}: that is a part of the "
        f"batch, {mine[0]} samples of {theirs[0]}. {title(site)} {label(site)} brings it together "
        f"with {site.shown(other)} at {other}, which has all of them."
    )
    alike = insert(site, other, PICKS, {"index": first}, f"Take the same part of {other}")
    fixes = (skip(maker), alike)
    return Diagnosis(CODE, "error", maker.address, message, "index", "input", fixes)
