"""Metrics and losses whose threshold or labels are on another scale than what they are held to."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import BATCHES, B
from tests.checking.lint_form import Case, Near
from tests.corpus import nets
from tests.corpus.form import Layer, adding, linear, net, nn, op

LINE, PAIRS = "answer-threshold", "pair-labels"
SIG = nn("sig", "Sigmoid")
SIGNS = (op("twice", "op.mul", "data.y", other=2), op("signs", "op.sub", "twice", other=1))


def counted(*curve: Layer, loss: str = "BCEWithLogitsLoss", of: str = "out", **said: Any,
            ) -> Project:  # fmt: skip
    """Return a network that answers yes or no, and a metric of its answers."""
    measure = nn("loss", loss, {"input": "out", "target": "told"})
    made = net(linear("score", 1), *curve, x=nets.TABLE, y=(B, 1), classes=2, loss=measure,
               run=BATCHES)  # fmt: skip
    told = op("told", "Tensor.float", "data.y")
    return adding(
        made, told, op("acc", "metric.binary_accuracy", {"input": of, "target": "told"}, **said)
    )


def paired(*signs: Layer, **options: Any) -> Project:
    """Return two rows for each sample, whose likeness the target tells."""
    target = signs[-1].name if signs else "data.y"
    loss = nn("loss", "CosineEmbeddingLoss", {"input1": "left", "input2": "out", "target": target})
    made = net(linear("one", 4), op("left", "io.output", "one"), linear("two", 4, "x"),
               x=nets.TABLE, loss=loss, run=BATCHES, **options)  # fmt: skip
    return adding(made, *signs)


CASES = [
    Case(LINE, "warning", "acc", ("threshold of", "is 0,", "Sigmoid “sig”", "counts as yes"),
         ("Set threshold to 0.5",), counted(SIG, loss="BCELoss")),
    Case(LINE, "warning", "acc", ("is 1,", "counts as no"), ("Set threshold to 0.5",),
         counted(SIG, loss="BCELoss", threshold=1.0)),
    Case(LINE, "info", "acc", ("is 0.5", "BCEWithLogitsLoss “loss”", "0.62"),
         ("Set threshold to 0.0",), counted(threshold=0.5)),
    Case(PAIRS, "warning", "loss", ("1 and -1", "(B)", "normal numbers", "nothing learns"),
         ("Let y of “data” be whole numbers from 0 to 1, and make -1 and 1 of them",), paired()),
    Case(PAIRS, "warning", "loss", ("class numbers from 0 to 2",), (), paired(classes=3)),
]  # fmt: skip
NEAR: list[Near] = [
    (LINE, counted()),
    (LINE, counted(SIG, loss="BCELoss", threshold=0.5)),
    (LINE, counted(SIG, loss="BCELoss", threshold=0.9)),
    (LINE, counted(threshold=0.8)),
    # probabilities may be made for the metric alone
    (LINE, counted(SIG, loss="BCELoss", of="score")),
    (LINE, counted(nn("bent", "Tanh"), loss="MSELoss")),
    (LINE, counted(loss="MSELoss", threshold=0.5)),
    (PAIRS, paired(*SIGNS, classes=2)),
    (PAIRS, paired(op("sign", "torch.sign", "data.y"))),
    # floats of which nobody says how far they go
    (PAIRS, paired(op("tanh", "torch.tanh", "data.y"), op("sign", "torch.sign", "tanh"))),
    # labels 0 and 1 are told by another rule
    (PAIRS, paired(classes=2), "labels-not-signed"),
    (PAIRS, paired(op("high", "op.gt", "data.y", other=2), op("whole", "Tensor.long", "high"),
                   op("twice", "op.mul", "whole", other=2), op("signs", "op.sub", "twice", other=1),
                   classes=5)),
]  # fmt: skip
