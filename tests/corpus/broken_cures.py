"""Faults that torch's own words help nobody with: paddings, steps, products and comparisons."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, adding, conv, flat, linear, net, nn, op, relu, with_block

LAST = op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1))
EMBED = nn("embed", "Embedding", num_embeddings=20, embedding_dim=8)
SMALL = (B, 3, 4, 4)


def on_table(*layers: Layer, width: int = 4, **options: Any) -> Project:
    """Return a network on a table whose last layer is one of its own, before others."""
    first = (linear("fc1", 16), relu("relu"), linear("head", width))
    return net(*first, *layers, x=nets.TABLE, **options)


def small_map(layer: Layer) -> Project:
    """Return a network of four classes on images of 4×4."""
    return net(layer, relu("relu"), flat(), linear("head", 4), x=SMALL, classes=4)


def next_words(*layers: Layer, labels: int = 12) -> Project:
    """Return a network that tells words of a text, each of 20."""
    rnn = nn("rnn", "LSTM", hidden_size=16, batch_first=True)
    sizes = {"x": (B, 12), "y": (B, labels), "tokens": 20, "classes": 20}
    return net(EMBED, rnn, *layers, **sizes)  # type: ignore[arg-type]  # sizes of several kinds


def alike(loss: Layer, width: int = 8, y: tuple[Any, ...] = (B,)) -> Project:
    """Return a network that brings two rows for each sample together in a loss."""
    rows = (linear("one", 8, at="relu"), linear("other", width, at="relu"))
    sign = op("sign", "torch.sign", "data.y")
    before = net(linear("fc1", 16), relu("relu"), *rows, x=nets.TABLE, y=y, loss=loss)
    return adding(before, sign)


PAIR = {"input1": "one", "input2": "other", "target": "sign"}
SIGNS = ("unsigned-labels", "idle-branch")

CASES = [
    # --- paddings ------------------------------------------------------------------------------
    Broken("mirror-larger-than-the-map", "mirrored-padding", "pad", ("4 along axis 2", "up to 3"),
           "Set padding to 3", small_map(nn("pad", "ReflectionPad2d", padding=4))),
    Broken("mirror-on-one-side", "mirrored-padding", "pad", ("5 along axis 3", "up to 3"),
           "Set padding to (3, 1, 2, 0)",
           small_map(nn("pad", "ReflectionPad2d", padding=(5, 1, 2, 0)))),
    Broken("round-more-than-once", "mirrored-padding", "pad", ("6 along axis 2", "up to 4"),
           "Set padding to 4", small_map(nn("pad", "CircularPad2d", padding=6))),
    Broken("convolution-that-mirrors", "mirrored-padding", "conv", ("4 along axis 2", "up to 3"),
           "Set padding_mode to 'zeros'",
           small_map(conv("conv", 8, 9, padding=4, padding_mode="reflect"))),
    Broken("convolution-that-goes-round", "mirrored-padding", "conv", ("5 along", "up to 4"),
           "Set padding to 4", small_map(conv("conv", 8, 11, padding_mode="circular"))),
    # --- steps ---------------------------------------------------------------------------------
    Broken("recurrent-on-a-table", "no-steps", "rnn", ("B×13", "13 features"),
           "Make every sample a sequence of one step",
           net(nn("rnn", "LSTM", hidden_size=16, batch_first=True), LAST, linear("head", 4),
               x=nets.TABLE, classes=4)),
    Broken("last-step-for-all-labels", "step-taken", "last", ("12 steps", "B×12×16", "B×20"),
           "Switch “last” off, and move the classes from the last axis to the second",
           next_words(LAST, linear("head", 20))),
    Broken("mean-step-for-all-labels", "step-taken", "mean", ("12 steps", "B×12×16"),
           "Switch “mean” off, and move the classes from the last axis to the second",
           next_words(op("mean", "torch.mean", "rnn.output", dim=1), linear("head", 20))),
    Broken("words-after-the-first", "class-target", "loss", ("B×12×20", "B×11"),
           "Move the classes from the last axis to the second, and leave the last of the 12 steps "
           "out of the logits",
           next_words(linear("head", 20, at="rnn.output"), labels=11)),
    Broken("words-before-the-last", "class-target", "loss", ("B×12×20", "B×13"),
           "Move the classes from the last axis to the second, and leave the first of the 13 "
           "steps out of target",
           next_words(linear("head", 20, at="rnn.output"), labels=13)),
    # --- products and pairs --------------------------------------------------------------------
    Broken("rows-into-bmm", "matmul-inner-sizes", "product", ("B×16 and B×16", "3 axes"),
           "Multiply number by number instead, with mul",
           net(linear("one", 16), relu("relu"), linear("other", 16, at="relu"),
               op("product", "torch.bmm", {"input": "relu", "mat2": "other"}), linear("head", 4),
               x=nets.TABLE, classes=4)),
    Broken("matrix-into-bmm", "matmul-inner-sizes", "product", ("B×7×8 and 8×6",),
           "Use matmul instead",
           net(linear("one", 8), relu("relu"),
               op("weight", "param.tensor", shape=(8, 6), init="normal"),
               op("product", "torch.bmm", {"input": "relu", "mat2": "weight"}),
               op("mean", "torch.mean", dim=1), linear("head", 4), x=nets.SERIES, classes=4)),
    Broken("angles-of-other-widths", "shapes-do-not-broadcast", "loss", ("B×8 and B×6", "axis 1"),
           "Set out_features of “other” to 8",
           alike(nn("loss", "CosineEmbeddingLoss", PAIR), 6), beside=SIGNS),
    Broken("similarity-of-other-widths", "shapes-do-not-broadcast", "angle", ("B×8 and B×6",),
           "Set out_features of “one” to 6",
           net(linear("one", 8), linear("other", 6, at="x"),
               nn("angle", "CosineSimilarity", {"x1": "one", "x2": "other"}), x=nets.TABLE,
               loss="MSELoss")),
    Broken("column-of-signs", "pair-target", "loss", ("B×8 and B×8", "shape B,", "B×1."),
           "Drop the last axis of target", alike(nn("loss", "CosineEmbeddingLoss", PAIR), y=(B, 1)),
           beside=SIGNS),
    Broken("sign-for-each-ranked-row", "pair-target", "loss", ("B×8 and B×8", "2 axes"),
           "Add an axis of size 1 to target", alike(nn("loss", "MarginRankingLoss", PAIR)),
           beside=SIGNS),
    Broken("patches-for-one-score", "target-does-not-fit", "loss", ("B×1×13×13", "B×1"),
           "Take the mean of input over its 13×13 places",
           net(conv("conv", 8), relu("relu"), conv("each", 1, 4, padding=0), x=nets.RGB, y=(B, 1),
               loss="MSELoss")),
    # --- sizes ---------------------------------------------------------------------------------
    Broken("two-open-sizes", "reshape-size", "rows", ("(-1, -1)", "2 sizes"),
           "Set args to (input.shape[0], -1)",
           net(conv("conv", 8), relu("relu"), op("rows", "Tensor.reshape", args=(-1, -1)),
               linear("head", 4), x=nets.RGB, classes=4)),
    Broken("open-sizes-around-channels", "reshape-size", "rows", ("(-1, 8, -1)", "B×8×16×16"),
           "Set args to (input.shape[0], 8, -1)",
           net(conv("conv", 8), relu("relu"), op("rows", "Tensor.view", args=(-1, 8, -1)),
               op("mean", "torch.mean", dim=2), linear("head", 4), x=nets.RGB, classes=4)),
    # --- comparisons ---------------------------------------------------------------------------
    Broken("answers-for-classes", "choice-into-loss", "above", ("B×4 numbers",),
           "Switch “above” off", on_table(op("above", "op.gt", other=0.0), classes=4)),
    Broken("answers-for-a-score", "choice-into-loss", "above", ("B×1 numbers",),
           "Switch “above” off",
           on_table(op("above", "op.ge", other=0.0), width=1, y=(B, 1),
                    loss="BCEWithLogitsLoss"), beside=("target-range",)),
    Broken("rounded-by-comparison", "no-gradient", "above", ("“fc1”", "“head”"),
           "Switch “above” off",
           on_table(nn("sure", "Sigmoid"), op("above", "op.gt", other=0.5),
                    op("float", "Tensor.float"), width=1, y=(B, 1), loss="MSELoss")),
    # --- blocks --------------------------------------------------------------------------------
    Broken("part-made-for-another-width", "input-shape", "part", ("B×16", "B×20"),
           "Set out_features of “fc1” to 16",
           with_block(net(linear("fc1", 20), relu("relu"), op("part", "block.part", {"x": "relu"}),
                          linear("head", 4, at="part.y"), x=nets.TABLE, classes=4), "part",
                      op("x", "io.input", shape=(B, 16)), linear("inner", 8), relu("act"),
                      op("y", "io.output"))),
    # --- words ---------------------------------------------------------------------------------
    Broken("words-to-be-looked-up", "dtype", "fc1", ("int64", "B×12"),
           "Look each of the 50 numbers up in an Embedding first",
           net(linear("fc1", 16), relu("relu"), op("mean", "torch.mean", dim=1),
               linear("head", 4), x=(B, 12), tokens=50, classes=4)),
    Broken("words-into-a-recurrence", "dtype", "gru", ("int64", "B×12"),
           "Look each of the 50 numbers up in an Embedding first",
           net(op("gru", "nn.GRU", hidden_size=16, batch_first=True),
               op("last", "op.getitem", index=(Slice(None, None, None), -1)),
               linear("head", 4), x=(B, 12), tokens=50, classes=4)),
]  # fmt: skip
