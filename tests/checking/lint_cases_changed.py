"""Shares that are changed a little on their way into a loss that takes scores."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, Project
from tests.checking.drawings import FLAT, HEAD, Layer, drawing, with_node
from tests.checking.lint_cases_losses import LOGARITHM, SAME, SOFTMAX
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

CODE = "softmax-before-cross-entropy"
TWICE: Layer = ("twice", "op.mul", {"other": 2.0})
LEAST: Layer = ("least", "torch.clamp", {"min": 1e-6})
EPSILON: Layer = ("more", "op.add", {"other": 1e-8})
LOG: Layer = ("log", "torch.log", {})


def changed(*layers: Layer, loss: str = "nn.CrossEntropyLoss") -> Project:
    """Return a classifier of pictures with these layers behind its scores."""
    return drawing(FLAT, HEAD, *layers, loss=loss)


def times(number: Arg) -> Layer:
    return ("times", "op.mul", {"other": number})


def at_times(made: Project, when: str) -> Project:
    """Return the project whose softmax is there under a condition."""
    return with_node(made, "soft", when=Expr(when))


def beside(spec: str) -> Project:
    """Return a classifier in which the scores themselves are joined to their shares."""
    made = changed(SOFTMAX, ("join", spec, {}))
    return more(made, {}, {"join.other": "head.output"})


FLATTENED = ("B×10", "“soft” before it flattens the scores and slows training, and behind")
CHECKED = ("“soft” before it flattens the scores for the loss of validation alone",)
CASES = [
    Case(CODE, "warning", "soft", (*FLATTENED, "“twice”"), ("Switch “soft” off",),
         changed(SOFTMAX, TWICE)),
    Case(CODE, "warning", "soft", (*FLATTENED, "“least”"), ("Switch “soft” and “least” off",),
         changed(SOFTMAX, LEAST)),
    Case(CODE, "warning", "soft", (*FLATTENED, "“more” and “twice”"), ("Switch “soft” off",),
         changed(SOFTMAX, EPSILON, SAME, TWICE)),
    Case(CODE, "warning", "soft", CHECKED, (), at_times(changed(SOFTMAX), "not training")),
    Case(CODE, "warning", "soft", CHECKED, (), at_times(changed(SOFTMAX, TWICE), "not training")),
]  # fmt: skip
NEAR: list[Near] = [
    # its logarithm is taken, so that the loss gets log-probabilities
    (CODE, changed(SOFTMAX, LEAST, LOG, loss="nn.NLLLoss")),
    (CODE, changed(SOFTMAX, EPSILON, LOG)),
    (CODE, changed(SOFTMAX, LEAST, LOG)),
    # a factor as large makes scores of shares
    (CODE, changed(SOFTMAX, times(20.0))),
    (CODE, changed(SOFTMAX, times(-1.0))),
    (CODE, changed(LOGARITHM, times(0.5))),
    (CODE, changed(TWICE, EPSILON)),
    # what else is in them is not known
    (CODE, beside("op.add")),
    (CODE, beside("op.mul")),
]  # fmt: skip
