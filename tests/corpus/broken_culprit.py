"""Faults of which torch blames the loss, or another node behind the one that is the fault."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, between, linear, net, nn, op, relu

FIRST = (linear("fc1", 16), relu("relu"))
LESS = op("less", "op.sub", other=1)


def scores(*layers: Layer, **options: Any) -> Project:
    """Return a network of four classes on a table, with more layers behind its scores."""
    return net(*FIRST, linear("head", 4), *layers, x=nets.TABLE, **{"classes": 4, **options})


CASES = [
    # --- labels --------------------------------------------------------------------------------
    Broken("labels-from-minus-one", "labels-out-of-range", "less", ("-1 to 2", "0 to 3"),
           "Switch “less” off", between(scores(), "loss.target", LESS)),
    Broken("tokens-from-minus-one", "embedding-range", "less", ("row -1", "0 to 49"),
           "Switch “less” off",
           net(LESS, nn("embed", "Embedding", num_embeddings=50, embedding_dim=8),
               op("mean", "torch.mean", dim=1), linear("head", 4), x=(B, 12), tokens=50,
               classes=4)),
]  # fmt: skip
