"""Metrics that get what they cannot compare."""

from __future__ import annotations

from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import adding, between, op

BOTH = {"input": "out", "target": "data.y"}
"""What a loss compares, a metric compares too."""
TURNED = {"input": "data.y", "target": "out"}
CODE = "metric-does-not-fit"
CASES = [
    Broken("accuracy-of-an-argmax", CODE, "watch", ("B and target B", "“pick” has chosen a class"),
           "Wire what enters “pick” to input",
           between(adding(nets.mlp(), op("watch", "metric.accuracy", BOTH)), "watch.input",
                   op("pick", "torch.argmax", dim=1))),
    Broken("error-of-scores", CODE, "watch", ("B×4 and B", "each of 4 classes"),
           "Use accuracy instead", adding(nets.mlp(), op("watch", "metric.mse", BOTH))),
    Broken("accuracy-turned-around", CODE, "watch", ("input B and target B×4",),
           "Exchange input and target",
           adding(nets.mlp(), op("watch", "metric.accuracy", TURNED))),
    Broken("accuracy-of-rows-of-ones", CODE, "watch", ("B×4 and target B×4",),
           "Turn the rows of target into class numbers",
           adding(nets.mlp(), op("ones", "F.one_hot", {"tensor": "data.y"}, num_classes=4),
                  op("watch", "metric.accuracy", {"input": "out", "target": "ones"}))),
]  # fmt: skip
