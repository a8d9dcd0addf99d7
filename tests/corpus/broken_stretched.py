"""Shares and masks that are stretched along what they weigh, and are too few or too many."""

from __future__ import annotations

from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import conv, linear, net, nn, op, pool, relu, several, two

CASES = [
    Broken("three-shares-for-two-experts", "shapes-do-not-broadcast", "weigh", ("B×3×1", "B×2×8"),
           "Set out_features of “gate” to 2",
           net(linear("gate", 3), op("shares", "torch.softmax", dim=-1),
               op("wide", "Tensor.unsqueeze", dim=-1),
               linear("one", 8, "x"), linear("two", 8, "x"),
               op("both", "torch.stack", several("one", "two"), dim=1),
               op("weigh", "op.mul", two("wide", "both")), op("sum", "torch.sum", dim=1),
               linear("head", 4), x=nets.TABLE, classes=4)),
    Broken("places-of-a-mask-too-many", "shapes-do-not-broadcast", "masked", ("B×7×5", "B×8×1"),
           "Set end of “places” to 7",
           net(op("places", "torch.arange", {}, end=8), op("row", "Tensor.unsqueeze", dim=0),
               op("much", "torch.amax", "x", dim=(1, 2)), op("length", "Tensor.unsqueeze", dim=1),
               op("kept", "op.lt", two("row", "length")), op("ones", "Tensor.float"),
               op("wide", "Tensor.unsqueeze", dim=-1),
               op("masked", "op.mul", two("x", "wide")), op("sum", "torch.sum", dim=1),
               linear("head", 4), x=nets.SERIES, classes=4)),
    Broken("share-of-each-pixel-of-a-smaller-map", "shapes-do-not-broadcast", "weigh",
           ("B×8×16×16", "B×1×8×8"), "Resize other to 16×16",
           net(conv("maps", 8), relu("act"), pool("half"), conv("score", 1, 1),
               nn("share", "Sigmoid"), op("weigh", "op.mul", two("act", "share")),
               op("sum", "torch.mean", dim=(2, 3)), linear("head", 4), x=nets.RGB, classes=4)),
]  # fmt: skip
