"""Broken graphs whose samples are joined, summed up or moved, and steps left before a loss."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, conv, flat, linear, net, nn, op, relu, several


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


def decoded(up: Layer) -> Project:
    """Return an autoencoder of small images whose decoder gets rows."""
    given = nn("loss", "MSELoss", {"input": "out", "target": "data.x"})
    return net(flat(), linear("code", 32), relu("act"), linear("row", 8 * 7 * 7), up,
               x=(B, 1, 28, 28), loss=given)  # fmt: skip


def states(layers: int) -> Project:
    """Return a classifier of the last states of a recurrent layer in both directions."""
    rnn = nn("rnn", "GRU", hidden_size=8, num_layers=layers, batch_first=True, bidirectional=True)
    return net(rnn, linear("fc", 2, "rnn.h_n"), x=(B, 9, 5), classes=2)


def steps(width: int, loss: str) -> Project:
    """Return a forecast of every step, where there is one row of target for each sample."""
    rnn = nn("rnn", "GRU", hidden_size=8, batch_first=True)
    return net(rnn, linear("fc", width, "rnn.output"), x=(B, 9, 5), y=(B, width), loss=loss)


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
    # --- what would cut off a part of the network ------------------------------------------------
    Broken("row-into-a-decoder", "wrong-number-of-axes", "up", ("2 axes", "B×392"),
           "Lay each row out as 8×7×7",
           decoded(nn("up", "ConvTranspose2d", out_channels=1, kernel_size=4, stride=4))),
    Broken("row-into-a-decoder-of-channels", "wrong-number-of-axes", "up", ("2 axes", "B×392"),
           "Lay each row out as 8×7×7",
           decoded(nn("up", "ConvTranspose2d", in_channels=8, out_channels=1, kernel_size=4,
                      stride=4))),
    Broken("both-directions-into-linear", "steps-left", "fc", ("2×B×8", "both directions", "2×B×2"),
           "Put both directions side by side before “fc”", states(1)),
    Broken("both-directions-of-two-layers", "steps-left", "fc", ("4×B×8", "both directions"),
           "Put both directions of the last layer side by side before “fc”", states(2)),
    Broken("words-into-linear", "steps-left", "first", ("B×9×12", "all 9 steps", "B×9×2"),
           "Take the mean over the 9 steps before “first”",
           net(nn("table", "Embedding", num_embeddings=50, embedding_dim=12), linear("first", 16),
               linear("fc", 2), x=(B, 9), tokens=50, classes=2), beside=("linear-after-linear",)),
    # --- all steps into a loss that compares number by number ----------------------------------
    Broken("steps-into-mse", "steps-left", "fc", ("B×9×8", "all 9 steps", "B×9×1", "B×1"),
           "Take the last step before “fc”", steps(1, "MSELoss")),
    Broken("steps-into-mse-of-two", "steps-left", "fc", ("B×9×8", "B×9×2", "B×2"),
           "Take the last step before “fc”", steps(2, "MSELoss")),
    Broken("steps-into-bce", "steps-left", "fc", ("B×9×8", "B×9×1", "B×1", "one row"),
           "Take the mean over the 9 steps before “fc”", steps(1, "BCEWithLogitsLoss"),
           beside=("target-range",)),
    # --- one output that several nodes refuse ------------------------------------------------
    Broken("two-layers-of-doubles", "dtype", "a", ("float64", "float32", "B×5"),
           "Convert input to float32, for “b” too",
           branches(op("join", "torch.cat", JOINED, dim=1), x_dtype="float64")),
    Broken("two-layers-of-channels-last", "conv-in-channels", "a", ("is 3", "32", "B×32×32×3"),
           "Move the channels from the last axis to the second, for “b” too",
           net(conv("a", 8, 1, "x", in_channels=3), conv("b", 8, 3, "x", in_channels=3),
               op("join", "torch.cat", JOINED, dim=1), flat(), linear("fc", 3),
               x=(B, 32, 32, 3), classes=3)),
]  # fmt: skip
