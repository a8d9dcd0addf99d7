"""Numbers that are too large for fresh weights, past what keeps them as large."""

from __future__ import annotations

from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import conv, flat, linear, net, nn, op, relu

BYTES = {"x": nets.RGB, "x_dtype": "uint8", "classes": 4}

CASES = [
    warned("pooled-pixels-as-they-are", "unscaled-input", "conv1", ("0 to 255", "B×3×8×8"),
           "Divide by 255",
           net(op("float", "Tensor.float"), nn("half", "AvgPool2d", kernel_size=2),
               conv("conv1", 4), relu("act1"), flat(), linear("fc", 4), **BYTES)),
    warned("pixels-moved-by-half", "unscaled-input", "conv1", ("-128 to 127", "B×3×16×16"),
           "Divide by 128",
           net(op("float", "Tensor.float"), op("base", "op.sub", other=128),
               conv("conv1", 4), relu("act1"), flat(), linear("fc", 4), **BYTES)),
]  # fmt: skip
