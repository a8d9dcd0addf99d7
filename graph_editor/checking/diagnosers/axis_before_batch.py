"""An axis that is added in front of the batch.

What it does: where a layer of channels, a product of batches or a loss is refused and axis 0 is not
that of the samples, looks for the `unsqueeze(0)`, the `[None]` or the view into `(1, -1, …)` behind
which that is so.

Why it matters: pictures of one channel come as `B×28×28`, and a layer takes `B×1×28×28`. With the
new axis in front they are one sample of `B` channels, of which no layer has as many weights. A
recurrent layer runs over the samples as if they were steps.

Example: `unsqueeze(0) → Conv2d(1, 8)` of `B×28×28`.
Better: `unsqueeze(1) → Conv2d(1, 8)`.

Fix: puts the axis behind the batch, or switches off what adds it.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import samples
from graph_editor.checking.diagnosers.picks_sample import PICKS, THROUGH
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import holds_batch, label, shape, title
from graph_editor.document.model import Arg, Slice

CODE = "axis-before-batch"
RANK = 9
ADDING = ("Tensor.unsqueeze", "torch.unsqueeze")
VIEWS = ("Tensor.view", "Tensor.reshape")
ARGUMENTS = {PICKS: "index", **dict.fromkeys(ADDING, "dim"), **dict.fromkeys(VIEWS, "args")}
"""The argument that adds the axis, by spec."""
CHANNELLED = ("nn.Conv", "nn.MaxPool", "nn.AvgPool", "nn.BatchNorm", "nn.GroupNorm")
BATCHES = "torch.bmm"
STEPPED = ("nn.RNN", "nn.LSTM", "nn.GRU", "nn.TransformerEncoderLayer")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the step behind which an axis of size 1 stands in front of the batch."""
    site = failure.site
    if site.node.spec == BATCHES:
        return _of_batches(site, context)
    known, target = site.symbolic.get("input"), site.symbolic.get("target")
    if known is None:
        return None
    is_loss = site.node.spec.endswith("Loss")
    if is_loss and (target is None or not target.shape or not holds_batch(target.shape[0])):
        return None
    first = known.shape[:2]
    if is_loss and target is not None and first[:1] == target.shape[:1]:
        return None
    if not is_loss and not site.node.spec.startswith(CHANNELLED):
        return None
    if not is_loss and (len(known.shape) < 3 or first[0] != 1 or not holds_batch(first[1])):
        return None
    maker = _adding(site, "input", context)
    return _told(maker, _then(site)) if maker is not None else None


def _told(maker: Site, then: str) -> Diagnosis:
    arriving = samples(maker)
    message = (
        f"{title(maker).capitalize()} {label(maker)} puts an axis in front of the batch, so that "
        f"{shape(arriving)} becomes {shape((1, *arriving))}: {then}"
    )
    found = tuple(_behind(maker))
    return Diagnosis(CODE, "error", maker.address, message, ARGUMENTS[maker.node.spec], "", found)


def _of_batches(site: Site, context: Context) -> Diagnosis | None:
    """Speak where a product of batches of matrices has the samples first on the other side."""
    for port, other in (("input", "mat2"), ("mat2", "input")):
        here, there = site.symbolic.get(port), site.symbolic.get(other)
        if here is None or there is None or len(here.shape) != 3 or len(there.shape) != 3:
            continue
        if here.shape[0] != 1 or here.shape[1] != there.shape[0] or not holds_batch(here.shape[1]):
            continue
        maker = _adding(site, port, context)
        if maker is not None:
            then = f"{title(site)} {label(site)} multiplies it with {site.shown(other)}, which has"
            return _told(maker, f"{then} a matrix for each sample.")
    return None


def _adding(site: Site, port: str, context: Context) -> Site | None:
    """Return what adds an axis in front of the samples, where no other step has moved these."""
    for maker in chain_before(site, port, context, THROUGH):
        if maker.node.spec in STEPPED and not maker.value("batch_first"):
            return None  # it takes the new axis for the steps
        arriving = samples(maker)
        if not arriving:
            continue
        given = context.types.get(f"{maker.address}.output")
        adds = given is not None and given.shape == (1, *arriving)
        return maker if adds and maker.node.spec in ARGUMENTS else None
    return None


def _then(site: Site) -> str:
    name = f"{title(site)} {label(site)}"
    if not site.node.spec.endswith("Loss"):
        return f"{name} takes the samples for channels."
    return (
        f"one sample alone. {name} gets {site.shown('input')} in the end, and its target "
        f"{site.shown('target')} has a place for each sample."
    )


def _behind(maker: Site) -> Iterator[Proposal]:
    """Yield what puts the axis behind the batch, and what adds none."""
    argument = ARGUMENTS[maker.node.spec]
    to: Arg = 1
    if maker.node.spec == PICKS:
        to = (Slice(), None)
    elif maker.node.spec in VIEWS:
        to = (-1, 1, *(d for d in samples(maker)[1:] if isinstance(d, int)))
    yield set_to(maker, argument, to)
    yield skip(maker)
