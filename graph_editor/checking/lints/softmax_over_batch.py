"""A softmax along the batch, so that samples take probability from each other.

What it does: compares `dim` of a softmax with the axis whose size is the batch. It does not speak
where another axis is the batch too, as in a table of each sample with each, nor where no other axis
has more than one value: there the batch is a bag of which shares are taken.

Why it matters: torch accepts any axis. Along the batch the shares of one class add up to 1 over all
samples, so that what is said of a sample hangs on which others happen to stand in its batch. Of one
sample alone each share is 1.

Example: `LogSoftmax(dim=0) → NLLLoss` on `B×10`.
Better: `LogSoftmax(dim=1) → NLLLoss`.

Fix: sets `dim` to the axis of the classes.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX, SOFTMAX
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import holds_batch, label, number, title

CODE = "softmax-over-batch"
ALONG_AN_AXIS = ((SOFTMAX | LOG_SOFTMAX) - {"nn.Softmax2d"}) | {"nn.Softmin"}
"""Specs that are told along which axis shares are taken."""


def _find(site: Site, context: Context) -> Iterator[Told]:  # noqa: ARG001  # one signature for all
    arriving, dim = site.symbolic.get("input"), number(site.value("dim"))
    if arriving is None or dim is None or not -len(arriving.shape) <= dim < len(arriving.shape):
        return
    axis = dim % len(arriving.shape)
    others = [size for place, size in enumerate(arriving.shape) if place != axis]
    is_bag = all(size == 1 for size in others)
    if holds_batch(arriving.shape[axis]) and not is_bag and not any(map(holds_batch, others)):
        yield from of(site, [_diagnosis(site, axis, arriving.shape)])


def _diagnosis(site: Site, axis: int, shape: tuple[Dim, ...]) -> Diagnosis:
    message = (
        f"dim of {title(site)} {label(site)} is {site.value('dim')}, the batch of "
        f"{site.shown('input')}: over the samples of a batch its shares add up to 1, so that what "
        "it says of one sample hangs on the others."
    )
    single = len(shape) == 3 and shape[-1] == 1  # a score for each step
    better = 1 if axis == 0 and (len(shape) == 2 or single) else -1
    proposals = (set_to(site, "dim", better),) if shape[better] != 1 else ()
    return Diagnosis(CODE, "warning", site.address, message, "dim", "", proposals)


check = PerSubject(ALONG_AN_AXIS, _find, once)
