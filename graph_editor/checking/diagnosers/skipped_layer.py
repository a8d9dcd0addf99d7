"""A layer that is left out in evaluation, so that what follows gets another shape there.

What it does: where a node works in training and fails in evaluation, looks for the nearest node
before it whose `when` is false there.

Why it matters: where `when` is false the first input passes through. A layer that changes the shape
or the dtype cannot be left out without those after it.

Example: `Linear(32, 16)` with `when: =training` before `Linear(16, 4)`.
Better: the layer without a condition; a condition on a Dropout or on noise.

Fix: removes the condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import clear
from graph_editor.checking.words import holds_batch, label, shape, title
from graph_editor.document.expressions import ExpressionError, evaluate, parse

CODE = "skipped-layer"
RANK = 11


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node whose absence is what makes the difference between the modes."""
    site = failure.site
    if failure.training or failure.phase not in ("forward", "rule") or not site.inputs:
        return None
    for maker in _before(site, context):
        if maker.node.when is None or not _only_in_training(maker):
            continue
        port = next(iter(site.inputs))
        message = (
            f"In evaluation {title(maker)} {label(maker)} is left out (when: "
            f"={maker.node.when.text}), so that what enters it passes through: "
            f"{_arriving(site, port, context)} reaches {title(site)} {label(site)} then, which "
            "cannot take it."
        )
        fix = (clear(maker, "when"),)
        return Diagnosis(CODE, "error", maker.address, message, "when", "", fix)
    return None


def _arriving(site: Site, port: str, context: Context) -> str:
    """Return the shape that arrives in evaluation; what is on the wire is that of training."""
    dims = site.inputs[port].shape
    named = site.symbolic.get(port)
    first = named.shape[:1] if named is not None else ()  # it may have fewer axes in training
    if first and dims[:1] == (context.batch,) and holds_batch(first[0]):
        return shape((*first, *dims[1:]))
    return shape(dims)


def _before(site: Site, context: Context) -> Iterator[Site]:
    """Yield the nodes before a node within its graph, nearest first."""
    left, seen = [site], {site.address}
    while left:
        current = left.pop(0)
        for source in current.sources.values():
            maker = context.sites.get(source.address)
            if maker is not None and maker.address not in seen:
                seen.add(maker.address)
                left.append(maker)
                yield maker


def _only_in_training(site: Site) -> bool:
    """Whether a node's condition holds in training and not in evaluation."""
    assert site.node.when is not None
    try:
        tree = parse(site.node.when.text)
        return bool(evaluate(tree, {"training": True})) and not evaluate(tree, {"training": False})
    except ExpressionError:
        return False
