"""A loss that is left out in evaluation, so that what enters it comes out.

What it does: looks at a loss that is one number in training and is not in evaluation, and at the
`when` of the node that gives it.

Why it matters: where `when` is false the first input passes through. The logits would stand where
the validation loss is expected.

Example: `CrossEntropyLoss` with `when: =training`.
Better: `CrossEntropyLoss` without a condition.

Fix: removes the condition.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import clear
from graph_editor.checking.words import label, title
from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Expr

CODE = "skipped-loss"
RANK = 10


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a loss in evaluation is only what entered the node that gives it in training."""
    maker = _maker(failure, context)
    if maker is None or maker.node.when is None or maker.spec is None:
        return None
    if failure.training and _works_in_training(maker.node.when):
        return None
    first = next((a.name for a in maker.spec.arguments if a.name in maker.inputs), "")
    port = next(iter(failure.site.inputs))
    shapes = f"{maker.shown(first)} there"
    if not failure.training:
        shapes += f", and in training {failure.site.shown(port)}"
    message = (
        f"In {'training' if failure.training else 'evaluation'} {title(maker)} {label(maker)} is "
        f"left out (when: ={maker.node.when.text}), so that what enters it passes through: the "
        f"loss has the shape {shapes}. It has to be a single number in both."
    )
    return Diagnosis(CODE, "error", maker.address, message, "when", "", (clear(maker, "when"),))


def _maker(failure: Failure, context: Context) -> Site | None:
    """Return the node whose output is to be minimised, where its shape is what was refused."""
    if failure.phase != "backward" or not failure.site.inputs:
        return None
    source = failure.site.sources.get(next(iter(failure.site.inputs)))
    return context.sites.get(source.address) if source is not None else None


def _works_in_training(condition: Expr) -> bool:
    """Whether a condition holds in training, or cannot be told without more than the mode."""
    try:
        return bool(evaluate(parse(condition.text), {"training": True}))
    except ExpressionError:
        return True
