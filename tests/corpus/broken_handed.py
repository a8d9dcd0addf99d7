"""Ranges and curves that are lost sight of behind a slice, a turn or a resize."""

from __future__ import annotations

from graph_editor.document.model import Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import between, flat, linear, net, nn, op

BUT_LAST = (nets.EVERY, Slice(None, -1))
CASES = [
    Broken("words-but-the-last", "embedding-range", "table", ("15 rows", "row 19"),
           "Set num_embeddings to 20",
           net(op("cut", "op.getitem", index=BUT_LAST),
               nn("table", "Embedding", num_embeddings=15, embedding_dim=4), flat(),
               linear("fc", 4), x=(B, 9), tokens=20, classes=4)),
    Broken("the-first-label-of-three", "too-few-classes", "fc3", ("4 scores", "6 classes"),
           "Set out_features of “fc3” to 6",
           between(nets.mlp(y=(B, 3), classes=6), "loss.target",
                   op("first", "op.getitem", index=(nets.EVERY, 0)))),
]  # fmt: skip
