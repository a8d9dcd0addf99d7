"""A loss that picks one class among one, and is 0 whatever the network says.

What it does: looks at the class axis of what enters a CrossEntropyLoss or NLLLoss.

Why it matters: the softmax of one score is 1, and the logarithm of that 0. Torch accepts it; the
loss stands at 0 from the first step on, and no weight ever changes.

Example: `Linear(64, 1) → CrossEntropyLoss`, for a question with two answers.
Better: `Linear(64, 2) → CrossEntropyLoss`, or `Linear(64, 1) → BCEWithLogitsLoss`.

Fix: as many scores as there are classes, two where that is not known; or, where the target is of
floats, the loss for one score or that for measurements.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import replace_spec, set_width
from graph_editor.checking.targets import are_measurements, by_squares, leaves_unit
from graph_editor.checking.walk import TRANSPARENT, chain_before, facts_of, width_before
from graph_editor.checking.words import label, sizes, title

CODE = "single-class"
LOSSES = ("nn.CrossEntropyLoss", "nn.NLLLoss")


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    arriving = sizes(site, "input")
    if arriving is None or not arriving or f"{site.address}.output" not in context.types:
        return
    axis = 1 if len(arriving) > 1 else 0
    if arriving[axis] != 1 or _is_told_before(site, context):
        return
    facts = None if _is_of_shares(site) else facts_of(site, "target", context)
    classes = facts.classes if facts else None
    if classes is None or classes <= 1:
        yield _diagnosis(site, axis, classes, context)


def _is_of_shares(site: Site) -> bool:
    target = site.inputs.get("target")
    return target is not None and "float" in target.dtype


def _is_told_before(site: Site, context: Context) -> bool:
    """Whether a log-softmax of one value stands before it, which is told there."""
    before = chain_before(site, "input", context, TRANSPARENT)
    return any(maker.node.spec in LOG_SOFTMAX for maker in before)


def _diagnosis(site: Site, axis: int, classes: int | None, context: Context) -> Diagnosis:
    data = ", and the labels of the data name no other" if classes == 1 else ""
    exact = site.node.spec == "nn.CrossEntropyLoss"
    result = "it is 0 whatever the network says" if exact else "there is nothing to choose"
    message = (
        f"{title(site)} {label(site)} gets one score for each sample ({site.shown('input')}), "
        f"which is one class{data}: {result}, and nothing is learnt."
    )
    proposals = tuple(_proposals(site, axis, classes, context))
    return Diagnosis(CODE, "warning", site.address, message, "", "input", proposals)


def _proposals(site: Site, axis: int, classes: int | None, context: Context) -> Iterator[Proposal]:
    if _is_of_shares(site):
        if are_measurements(site, context):
            yield by_squares(site)
        if not leaves_unit(site, context):
            yield replace_spec(site, "nn.BCEWithLogitsLoss", without=tuple(site.node.args))
        return
    maker = width_before(site, "input", axis, context)
    if maker is not None and classes is None:
        yield set_width(maker, 2, context)


check = PerSubject(LOSSES, _find)
