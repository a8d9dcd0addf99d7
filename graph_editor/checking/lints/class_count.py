"""A network that gives fewer scores than the data has classes.

What it does: compares the class axis of a loss with what the data source says of its labels. Of
made-up data that is normal numbers, made whole: some of them are below the first class. A last
class that is `ignore_index` needs no score. Labels of which some are taken count for as many.

Why it matters: the score of a class that is missing cannot be picked; torch stops at the first
such label, on a GPU with an unreadable message.

Example: `Linear(64, 5) → CrossEntropyLoss` on digits, which have 10 classes.
Better: `Linear(64, 10)`.

Fix: sets the width of the last layer to the number of classes; has made-up data give labels.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.below_first import below_first
from graph_editor.checking.diagnosers import ctc_axes
from graph_editor.checking.diagnosers.class_target import Shape, labels_for
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import facts_of, width_before
from graph_editor.checking.words import holds_batch, label, sizes, title

CODE = "too-few-classes"
LOSSES = ("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss")
SEQUENCES = "nn.CTCLoss"
"""torch looks at no label of it on the processor: past the last score it reads foreign memory."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every loss (or the layer before it) with fewer scores than there are classes."""
    for site in context.of(LOSSES):
        scores = scores_of(sizes(site, "input"), sizes(site, "target"))
        if scores is None or not is_run(site, context):
            continue
        yield from of_negatives(site, scores, context)
        facts = facts_of(site, "target", context)
        if facts is None or facts.classes is None:
            continue
        ignores_last = site.value("ignore_index") == facts.classes - 1
        if scores < facts.classes - ignores_last:
            yield _diagnosis(site, scores, facts.classes, context)
    for site in context.of((SEQUENCES,)):
        facts, given = facts_of(site, "targets", context), sizes(site, "log_probs")
        if facts is None or facts.classes is None or not given or not is_run(site, context):
            continue
        known = site.symbolic.get("log_probs")
        if known is not None and holds_batch(known.shape[-1]):
            continue  # those are samples
        if given[-1] < facts.classes and ctc_axes.misplaced(site, context) is None:
            yield _diagnosis(site, given[-1], facts.classes, context, "log_probs", -1)


def scores_of(logits: Shape | None, target: Shape | None) -> int | None:
    """Return the size of the class axis, or None where the target holds no class numbers."""
    if not logits or target != labels_for(logits):
        return None
    return logits[1] if len(logits) > 1 else logits[0]


def _diagnosis(
    site: Site, scores: int, classes: int, context: Context, port: str = "input", axis: int = 1
) -> Diagnosis:
    if len(site.inputs[port].shape) == 1:
        axis = 0
    maker = width_before(site, port, axis, context)
    words = (
        f"{{}} gives {scores} score{'s' * (scores != 1)} for each sample "
        f"({site.shown(port)}), and the labels of {title(site)} {label(site)} "
        f"name {classes} classes, 0 to {classes - 1}."
    )
    if maker is None:
        return Diagnosis(CODE, "error", site.address, words.format("What arrives"), "", port)
    before, argument = maker
    proposals = (set_to(before, argument, classes, of="" if before is site else label(before)),)
    message = words.format(f"{title(before)} {label(before)}")
    return Diagnosis(CODE, "error", before.address, message, argument, "", proposals, site.address)


def of_negatives(site: Site, scores: int, context: Context) -> Iterator[Diagnosis]:
    """Speak of labels that lie before the first class, as normal numbers made whole do."""
    below = below_first(site, "target", scores, context)
    if below is None or below.maker is not None:
        return  # that an operator moves them there is told by another rule
    lowest = below.lowest
    gives = "normal numbers, negative ones among them" if lowest is None else f"{lowest}"
    message = (
        f"{title(site)} {label(site)} takes class numbers from 0 to {scores - 1}, and {below.name} "
        f"gives it {gives} ({site.shown('target')})."
    )
    yield Diagnosis(CODE, "error", site.address, message, "", "target", below.proposals)
