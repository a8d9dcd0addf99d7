"""Scores of several heads, which a sum, a mean or a join puts together before the loss."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import BATCHES, B
from tests.checking.lint_form import Case, Near
from tests.corpus import nets
from tests.corpus.form import Layer, adding, linear, net, nn, op, several, two

SQUASHED, CURVED, BENT = (
    "softmax-before-cross-entropy",
    "sigmoid-before-logits-loss",
    "activation-on-logits",
)
OFF = ("Switch “left” and “right” off",)
SOFT: tuple[str, dict[str, Any]] = ("Softmax", {"dim": 1})
SIG: tuple[str, dict[str, Any]] = ("Sigmoid", {})
RELU: tuple[str, dict[str, Any]] = ("ReLU", {})
SUM = op("sum", "op.add", two("left", "right"))
HALF = op("half", "op.truediv", other=2)
JOIN = op("both", "torch.cat", several("left", "right"), dim=1)


def heads(curve: tuple[str, dict[str, Any]], *behind: Layer, other: Any = None, **options: Any,
          ) -> Project:  # fmt: skip
    """Return two heads with a curve each, and what puts them together."""
    spec, said = other or curve
    layers = (linear("a", 4), nn("left", curve[0], **curve[1]),
              linear("b", 4, "x"), nn("right", spec, **said))  # fmt: skip
    return net(*layers, *behind, **{"x": nets.TABLE, "classes": 4, "run": BATCHES, **options})


def answers(curve: tuple[str, dict[str, Any]], *behind: Layer) -> Project:
    """Return two heads that answer four questions with yes or no together."""
    loss = nn("loss", "BCEWithLogitsLoss", {"input": "out", "target": "told"})
    made = heads(curve, *behind, loss=loss, y=(B, 4), classes=2)
    return adding(made, op("told", "Tensor.float", "data.y"))


CASES = [
    Case(SQUASHED, "warning", "left", ("“left” and “right”, put together by “half”, before it",),
         OFF, heads(SOFT, SUM, HALF)),
    Case(SQUASHED, "warning", "left", ("put together by “sum”", "B×4"), OFF, heads(SOFT, SUM)),
    Case(CURVED, "warning", "left", ("“left” and “right” before it leave", "0.5 and 0.73"),
         (*OFF, "Use BCELoss instead"), answers(SIG, SUM, HALF)),
    Case(BENT, "warning", "left", ("joined by “both”", "B×8", "each cuts"), OFF,
         heads(RELU, JOIN, classes=8)),
    Case(BENT, "warning", "left", ("each changes some",), OFF,
         heads(("Dropout", {}), JOIN, classes=8)),
]  # fmt: skip
NEAR: list[Near] = [
    (SQUASHED, heads(SOFT, SUM, HALF, op("log", "torch.log"))),
    # sharpened again
    (SQUASHED, heads(SOFT, SUM, op("sharp", "op.mul", other=20.0))),
    # scores beside the shares
    (SQUASHED, heads(SOFT, SUM, other=("Identity", {}))),
    (SQUASHED, heads(SOFT, SUM, HALF, linear("last", 4))),
    # from 0 to 2, which says neither yes nor no
    (CURVED, answers(SIG, SUM)),
    (CURVED, answers(SIG, SUM, HALF, linear("last", 4))),
    (CURVED, answers(("Tanh", {}), SUM, HALF)),
    (BENT, heads(RELU, JOIN, linear("last", 4))),
    (BENT, heads(RELU, JOIN, other=("Identity", {}), classes=8)),
    (BENT, heads(RELU, JOIN, other=("LeakyReLU", {}), classes=8)),
]
