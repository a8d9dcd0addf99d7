"""Numbers that end beyond what takes them: moved labels, indices, divisors, variances."""

from __future__ import annotations

from tests.checking.lint_cases_ranges import WIDTH, asked, chances, counted, moved, variance
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned

CASES = [
    Broken("labels-from-one", "labels-out-of-range", "shift", ("from 1 to 5", "0 to 4"),
           "Subtract 1 from target", moved("op.add", 1)),
    Broken("labels-doubled", "labels-out-of-range", "shift", ("from 0 to 8",),
           "Set out_features of “head” to 9", moved("op.mul", 2)),
    Broken("words-from-one", "index-past-the-end", "table", ("from 0 to 19", "1 to 20"),
           "Set num_embeddings to 21", asked(1, 20)),
    Broken("shared-among-none", "impossible-number", "sum", ("by 0",), "Set other to 1",
           counted("op.floordiv", 0)),
    Broken("chances-of-noise", "impossible-number", "drawn", ("normal numbers",),
           "Make chances of input with a sigmoid", chances()),
    warned("variance-of-raw-scores", "raw-variance", "loss", ("Linear “width”", "B×1"),
           "Insert Softplus before var", variance(WIDTH), refused=True),
]  # fmt: skip
