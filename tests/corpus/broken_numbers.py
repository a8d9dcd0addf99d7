"""Numbers that end beyond what takes them: moved labels, indices, divisors, variances."""

from __future__ import annotations

from tests.checking.lint_cases_ranges import (
    WIDTH,
    asked,
    behind,
    chances,
    counted,
    cut,
    masked,
    moved,
    padded,
    places,
    rest,
    variance,
)
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned

CASES = [
    Broken("labels-from-one", "labels-out-of-range", "shift", ("from 1 to 5", "0 to 4"),
           "Subtract 1 from target", moved("op.add", 1)),
    Broken("labels-doubled", "labels-out-of-range", "shift", ("from 0 to 8",),
           "Set out_features of “head” to 9", moved("op.mul", 2)),
    Broken("words-from-one", "index-past-the-end", "table", ("from 0 to 19", "1 to 20"),
           "Set num_embeddings to 21", asked(1, 20)),
    Broken("words-cut-off-a-row-late", "index-past-the-end", "table", ("0 to 9", "0 to 10"),
           "Set num_embeddings to 11", behind(cut(10), rows=10)),
    Broken("more-rests-than-rows", "index-past-the-end", "table", ("0 to 6", "0 to 7"),
           "Set num_embeddings to 8", behind(rest("op.mod", 8), rows=7)),
    Broken("more-shares-than-rows", "index-past-the-end", "table", ("0 to 3", "0 to 4"),
           "Set num_embeddings to 5", behind(rest("op.floordiv", 4), rows=4)),
    Broken("squares-past-the-last-row", "index-past-the-end", "table", ("0 to 49", "0 to 361"),
           "Set num_embeddings to 362", behind(rest("op.pow", 2), rows=50)),
    Broken("a-word-of-padding-without-a-row", "index-past-the-end", "table", ("0 to 19", "to 20"),
           "Set num_embeddings to 21", behind(padded(20.0), rows=20)),
    Broken("padding-below-the-first-row", "embedding-range", "cut", ("20 rows", "row -1"),
           "Switch “cut” off", behind(padded(-1.0), rows=20)),
    warned("masked-from-a-row-late", "index-past-the-end", "table", ("0 to 11", "0 to 12"),
           "Set num_embeddings to 13", masked("op.gt", 12, 0, 12), refused=True),
    warned("places-counted-from-one", "index-past-the-end", "table", ("0 to 5", "0 to 6"),
           "Set num_embeddings to 7", places(6), refused=True),
    Broken("rests-for-labels", "labels-out-of-range", "shift", ("from 0 to 5", "0 to 4"),
           "Set out_features of “head” to 6", moved("op.mod", 6, classes=9)),
    Broken("pairs-of-labels", "labels-out-of-range", "shift", ("from 0 to 5", "0 to 4"),
           "Set out_features of “head” to 6", moved("op.floordiv", 2, classes=12)),
    Broken("shared-among-none", "impossible-number", "sum", ("by 0",), "Set other to 1",
           counted("op.floordiv", 0)),
    Broken("chances-of-noise", "impossible-number", "drawn", ("normal numbers",),
           "Make chances of input with a sigmoid", chances()),
    warned("variance-of-raw-scores", "raw-variance", "loss", ("Linear “width”", "B×1"),
           "Insert Softplus before var", variance(WIDTH), refused=True),
]  # fmt: skip
