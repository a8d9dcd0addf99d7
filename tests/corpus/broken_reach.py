"""Numbers that lie too far out, or are not what a loss takes them for."""

from __future__ import annotations

from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import between, op

TO_FLOAT = op("float", "Tensor.float")


CASES = [
    warned("table-in-units-of-its-own", "unscaled-input", "fc1", ("“scale”", "B×13"),
           "Switch “scale” off",
           between(between(nets.regression(x_dtype="float64"), "fc1.input", TO_FLOAT),
                   "float.input", op("scale", "op.mul", other=1000.0))),
]  # fmt: skip
