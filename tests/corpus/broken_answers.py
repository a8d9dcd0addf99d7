"""Thresholds and labels of pairs that are on another scale than what they are held to."""

from __future__ import annotations

from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken_silent import remarked, warned
from tests.corpus.form import adding, linear, net, nn, op

BOTH = {"input": "out", "target": "told"}
PAIR = nn("loss", "CosineEmbeddingLoss", {"input1": "left", "input2": "out", "target": "data.y"})


def answering(*curve, loss, **said):  # type: ignore[no-untyped-def]  # a curve, and how it is counted
    """Return a network that answers yes or no, and a metric of its answers."""
    made = net(linear("score", 1), *curve, x=nets.TABLE, y=(B, 1), classes=2,
               loss=nn("loss", loss, BOTH))  # fmt: skip
    told = op("told", "Tensor.float", "data.y")
    return adding(made, told, op("watch", "metric.binary_accuracy", BOTH, **said))


CASES = [
    warned("every-share-a-yes", "answer-threshold", "watch", ("is 0,", "“sig”", "B×1"),
           "Set threshold to 0.5", answering(nn("sig", "Sigmoid"), loss="BCELoss")),
    remarked("a-line-of-shares-on-scores", "answer-threshold", "watch", ("is 0.5", "0.62"),
             "Set threshold to 0.0", answering(loss="BCEWithLogitsLoss", threshold=0.5)),
    warned("pairs-of-no-label", "pair-labels", "loss", ("1 and -1", "(B)", "normal numbers"),
           "Let y of “data” be whole numbers from 0 to 1, and make -1 and 1 of them",
           net(linear("one", 4), op("left", "io.output", "one"), linear("two", 4, "x"),
               x=nets.TABLE, loss=PAIR), changes=("data", "loss")),
]  # fmt: skip
