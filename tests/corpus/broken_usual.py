"""Mistakes that are made again and again: tokens and places, masks, heads, losses, axes."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Hole, Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    between,
    conv,
    flat,
    linear,
    net,
    nn,
    op,
    relu,
    several,
    shared,
    two,
)

T = Expr("T")
STEPS = (B, 12, 5)
CURVES = (B, 3, 14)
SWAPPED = {"input": "data.y", "target": "out"}
HOLE = Hole()


def patches(*more: Layer, token: bool = True) -> Project:
    """Return 16 patches of an image, behind a class token that is there for each sample."""
    head = (
        op("token", "param.tensor", shape=(1, 1, 12)),
        op("each", "Tensor.expand", "token", args=(B, 1, 12)),
        op("join", "torch.cat", several("each", "turn"), dim=1),
    )  # fmt: skip
    layers = (
        nn("patches", "Conv2d", out_channels=12, kernel_size=4, stride=4),
        nn("rows", "Flatten", start_dim=2), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        *(head if token else ()), *more,
        op("first", "op.getitem", index=(nets.EVERY, 0)), linear("fc", 10),
    )  # fmt: skip
    return net(*layers, x=nets.RGB, classes=10)


def placed(*shape: Any, left: str = "join", right: str = "places") -> Project:
    """Return these with places of a shape of its own added."""
    made = op("places", "param.tensor", shape=shape, init="normal")
    return patches(made, op("add", "op.add", two(left, right)))


def tokened(*made: Layer, port: str = "token") -> Project:
    """Return a class token that is joined with the patches as it is."""
    return patches(*made, op("join", "torch.cat", several(port, "turn"), dim=1), token=False)


def masked(layer: Layer, output: str = "", **options: Any) -> Project:
    """Return attention behind a causal mask of 16 steps."""
    return net(
        linear("embed", 12), op("ones", "torch.ones", {}, size=(16, 16)),
        op("later", "torch.triu", diagonal=1), op("mask", "Tensor.bool"), layer,
        op("mean", "torch.mean", output or layer.name, dim=1), linear("fc", 4),
        **{"x": STEPS, "classes": 4, **options},
    )  # fmt: skip


def curves(*layers: Layer, mean: str = "", dim: int = 1) -> Project:
    """Return a layer for sequences straight behind a convolution along time, which gives B×8×12."""
    return net(
        nn("conv", "Conv1d", out_channels=8, kernel_size=3), *layers,
        op("mean", "torch.mean", mean, dim=dim), linear("fc", 4), x=CURVES, classes=4,
    )  # fmt: skip


def scored(width: int, *more: Layer, **options: Any) -> Project:
    """Return a network of a table with so many numbers at its end."""
    layers = (linear("fc1", 16), relu("act1"), linear("score", width), *more)
    return net(*layers, **{"x": nets.TABLE, **options})


def summed(equation: str, *shape: int, x: Any = nets.TABLE, first: int = 1) -> Project:
    """Return a table, or a sequence, whose rows of 16 an einsum multiplies with a parameter."""
    feeds = {f"args[{first}]": "fc1", f"args[{first + 1}]": "table"}
    end = (op("mean", "torch.mean", dim=1),) if len(x) == 3 else ()
    return net(
        linear("fc1", 16), op("table", "param.tensor", shape=shape, init="normal"),
        op("sum", "torch.einsum", feeds, args=(equation, HOLE, HOLE) if first else (equation,)),
        *end, x=x, classes=4,
    )  # fmt: skip


def viewed(*args: Any, width: int | None = None, x: Any = (B, 1, 8, 8), **options: Any) -> Project:
    """Return a network that lays an image out in rows by a view."""
    more = {} if width is None else {"in_features": width}
    layers = (op("rows", "Tensor.view", args=args), linear("fc1", 16, **more), relu("act1"))
    return net(*layers, linear("fc2", 4), **{"x": x, "classes": 4, **options})


CASES = [
    # --- places and tokens ---------------------------------------------------------------------
    Broken("places-without-the-token", "made-size", "places", ("1×16×12", "B×17×12", "1 and 16"),
           "Set shape of “places” to (1, 17, 12)", placed(1, 16, 12)),
    Broken("places-of-another-model", "made-size", "places", ("1×17×32", "B×17×12", "12", "32"),
           "Set shape of “places” to (1, 17, 12)", placed(1, 17, 32)),
    Broken("places-stand-first", "made-size", "places", ("65×12", "17"),
           "Set shape of “places” to (17, 12)", placed(65, 12, left="places", right="join")),
    Broken("places-of-another-range", "made-size", "numbers", ("20", "B×17×12", "17"),
           "Set end of “numbers” to 17",
           patches(op("numbers", "torch.arange", {}, end=20),
                   nn("places", "Embedding", num_embeddings=64, embedding_dim=12),
                   op("add", "op.add", two("join", "places")))),
    Broken("more-places-than-rows", "embedding-range", "places", ("16 rows", "0 to 15", "up to 16"),
           "Set num_embeddings to 17",
           patches(op("numbers", "torch.arange", {}, end=17), op("row", "Tensor.unsqueeze", dim=0),
                   nn("places", "Embedding", num_embeddings=16, embedding_dim=12),
                   op("add", "op.add", two("join", "places")))),
    Broken("token-for-all-samples", "token-not-for-each-sample", "token",
           ("1×1×12", "B×16×12", "one for all samples"),
           "Expand “token” over the batch before “join”",
           tokened(op("token", "param.tensor", shape=(1, 1, 12)))),
    Broken("token-without-a-batch", "token-not-for-each-sample", "token", ("1×12", "B×16×12"),
           "Expand “token” over the batch before “join”",
           tokened(op("token", "param.tensor", shape=(1, 12)))),
    Broken("token-for-32-samples", "token-not-for-each-sample", "each", ("32×1×12", "B×16×12"),
           "Set args of “each” to (B, 1, 12)",
           tokened(op("token", "param.tensor", shape=(1, 1, 12)),
                   op("each", "Tensor.expand", "token", args=(32, 1, 12)), port="each")),
    # --- masks ---------------------------------------------------------------------------------
    Broken("mask-of-another-length", "mask-size", "ones", ("16×16", "12×12", "attn_mask"),
           "Set size of “ones” to (12, 12)",
           masked(nn("attend", "MultiheadAttention", {**shared("embed", "query", "key", "value"),
                                                      "attn_mask": "mask"},
                     num_heads=3, batch_first=True), "attend.attn_output")),
    Broken("mask-of-an-encoder", "mask-size", "ones", ("16×16", "T×T", "src_mask"),
           "Set size of “ones” to (T, T)",
           masked(nn("mix", "TransformerEncoderLayer", {"src": "embed", "src_mask": "mask"},
                     d_model=12, nhead=3, dim_feedforward=16, dropout=0.0, batch_first=True),
                  x=(B, T, 5))),
    Broken("mask-of-a-function", "mask-size", "ones", ("16×16", "12×12", "12 queries", "12 keys"),
           "Set size of “ones” to (12, 12)",
           masked(op("attend", "F.scaled_dot_product_attention",
                     {**shared("embed", "query", "key", "value"), "attn_mask": "mask"}))),
    Broken("mask-of-paddings", "mask-size", "none", ("B×16", "B×12", "12 keys"),
           "Set size of “none” to (B, 12)",
           net(linear("embed", 12), op("none", "torch.zeros", {}, size=(B, 16)),
               op("mask", "Tensor.bool"),
               nn("mix", "TransformerEncoderLayer",
                  {"src": "embed", "src_key_padding_mask": "mask"}, d_model=12, nhead=3,
                  dim_feedforward=16, dropout=0.0, batch_first=True),
               op("mean", "torch.mean", dim=1), linear("fc", 4), x=STEPS, classes=4)),
    Broken("mask-by-hand", "made-size", "ones", ("16×16", "B×7×7"),
           "Set size of “ones” to (7, 7)",
           between(net(
               linear("q", 8, "x"), linear("k", 8, "x"), linear("v", 8, "x"),
               op("turn", "Tensor.transpose", "k", dim0=1, dim1=2),
               op("scores", "op.matmul", two("q", "turn")),
               op("ones", "torch.ones", {}, size=(16, 16)), op("later", "torch.triu", diagonal=1),
               op("mask", "Tensor.bool"),
               op("hide", "Tensor.masked_fill", {"input": "scores", "mask": "mask"}, value=-1e9),
               op("mixed", "op.matmul", two("hide", "v")), op("mean", "torch.mean", dim=1),
               linear("fc", 4), x=nets.SERIES, classes=4), "mixed.input", nn("soft", "Softmax",
                                                                          dim=-1))),
    # --- heads ---------------------------------------------------------------------------------
    Broken("two-scores-for-one-answer", "head-width", "score", ("is 2", "B×2", "target B.", "be 1"),
           "Set out_features of “score” to 1 and drop the last axis of input",
           scored(2, y=(B,), loss="BCEWithLogitsLoss")),
    Broken("two-scores-for-whole-numbers", "head-width", "score", ("is 2", "B×2", "target B.",
                                                                   "2 scores"),
           "Use CrossEntropyLoss instead",
           scored(2, classes=2, loss="BCEWithLogitsLoss"), changes=("loss",)),
    Broken("two-scores-for-a-column", "head-width", "score", ("is 2", "B×1", "be 1"),
           "Set out_features of “score” to 1 and convert target to float32",
           scored(2, y=(B, 1), classes=2, loss="BCEWithLogitsLoss")),
    Broken("three-prices-for-one", "head-width", "score", ("is 3", "B×3", "target B."),
           "Set out_features of “score” to 1 and add an axis of size 1 to target",
           scored(3, y=(B,), loss="MSELoss")),
    # --- swapped -------------------------------------------------------------------------------
    Broken("labels-before-scores", "swapped-target", "loss", ("B int64", "B×4 float32", "swapped"),
           "Swap input and target",
           scored(4, classes=4, loss=nn("loss", "CrossEntropyLoss", SWAPPED))),
    Broken("labels-before-logs", "swapped-target", "loss", ("B int64", "B×4 float32"),
           "Swap input and target",
           scored(4, nn("log", "LogSoftmax", dim=1), classes=4,
                  loss=nn("loss", "NLLLoss", SWAPPED))),
    Broken("prices-before-what-is-guessed", "swapped-target", "loss", ("B float32", "B×5 float32"),
           "Swap input and target, and set out_features of “score” to 1 and drop the last axis of "
           "input", scored(5, y=(B,), loss=nn("loss", "MSELoss", SWAPPED))),
    Broken("answers-before-scores", "swapped-target", "loss", ("B×1 int64", "B×1 float32"),
           "Swap input and target, and convert target to float32",
           scored(1, y=(B, 1), classes=2, loss=nn("loss", "BCEWithLogitsLoss", SWAPPED))),
    Broken("words-before-scores", "swapped-target", "loss", ("B×9 int64", "B×5×9 float32"),
           "Swap input and target",
           nets.tagger(loss=nn("loss", "CrossEntropyLoss", SWAPPED))),
    # --- one place, one choice -----------------------------------------------------------------
    Broken("instance-norm-behind-the-mean", "instance-of-one", "norm", ("1×1", "B×8×1×1", "mean"),
           "Use GroupNorm with one group instead",
           net(conv("conv", 8), nn("mean", "AdaptiveAvgPool2d", output_size=1),
               nn("norm", "InstanceNorm2d"), relu("act"), flat(), linear("fc", 10),
               x=nets.RGB, classes=10)),
    Broken("instance-norm-of-one-step", "instance-of-one", "norm", ("B×8×1", "Conv1d"),
           "Switch “norm” off",
           net(nn("conv", "Conv1d", out_channels=8, kernel_size=14, bias=False),
               nn("norm", "InstanceNorm1d", num_features=8, affine=True), relu("act"), flat(),
               linear("fc", 4), x=CURVES, classes=4)),
    Broken("choice-before-cross-entropy", "choice-into-loss", "best", ("B×4", "gets B"),
           "Take “loss” from before “best”",
           scored(4, op("best", "torch.argmax", dim=1), classes=4), leads=("loss.input",)),
    Broken("choice-as-floats", "choice-into-loss", "best", ("B×4", "gets B"),
           "Switch “best” off",
           scored(4, op("best", "torch.argmax", dim=1), op("real", "Tensor.float"), classes=4),
           leads=("loss.input",)),
    Broken("choice-before-mse", "no-gradient", "best", ("argmax", "2 layers"),
           "Take “loss” from before “best”, and use CrossEntropyLoss",
           scored(4, op("best", "torch.argmax", dim=1), op("real", "Tensor.float"), classes=4,
                  loss="MSELoss"), leads=("loss.input",), changes=("loss",)),
    # --- channels and steps --------------------------------------------------------------------
    Broken("curves-into-an-encoder", "attention-width", "mix", ("is 8", "12", "B×8×12"),
           "Swap the last two axes: B×C×T becomes B×T×C",
           curves(nn("mix", "TransformerEncoderLayer", {"src": "conv"}, d_model=8, nhead=2,
                     dim_feedforward=16, dropout=0.0, batch_first=True))),
    Broken("curves-into-attention", "attention-width", "attend", ("is 8", "12", "B×8×12"),
           "Swap the last two axes: B×C×T becomes B×T×C",
           curves(nn("attend", "MultiheadAttention", shared("conv", "query", "key", "value"),
                     embed_dim=8, num_heads=2, batch_first=True), mean="attend.attn_output")),
    Broken("curves-into-an-lstm", "recurrent-input", "rnn", ("is 8", "12 numbers", "B×8×12"),
           "Swap the last two axes: B×C×T becomes B×T×C",
           curves(nn("rnn", "LSTM", input_size=8, hidden_size=6, batch_first=True),
                  mean="rnn.output")),
    Broken("curves-into-a-gru", "recurrent-input", "rnn", ("is 8", "12 numbers", "B×8×12"),
           "Put the steps first: B×C×T becomes T×B×C",
           curves(nn("rnn", "GRU", input_size=8, hidden_size=6), mean="rnn.output", dim=0),
           beside=("time-first",)),
    Broken("curves-into-linear", "linear-in-features", "mix", ("is 8", "12 numbers", "B×8×12"),
           "Swap the last two axes of what enters", curves(linear("mix", 6, in_features=8))),
    Broken("layer-norm-of-channels", "layer-norm-shape", "norm", ("is 8", "16", "B×8×16×16"),
           "Put the channels last before it, and back to the second axis after it",
           net(conv("conv", 8), nn("norm", "LayerNorm", normalized_shape=8), relu("act"),
               nn("mean", "AdaptiveAvgPool2d", output_size=1), flat(), linear("fc", 10),
               x=nets.RGB, classes=10)),
    # --- einsum --------------------------------------------------------------------------------
    Broken("einsum-without-its-equation", "einsum-equation", "sum",
           ("B×16", "args[1]", "bi,ij->bj"),
           "Lead the wires to args[1] and on", summed("bi,ij->bj", 16, 4, first=0)),
    Broken("einsum-of-another-size", "einsum-equation", "sum", ("letter i", "16", "12", "12×4"),
           "Set shape of “table” to (16, 4)", summed("bi,ij->bj", 12, 4)),
    Broken("einsum-of-rows", "einsum-equation", "sum", ("letter i", "16", "4×16"),
           "Write the equation as 'bi,ji->bj'", summed("bi,ij->bj", 4, 16)),
    Broken("einsum-of-a-sequence", "einsum-equation", "sum", ("2 letters", "3 axes", "B×7×16"),
           "Write the equation as 'bti,ij->btj'", summed("bi,ij->bj", 16, 4, x=nets.SERIES)),
    # fix="": which letter was forgotten, or is too many, only the user knows: each change computes
    # another sum, and any that torch takes would be a guess
    Broken("einsum-letter-missing", "einsum-equation", "sum", ("1 letter", "2 axes", "16×4"),
           "", summed("bi,i->b", 16, 4)),
    Broken("einsum-of-one", "einsum-equation", "sum", ("1 tensor", "2 arrive"), "",
           summed("bi->bi", 16, 4)),
    Broken("einsum-result-unknown", "einsum-equation", "sum",
           ("'bi,ij->bk'", "k in the result"), "",
           summed("bi,ij->bk", 16, 4)),
    Broken("einsum-result-twice", "einsum-equation", "sum", ("'bi,ij->bjj'", "twice"), "",
           summed("bi,ij->bjj", 16, 4)),
    # --- rows ----------------------------------------------------------------------------------
    Broken("view-splits-samples", "rows-of-batch", "rows",
           ("B×1×8×8", "32", "64", "2 rows", "2*B×4"),
           "Use Flatten instead", viewed(-1, 32)),
    Broken("view-splits-before-mse", "rows-of-batch", "rows", ("32", "64", "2*B×4", "B×4"),
           "Set args to (input.shape[0], -1)",
           viewed(-1, 32, y=(B, 4), classes=None, loss="MSELoss")),
    Broken("view-of-a-larger-image", "rows-of-batch", "rows", ("784", "3136", "4 rows"),
           "Use Flatten instead, and let in_features of “fc1” follow",
           viewed(-1, 784, width=784, x=(B, 1, 56, 56))),
]  # fmt: skip
