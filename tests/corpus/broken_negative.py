"""Logarithms of numbers that are below 0 as often as above."""

from __future__ import annotations

from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import linear, net, nn, op, relu


def told(*last, **options):  # type: ignore[no-untyped-def]  # a few layers
    """Return a network that gives one number a sample."""
    layers = (linear("fc1", 24), relu("act1"), linear("price", 1), *last)
    return net(*layers, **{"x": nets.TABLE, "y": (B, 1), "loss": "MSELoss", **options})


CASES = [
    warned("logarithm-of-raw-numbers", "negative-before-log", "log", ("logarithm", "B×1", "nan"),
           "Insert Softplus before input", told(op("log", "torch.log"))),
    warned("root-of-raw-numbers", "negative-before-log", "root", ("the root", "B×1", "nan"),
           "Insert Softplus before input", told(op("root", "torch.sqrt"))),
    warned("raw-target-of-a-divergence", "negative-before-log", "loss", ("target (B×4)", "“teach”"),
           "Make shares of target with a softmax",
           net(linear("teach", 4), linear("fc1", 24, "x"), relu("act1"), linear("fc2", 4),
               nn("log", "LogSoftmax", dim=1), x=nets.TABLE, classes=4,
               loss=nn("loss", "KLDivLoss", {"input": "out", "target": "teach"}))),
]  # fmt: skip
