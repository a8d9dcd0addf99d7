"""Networks in which torch stops behind the fault, at a loss, an operator or a mask."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    adding,
    between,
    lacking,
    linear,
    net,
    nn,
    op,
    relu,
    saying,
    several,
    shared,
    two,
    wired,
)

HALVES = op("cut", "torch.chunk", chunks=2)
LONG = op("whole", "Tensor.long")
FIRST = (linear("fc", 16), relu("act"))
ANSWERS = net(
    *FIRST, linear("head", 4), x=nets.TABLE, y=(B, 3),
    loss=nn("loss", "BCEWithLogitsLoss", pos_weight=(1.0, 2.0, 3.0)),
)  # fmt: skip


def mixture(**stack: Any) -> Project:
    """Return a mixture of three experts, each weighted by its gate."""
    experts = [linear(name, 8, at="x") for name in ("one", "two", "three")]
    return net(
        *experts, op("stack", "torch.stack", several("one", "two", "three"), **stack),
        linear("gate", 3, at="x"), op("share", "F.softmax", dim=-1),
        op("each", "Tensor.unsqueeze", dim=-1), op("mixed", "op.mul", two("each", "stack")),
        op("sum", "torch.sum", dim=1), linear("head", 4), x=nets.TABLE, classes=4,
    )  # fmt: skip


def gated(cut: Layer) -> Project:
    """Return a network one half of whose features gates the other."""
    return net(
        linear("both", 16), cut,
        nn("gate", "Sigmoid", {"input": "cut.chunks[1]"}),
        op("gated", "op.mul", {"input": "cut.chunks[0]", "other": "gate"}),
        linear("head", 4), x=nets.TABLE, classes=4,
    )  # fmt: skip


def attending(turned: bool = True, **cut: Any) -> Project:
    """Return attention of two heads over texts, with queries, keys and values from one layer."""
    turn = ("Tensor.transpose", {"dim0": 1, "dim1": 2})
    layers = [nn("table", "Embedding", num_embeddings=50, embedding_dim=12), linear("all", 36)]
    layers.append(op("cut", "torch.chunk", chunks=3, **{"dim": -1, **cut}))
    for place, name in enumerate("qkv"):
        heads = op(f"{name}_heads", "Tensor.view", f"cut.chunks[{place}]", args=(B, 9, 2, 6))
        layers += [heads, *([op(name, turn[0], **turn[1])] if turned else ())]
    q, k, v = "qkv" if turned else ("q_heads", "k_heads", "v_heads")
    layers += [
        op("keys", "Tensor.transpose", k, dim0=-2, dim1=-1),
        op("scores", "op.matmul", two(q, "keys")), op("scaled", "op.truediv", other=6**0.5),
        op("ones", "torch.ones", {}, size=(9, 9)), op("low", "torch.tril"),
        op("later", "op.eq", other=0),
        op("masked", "Tensor.masked_fill", {"input": "scaled", "mask": "later"}, value=-1e9),
        op("weights", "F.softmax", dim=-1), op("mixed", "op.matmul", two("weights", v)),
        op("back", "Tensor.transpose", dim0=1, dim1=2),
        op("joined", "Tensor.reshape", args=(B, 9, 12)), op("mean", "torch.mean", dim=1),
        linear("head", 3),
    ]  # fmt: skip
    return net(*layers, x=nets.WORDS, tokens=50, classes=3)


def nearest(**distance: Any) -> Project:
    """Return an autoencoder that goes by way of the nearest of 32 rows of a codebook."""
    found = net(
        *FIRST, linear("code", 8), op("rows", "torch.arange", {}, end=32),
        nn("book", "Embedding", num_embeddings=32, embedding_dim=8),
        op("mine", "Tensor.unsqueeze", "code", dim=1), op("apart", "op.sub", two("mine", "book")),
        op("square", "op.pow", other=2), op("sum", "torch.sum", **{"dim": 2, **distance}),
        op("best", "torch.argmin", dim=1),
        op("row", "F.embedding", {"input": "best", "weight": "book"}),
        op("step", "op.sub", two("row", "code")), op("still", "Tensor.detach"),
        op("through", "op.add", two("code", "still")), linear("back", 13),
        x=nets.TABLE, y=(B, 13), loss="MSELoss",
    )  # fmt: skip
    near = nn("near", "MSELoss", {"input": "row", "target": "code"})
    return wired(adding(found, near), **{"adam__losses[1]": "near"})


CASES = [
    # --- numbers made whole ----------------------------------------------------------------------
    Broken("scores-made-whole", "made-whole", "whole", ("float32 into int64", "B×4 int64"),
           "Switch “whole” off", between(nets.mlp(), "out.input", LONG)),
    Broken("features-made-whole", "made-whole", "whole", ("float32 into int64", "B×32 int64"),
           "Switch “whole” off", between(nets.mlp(), "fc2.input", LONG)),
    Broken("answers-made-true-and-false", "made-whole", "whole", ("float32 into bool", "B×1 bool"),
           "Switch “whole” off", between(nets.yes_or_no(), "out.input",
                                         op("whole", "Tensor.to", dtype=Name("bool"))),
           beside=("target-range",)),
    # --- as many weights as classes --------------------------------------------------------------
    Broken("weights-for-the-answers-asked", "class-weights", "head",
           ("out_features", "B×4", "3 numbers"), "Set out_features of “head” to 3", ANSWERS,
           beside=("target-range",)),
    Broken("weights-for-the-classes-there-are", "class-weights", "fc3",
           ("B×6", "4 numbers", "4 classes"), "Set out_features of “fc3” to 4",
           saying(saying(nets.mlp(), "loss", weight=(1.0, 2.0, 1.0, 1.0)), "fc3", out_features=6)),
    # --- samples that one of two sides has lost --------------------------------------------------
    Broken("experts-stacked-in-front", "batch-lost", "stack",
           ("3 tensors B×8", "3×B×8", "B×3×1", "its dim is not said"), "Set dim to 1", mixture()),
    Broken("distances-summed-over-samples", "batch-lost", "sum", ("B×32×8", "32×8", "B×8"),
           "Set dim to 1", nearest(dim=0)),
    Broken("nearest-of-samples", "batch-lost", "best", ("B×32", "32×8", "B×8"),
           "Set dim to 1", saying(nearest(), "best", dim=0)),
    Broken("maps-joined-as-samples", "batch-lost", "cat2", ("B×16×8×8", "2*B×", "B×8×16×16"),
           "Set dim to 1", saying(nets.unet(), "cat2", dim=0)),
    Broken("steps-before-samples-for-a-convolution", "batch-axis", "turn",
           ("B×7×5", "7×B×5", "needs the samples first"), "Set dim0 to 1 and dim1 to 2",
           net(op("turn", "Tensor.transpose", dim0=0, dim1=1),
               nn("conv", "Conv1d", in_channels=5, out_channels=8, kernel_size=3),
               op("mean", "torch.mean", dim=2), linear("fc", 4), x=nets.SERIES, classes=4)),
    # --- samples cut into parts ------------------------------------------------------------------
    Broken("queries-of-some-samples", "batch-cut", "cut", ("B×9×36", "3×9×36", "axis 0"),
           "Set dim to -1", saying(attending(dim=0), "data", samples=30)),
    Broken("queries-of-too-few-samples", "batch-cut", "cut", ("B×9×36", "2 samples", "3 parts"),
           "Set dim to -1", attending(dim=0)),
    Broken("halves-of-eight-samples", "batch-cut", "cut", ("B×16", "6 samples", "2 parts"),
           "Set dim to 1",
           gated(op("cut", "torch.split", {"tensor": "both"}, split_size_or_sections=8))),
    Broken("gate-of-half-the-samples", "batch-cut", "cut",
           ("B×16", "its dim is not said", "samples"), "Set dim to 1", gated(HALVES)),
    Broken("half-of-the-samples-scored", "batch-cut", "cut", ("B×16", "3×4", "3 of 6 samples"),
           "Set dim to 1",
           net(linear("both", 16), HALVES,
               linear("head", 4, "cut.chunks[0]"), x=nets.TABLE, classes=4)),
    Broken("half-of-the-samples-into-a-layer", "batch-cut", "cut",
           ("B×16", "3×16", "3 of 6 samples"),
           "Set dim to 1",
           net(linear("both", 16), HALVES,
               linear("head", 4, "cut.chunks[0]", in_features=8), x=nets.TABLE, classes=4)),
    # --- heads behind the places -----------------------------------------------------------------
    Broken("heads-behind-the-places", "heads-not-moved", "scores",
           ("B×9×2×6", "2 heads", "9 places", "9×9", "B×2×9×6"),
           "Turn 2 heads before the 9 steps in queries, keys and values of “scores”",
           attending(turned=False)),
    Broken("heads-behind-the-places-of-a-mask", "heads-not-moved", "mix",
           ("B×9×2×6", "2 heads", "9 places", "9×9", "B×2×9×6"),
           "Put the heads before the places, and back behind attention",
           net(nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
               op("heads", "Tensor.view", args=(B, 9, 2, 6)),
               op("ones", "torch.ones", {}, size=(9, 9)), op("low", "torch.tril"),
               op("mix", "F.scaled_dot_product_attention",
                  {"attn_mask": "low", **shared("heads", "query", "key", "value")}),
               op("joined", "Tensor.reshape", args=(B, 9, 12)), op("mean", "torch.mean", dim=1),
               linear("head", 3), x=nets.WORDS, tokens=50, classes=3)),
    # --- an axis in another place ----------------------------------------------------------------
    Broken("experts-stacked-behind", "other-dim", "stack", ("dim", "B×8×3", "B×3×1", "B×3×8"),
           "Set dim to 1", mixture(dim=2)),
    Broken("gates-of-samples-in-front", "other-dim", "each", ("1×B×3", "B×3×8", "B×3×1"),
           "Set dim to 2", saying(mixture(dim=1), "each", dim=0)),
    Broken("codes-beside-samples", "other-dim", "mine", ("1×B×8", "32×8", "B×1×8"),
           "Set dim to 1", saying(nearest(), "mine", dim=0)),
    Broken("spread-without-its-axis", "other-dim", "std", ("keepdim", "B×13 leads to B", "B×1"),
           "Set keepdim to True",
           net(op("std", "torch.std", dim=1), op("even", "op.truediv", two("x", "std")),
               linear("fc", 4), x=nets.TABLE, classes=4)),
    Broken("places-masked-along-features", "other-dim", "mask", ("B×1×9", "B×9×12", "B×9×1"),
           "Set dim to -1",
           net(nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
               op("words", "op.ne", "x", other=0), op("mask", "Tensor.unsqueeze", dim=-2),
               op("kept", "op.mul", two("table", "mask")), op("mean", "torch.mean", dim=1),
               linear("fc", 2), x=nets.WORDS, tokens=50, classes=2)),
    # --- one cause for several -------------------------------------------------------------------
    Broken("distances-not-summed", "shapes-do-not-broadcast", "step", ("B×8×8", "B×8"), "",
           lacking(nearest(), "sum")),
    Broken("views-of-all-that-was-to-be-cut", "reshape-size", "q_heads", ("B×9×2×6", "B×9×36"),
           "Set out_features of “all” to 12", lacking(attending(), "cut")),
    # --- an axis that a squeeze leaves -----------------------------------------------------------
    Broken("squeeze-of-five-numbers", "head-width", "fc2", ("5", "B×5", "target B"),
           "Set out_features of “fc2” to 1",
           net(*FIRST, linear("fc2", 5), op("row", "Tensor.squeeze", dim=1), x=nets.TABLE,
               loss="MSELoss")),
]  # fmt: skip
