"""Heads whose curves are put together before a loss that has a curve of its own."""

from __future__ import annotations

from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import linear, net, nn, op, several, two

CASES = [
    warned("mean-of-two-softmaxes", "softmax-before-cross-entropy", "one",
           ("“one” and “two”, put together by “half”", "B×4"), "Switch “one” and “two” off",
           net(linear("a", 4), nn("one", "Softmax", dim=1), linear("b", 4, "x"),
               nn("two", "Softmax", dim=1), op("sum", "op.add", two("one", "two")),
               op("half", "op.truediv", other=2), x=nets.TABLE, classes=4)),
    warned("heads-cut-off-and-joined", "activation-on-logits", "one",
           ("“one” and “two”, joined by “both”", "B×4"), "Switch “one” and “two” off",
           net(linear("a", 3), nn("one", "ReLU"), linear("b", 1, "x"), nn("two", "ReLU"),
               op("both", "torch.cat", several("one", "two"), dim=1), x=nets.TABLE, classes=4)),
]  # fmt: skip
