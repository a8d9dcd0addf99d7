"""Indices that the drawing alone fixes, and that ask for what there is not in every step."""

from __future__ import annotations

from graph_editor.document.model import Project
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, linear, net, nn, op, two


def relative(count: int, *moving: Layer) -> Project:
    """Return a table of weights by how far two of six places are apart."""
    last = moving[-1].name if moving else "apart"
    return net(
        linear("fc1", 6),
        op("places", "torch.arange", {}, end=6),
        op("down", "Tensor.unsqueeze", "places", dim=1),
        op("along", "Tensor.unsqueeze", "places", dim=0),
        op("apart", "op.sub", two("down", "along")),
        *moving,
        nn("table", "Embedding", last, num_embeddings=count, embedding_dim=1),
        op("weights", "Tensor.squeeze", dim=-1),
        op("mixed", "op.matmul", two("fc1", "weights")),
        linear("fc2", 4),
        x=nets.TABLE,
        classes=4,
    )


CASES = [
    Broken("distances-below-the-first-row", "embedding-range", "table", ("11 rows", "row -5"),
           "Add 5 to input", relative(11)),
    Broken("distances-past-the-last-row", "index-past-the-end", "table", ("0 to 5", "0 to 10"),
           "Set num_embeddings to 11", relative(6, op("from0", "op.add", "apart", other=5))),
    Broken("places-back-to-front", "index-past-the-end", "table", ("0 to 4", "0 to 5"),
           "Set num_embeddings to 6",
           net(linear("fc1", 6), op("places", "torch.arange", {}, end=6),
               op("behind", "torch.flip", dims=(0,)),
               nn("table", "Embedding", num_embeddings=5, embedding_dim=6),
               op("mixed", "op.matmul", two("fc1", "table")), linear("fc2", 4),
               x=nets.TABLE, classes=4)),
]  # fmt: skip
