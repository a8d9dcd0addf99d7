"""Scores for every step of a sequence, where there is one label for each sample.

What it does: where a cross entropy gets `B×T×C` and a label for each sample, finds the Linear layer
that still gets the sequence; and likewise the last state of a recurrent layer, `layers×B×H`.

Why it matters: a Linear layer works on the last axis and leaves all others as they are. A sequence
has to be summed up into one row before the classes are told.

Example: `LSTM → Linear → CrossEntropyLoss` with all steps, `B×16×10` against `B`.
Better: the last step, `output[:, -1]`, or the mean over the steps, before the Linear layer.

Fix: takes the last step, or the mean over the steps; of a last state, the last layer.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.class_target import LOSSES
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, sizes, title
from graph_editor.document.model import Slice

CODE = "steps-left"
RANK = 21  # after a map that was not flattened


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the first Linear layer that gets a whole sequence."""
    site = failure.site
    logits, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in LOSSES or logits is None or target is None:
        return None
    if len(logits) != 3 or len(target) != 1 or target[0] not in logits[:2]:
        return None
    before = chain_before(site, "input", context, ELEMENTWISE | {"nn.Linear"})
    layers = [each for each in before if each.node.spec == "nn.Linear"]
    known = layers[-1].symbolic.get("input") if layers else None
    if known is None or len(known.shape) != 3:
        return None
    axis = 1 if holds_batch(known.shape[0]) else 0
    what = f"all {known.shape[axis]} steps" if axis else "the layers one after another"
    message = (
        f"{title(layers[-1])} {label(layers[-1])} gets {known.text()}, {what}, so that "
        f"{site.shown('input')} reaches {title(site)} {label(site)}, and target is "
        f"{site.shown('target')}, one label for each sample."
    )
    proposals = tuple(_proposals(layers[-1], axis, known.shape[axis]))
    return Diagnosis(CODE, "error", layers[-1].address, message, "", "input", proposals)


def _proposals(site: Site, axis: int, count: int | str) -> list[Proposal]:
    here = f"before {label(site)}"
    if axis == 0:
        words = f"Take the last layer {here}"
        return [insert(site, "input", "op.getitem", {"index": -1}, words)]
    last = insert(
        site, "input", "op.getitem", {"index": (Slice(), -1)}, f"Take the last step {here}"
    )
    words = f"Take the mean over the {count} steps {here}"
    return [last, insert(site, "input", "torch.mean", {"dim": 1}, words)]
