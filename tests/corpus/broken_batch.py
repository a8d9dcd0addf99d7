"""Broken graphs whose samples are joined, summed up or moved, and steps left before a loss."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, conv, flat, linear, net, nn, op, several


def branches(join: Layer, width: int = 3, **changes: Any) -> Project:
    """Return two layers of the same rows, joined by this."""
    said = {"x": (B, 5), "classes": 3, **changes}
    return net(linear("a", 8, "x"), linear("b", 8, "x"), join, linear("fc", width), **said)


def words(pool: Layer) -> Project:
    """Return a classifier of bags of words, summed up by this."""
    table = nn("table", "Embedding", num_embeddings=50, embedding_dim=12)
    return net(table, pool, linear("fc", 2), x=(B, 9), tokens=50, classes=2)


def turned(turn: Layer, **fc: Any) -> Project:
    return net(turn, linear("fc", 2, **fc), x=(B, 5), classes=2)


JOINED = several("a", "b")
MAPS = net(conv("a", 8, 1, "x"), conv("b", 8, 3, "x"), op("join", "torch.cat", JOINED), flat(),
           linear("fc", 3), x=nets.RGB, classes=3)  # fmt: skip
NUMBERS: dict[str, Any] = {"classes": None, "y": (B, 1), "loss": "MSELoss"}
CASES = [
    Broken("cat-of-samples", "batch-axis", "join", ("2 tensors", "B×8", "2*B×8", "2*B×3"),
           "Set dim to 1", branches(op("join", "torch.cat", JOINED))),
    Broken("cat-of-samples-before-mse", "batch-axis", "join", ("B×8", "2*B×1", "B×1"),
           "Set dim to 1", branches(op("join", "torch.cat", JOINED), 1, **NUMBERS)),
    Broken("cat-of-samples-in-length", "batch-axis", "join", ("B×8", "2*B×3"),
           "Set dim to 1, and let in_features of “fc” follow",
           net(linear("a", 8, "x"), linear("b", 8, "x"), op("join", "torch.cat", JOINED),
               linear("fc", 3, in_features=8), x=(B, 5), classes=3)),
    Broken("cat-of-maps", "batch-axis", "join", ("2*B×8", "2*B×3"), "Set dim to 1", MAPS),
    Broken("stack-of-samples", "batch-axis", "join", ("2 tensors", "B×8", "2×B×8", "2×B×3"),
           "Set dim to 1, and flatten what comes of it",
           branches(op("join", "torch.stack", JOINED))),
    Broken("mean-over-samples", "batch-axis", "mean", ("axis 0", "B×9×12", "9×12", "9×2"),
           "Set dim to 1", words(op("mean", "torch.mean", dim=0))),
    Broken("mean-over-all", "batch-axis", "mean", ("all axes", "B×9×12", "one number"),
           "Set dim to 1", words(op("mean", "torch.mean"))),
    Broken("max-over-samples", "batch-axis", "max", ("axis 0", "B×9×8", "9×2"), "Set dim to 1",
           net(nn("rnn", "GRU", hidden_size=8, batch_first=True),
               op("max", "torch.amax", "rnn.output", dim=0), linear("fc", 2),
               x=(B, 9, 5), classes=2)),
    Broken("batch-turned-away", "batch-axis", "turn", ("B×5", "5×B"), "Switch “turn” off",
           turned(op("turn", "Tensor.transpose", dim0=0, dim1=1))),
    Broken("batch-permuted-away", "batch-axis", "turn", ("B×5", "5×B"), "Switch “turn” off",
           turned(op("turn", "Tensor.permute", args=(1, 0)), in_features=5)),
    Broken("sum-over-samples", "batch-summed", "sum", ("axis 0", "B×8", "1 with", "B×1"),
           "Switch “sum” off",
           net(linear("a", 8), op("sum", "torch.sum", dim=0), linear("fc", 1), x=(B, 5),
               y=(B, 1), loss="MSELoss"), severity="warning"),
]  # fmt: skip
