"""Faults of which torch blames the loss, or another node behind the one that is the fault."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Name, Project, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    adding,
    between,
    conv,
    flat,
    linear,
    net,
    nn,
    op,
    relu,
    several,
    two,
    wired,
)

FIRST = (linear("fc1", 16), relu("relu"))
SUM = op("sum", "torch.sum", dim=1)
HALF = op("half", "op.getitem", index=Slice(None, Expr("B//2")))
ONE = op("one", "op.getitem", index=0)
LESS = op("less", "op.sub", other=1)


def scores(*layers: Layer, **options: Any) -> Project:
    """Return a network of four classes on a table, with more layers behind its scores."""
    return net(*FIRST, linear("head", 4), *layers, x=nets.TABLE, **{"classes": 4, **options})


def tokens(*layers: Layer) -> Project:
    """Return a network of four classes on words, by the mean over their places."""
    return net(
        nn("embed", "Embedding", num_embeddings=50, embedding_dim=8), *layers,
        op("mean", "torch.mean", dim=1), linear("head", 4), x=(B, 12), tokens=50, classes=4,
    )  # fmt: skip


def each(loss: str, reduction: Layer, **options: Any) -> Project:
    """Return a regression of four numbers whose errors are brought to one by hand."""
    made = scores(classes=None, y=(B, 4), loss=nn("loss", loss, reduction="none"), **options)
    return between(made, "adam.losses[0]", reduction)


def towards(made: Layer, **options: Any) -> Project:
    """Return a network that is trained towards what another node makes."""
    return wired(adding(scores(**options), made), loss__target=made.name)


def yes(made: Layer) -> Project:
    """Return a network with one score that is trained towards what another node makes."""
    loss = {"loss": "BCEWithLogitsLoss", "y": (B, 1)}
    before = net(*FIRST, linear("head", 1), x=nets.TABLE, **loss)
    return wired(adding(before, made), loss__target=made.name)


CASES = [
    # --- axes ----------------------------------------------------------------------------------
    Broken("scores-summed-for-classes", "axis-lost", "sum", ("B of B×4", "axis 1"),
           "Switch “sum” off", scores(SUM)),
    Broken("scores-summed-for-pairs", "axis-lost", "sum", ("B of B×4", "axis 1"),
           "Switch “sum” off", scores(SUM, classes=None, y=(B, 4), loss="MSELoss")),
    Broken("scores-summed-for-yes", "axis-lost", "sum", ("B of B×4", "axis 1"),
           "Switch “sum” off", scores(SUM, classes=None, y=(B, 4), loss="BCEWithLogitsLoss"),
           beside=("target-range",)),
    Broken("features-summed", "axis-lost", "sum", ("B of B×16", "axis 1"), "Switch “sum” off",
           net(*FIRST, SUM, linear("head", 4), x=nets.TABLE, classes=4)),
    Broken("mean-over-features", "axis-lost", "mean", ("B×12 of B×12×8", "B×8", "axis 2"),
           "Set dim to 1",
           net(linear("embed", 8), op("mean", "torch.mean", dim=2),
               linear("head", 4, in_features=8), x=(B, 12, 5), classes=4)),
    Broken("pixels-flattened", "axis-lost", "flat", ("B×1280 of B×5×16×16", "B×16×16"),
           "Switch “flat” off",
           net(conv("conv", 8), relu("relu"), conv("each", 5, 1), flat(), x=nets.RGB,
               y=(B, 16, 16), classes=5)),
    Broken("errors-summed-by-sample", "loss-not-scalar", "sum", ("axis 1 of B×4", "gets B"),
           "Let “sum” go over all axes", each("MSELoss", SUM)),
    Broken("mean-error-by-sample", "loss-not-scalar", "mean", ("axis -1 of B×4", "gets B"),
           "Take the mean of it", each("L1Loss", op("mean", "torch.mean", dim=-1))),
    # --- samples -------------------------------------------------------------------------------
    Broken("one-text-of-the-batch", "picks-a-sample", "one", ("[0] of B×12×8", "B has"),
           "Switch “one” off", tokens(ONE)),
    Broken("one-image-of-the-batch", "picks-a-sample", "one", ("[0] of B×3×16×16", "8×4"),
           "Switch “one” off",
           net(ONE, conv("conv", 8), flat(), linear("head", 4), x=nets.RGB, classes=4)),
    Broken("one-sample-of-steps-first", "picks-a-sample", "last", ("[:, -1] of 7×B×16", "7×4"),
           "Set index of “last” to -1",
           net(op("turn", "Tensor.transpose", dim0=0, dim1=1), nn("rnn", "GRU", hidden_size=16),
               op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1)), linear("head", 4),
               x=nets.SERIES, classes=4)),
    Broken("half-of-the-batch", "part-of-batch", "half", ("[:B//2] of B×4", "3 samples of 6"),
           "Take the same part of target", scores(HALF)),
    Broken("half-added-to-all", "part-of-batch", "half", ("[:B//2] of B×16", "3 samples of 6"),
           "Switch “half” off",
           net(*FIRST, HALF, op("add", "op.add", two("half", "relu")), linear("head", 4),
               x=nets.TABLE, classes=4)),
    Broken("half-beside-all", "part-of-batch", "half", ("[:B//2] of B×16", "3 samples of 6"),
           "Switch “half” off",
           net(*FIRST, HALF, op("cat", "torch.cat", several("half", "relu"), dim=1),
               linear("head", 4), x=nets.TABLE, classes=4)),
    # --- what a target is made as --------------------------------------------------------------
    Broken("pairs-counted-to-16", "made-target", "made", ("end is 16", "B×B", "has to be B."),
           "Set end of “made” to B",
           wired(adding(net(*FIRST, linear("one", 8), linear("other", 8, at="relu"),
                            op("turn", "Tensor.transpose", dim0=0, dim1=1),
                            op("alike", "op.matmul", two("one", "turn")), x=nets.TABLE),
                        op("made", "torch.arange", {}, end=16)), loss__target="made")),
    Broken("ones-without-an-axis", "made-target", "made", ("(B,)", "B×1"),
           "Set size of “made” to (B, 1)", yes(op("made", "torch.ones", {}, size=(Expr("B"),)))),
    Broken("zeros-for-16-samples", "made-target", "made", ("16×1", "B×1"),
           "Set size of “made” to (B, 1)", yes(op("made", "torch.zeros", {}, size=(16, 1)))),
    Broken("ones-of-whole-numbers", "made-target", "made", ("int64", "float32", "B×1"),
           "Set dtype of “made” to float32",
           yes(op("made", "torch.ones", {}, size=(Expr("B"), 1), dtype=Name("int64")))),
    # --- labels --------------------------------------------------------------------------------
    Broken("labels-from-minus-one", "labels-out-of-range", "less", ("-1 to 2", "0 to 3"),
           "Switch “less” off", between(scores(), "loss.target", LESS)),
    Broken("labels-counted-to-the-batch", "labels-out-of-range", "loss", ("“made”", "0 to 5"),
           "",
           towards(op("made", "torch.arange", {}, end=Expr("B")), classes=None)),
    Broken("tokens-from-minus-one", "embedding-range", "less", ("row -1", "0 to 49"),
           "Switch “less” off",
           net(LESS, nn("embed", "Embedding", num_embeddings=50, embedding_dim=8),
               op("mean", "torch.mean", dim=1), linear("head", 4), x=(B, 12), tokens=50,
               classes=4)),
]  # fmt: skip
