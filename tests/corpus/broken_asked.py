"""What people ask about most: first states, steps and labels, masks of pixels, views, noise."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    conv,
    flat,
    linear,
    net,
    nn,
    op,
    pool,
    relu,
    several,
    shared,
    two,
)

LAST = (nets.EVERY, -1)
NUMERALS = (B, 1, 28, 28)


def begun(*size: Any, **args: Any) -> Project:
    """Return a GRU of 12 numbers that begins with zeros of a size of their own."""
    return net(
        op("zeros", "torch.zeros", {}, size=size),
        nn("rnn", "GRU", {"input": "x", "hx": "zeros"}, hidden_size=12, batch_first=True, **args),
        op("last", "op.getitem", "rnn.output", index=LAST), linear("fc", 4),
        x=nets.SERIES, classes=4,
    )  # fmt: skip


def chained(encoder: dict[str, Any], decoder: dict[str, Any]) -> Project:
    """Return a GRU that begins with the last state of another one."""
    return net(
        nn("read", "GRU", "x", batch_first=True, **encoder),
        nn("write", "GRU", {"input": "x", "hx": "read.h_n"}, batch_first=True, **decoder),
        op("last", "op.getitem", "write.output", index=LAST), linear("fc", 4),
        x=nets.SERIES, classes=4,
    )  # fmt: skip


def lenet(width: int, *sizes: Any, x: Any = NUMERALS) -> Project:
    """Return the network of LeCun, whose view and first Linear layer say what they expect."""
    return net(
        conv("conv1", 6, 5, padding=0), relu("act1"), pool("pool1"),
        conv("conv2", 16, 5, padding=0), relu("act2"), pool("pool2"),
        op("rows", "Tensor.view", args=sizes), linear("fc1", 20, in_features=width), relu("act3"),
        linear("fc2", 10), x=x, classes=10,
    )  # fmt: skip


def pixels(channels: int, *more: Layer, stride: int = 1, **options: Any) -> Project:
    """Return a network with so many numbers for each pixel."""
    layers = (conv("conv", 8, stride=stride), relu("act"), conv("pixels", channels, 1), *more)
    return net(*layers, **{"x": nets.RGB, **options})


def spoken(*more: Layer, y: Any = nets.WORDS) -> Project:
    """Return a network that says which word comes next, at each of 9 places."""
    return net(
        nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
        nn("rnn", "GRU", hidden_size=8, batch_first=True), linear("words", 50, "rnn.output"), *more,
        x=nets.WORDS, y=y, tokens=50, classes=50,
    )  # fmt: skip


CASES = [
    # --- first states --------------------------------------------------------------------------
    Broken("state-of-another-width", "first-state", "zeros", ("1×B×20", "1×B×12"),
           "Set size of “zeros” to (1, B, 12)", begun(1, B, 20)),
    Broken("state-with-the-batch-first", "first-state", "zeros", ("B×1×12", "1×B×12"),
           "Swap the first two axes of hx", begun(B, 1, 12)),
    Broken("state-of-one-direction", "first-state", "zeros", ("1×B×12", "2×B×12"),
           "Set size of “zeros” to (2, B, 12)", begun(1, B, 12, bidirectional=True)),
    Broken("state-without-layers", "first-state", "zeros", ("B×12", "1×B×12"),
           "Add an axis for the one layer in front of hx", begun(B, 12)),
    Broken("state-for-32-samples", "first-state", "zeros", ("1×32×12", "1×B×12"),
           "Set size of “zeros” to (1, B, 12)", begun(1, 32, 12)),
    Broken("state-of-both-directions", "first-state", "write", ("2×B×8", "1×B×8"),
           "Set bidirectional to True",
           chained({"hidden_size": 8, "bidirectional": True}, {"hidden_size": 8})),
    Broken("state-of-three-layers", "first-state", "write", ("3×B×8", "1×B×8"),
           "Set num_layers to 3", chained({"hidden_size": 8, "num_layers": 3}, {"hidden_size": 8})),
    # --- steps ---------------------------------------------------------------------------------
    Broken("batch-taken-for-steps", "steps-first", "rnn", ("B×9×12", "9×2", "target B"),
           "Set batch_first to True, and set index of “last” to (:, -1)",
           net(nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
               nn("rnn", "LSTM", hidden_size=8), op("last", "op.getitem", "rnn.output", index=-1),
               linear("fc", 2), x=nets.WORDS, tokens=50, classes=2)),
    Broken("both-directions-added", "shapes-do-not-broadcast", "add", ("B×7×8", "B×7×16"),
           "Insert a Linear layer that brings other to 7×8",
           net(linear("embed", 8), nn("rnn", "GRU", hidden_size=8, batch_first=True,
                                      bidirectional=True),
               op("add", "op.add", two("embed", "rnn.output")), op("mean", "torch.mean", dim=1),
               linear("fc", 4), x=nets.SERIES, classes=4)),
    Broken("row-joined-with-steps", "joined-sizes-differ", "join", ("3 axes", "2 axes", "B×7×8"),
           "Repeat tensors[1] for each of the 7 steps",
           net(linear("embed", 8), op("whole", "torch.mean", dim=1),
               op("join", "torch.cat", several("embed", "whole"), dim=-1), relu("act"),
               op("mean", "torch.mean", dim=1), linear("fc", 4), x=nets.SERIES, classes=4)),
    Broken("fewer-keys-than-values", "attention-sizes", "attend", ("3 keys", "7 values", "B×3×12"),
           "Take the values from “half” too",
           net(linear("embed", 12), op("half", "op.getitem", index=(nets.EVERY, Slice(None, 3))),
               nn("attend", "MultiheadAttention",
                  {**shared("embed", "query", "value"), "key": "half"}, embed_dim=12, num_heads=3,
                  batch_first=True),
               op("mean", "torch.mean", "attend.attn_output", dim=1), linear("fc", 4),
               x=nets.SERIES, classes=4)),
    Broken("five-heads-of-twelve", "reshape-size", "heads", ("B×7×5×3", "15 values", "12 for each"),
           "Set args to (B, 7, 4, 3)",
           net(linear("q", 12), op("heads", "Tensor.view", args=(B, 7, 5, 3)),
               op("turn", "Tensor.transpose", dim0=1, dim1=2),
               op("mean", "torch.mean", dim=2), flat(), linear("fc", 4), x=nets.SERIES, classes=4)),
    # --- a label for each word -----------------------------------------------------------------
    Broken("labels-without-the-last-word", "class-target", "loss", ("B×50×9", "B×9", "B×8 int64"),
           "Leave the last of the 9 steps out of the logits",
           spoken(op("turn", "Tensor.transpose", dim0=1, dim1=2), y=(B, 8))),
    Broken("labels-of-a-word-more", "class-target", "loss", ("B×50×9", "B×10 int64"),
           "Leave the first of the 10 steps out of the target",
           spoken(op("turn", "Tensor.transpose", dim0=1, dim1=2), y=(B, 10))),
    Broken("logits-merged-labels-not", "class-target", "loss", ("9*B×50", "B×9 int64"),
           "Merge all axes of the target too",
           spoken(op("merged", "torch.flatten", start_dim=0, end_dim=1))),
    # --- pixels --------------------------------------------------------------------------------
    Broken("pixels-of-half-the-size", "class-target", "loss", ("B×3×8×8", "B×16×16 int64"),
           "Resize the logits to 16×16", pixels(3, stride=2, y=(B, 16, 16), classes=3)),
    Broken("one-answer-for-each-pixel", "target-does-not-fit", "loss", ("B×1×16×16", "B×16×16"),
           "Add an axis of size 1 to target, as axis 1, and convert target to float32",
           pixels(1, y=(B, 16, 16), classes=2, loss="BCEWithLogitsLoss")),
    Broken("mask-with-a-channel-too-many", "target-does-not-fit", "loss", ("B×16×16", "B×1×16×16"),
           "Drop axis 1 of target, and convert target to float32",
           pixels(1, op("map", "Tensor.squeeze", dim=1), y=(B, 1, 16, 16), classes=2,
                  loss="BCEWithLogitsLoss")),
    Broken("squeezed-once-only", "missing-flatten", "fc", ("B×8×1", "1 value", "row of 8"),
           "Insert Flatten before it",
           net(conv("conv", 8), nn("mean", "AdaptiveAvgPool2d", output_size=1),
               op("line", "Tensor.squeeze", dim=3), linear("fc", 10), x=nets.RGB, classes=10)),
    Broken("slopes-of-another-width", "norm-num-features", "act", ("num_parameters", "is 16", "8"),
           "Set num_parameters to 8",
           net(conv("conv", 8), nn("act", "PReLU", num_parameters=16),
               nn("mean", "AdaptiveAvgPool2d", output_size=1), flat(), linear("fc", 10),
               x=nets.RGB, classes=10)),
    # --- rows ----------------------------------------------------------------------------------
    Broken("lenet-on-28-pixels", "reshape-size", "rows", ("400", "B×16×4×4", "256 values"),
           "Use Flatten instead, and let in_features of “fc1” follow", lenet(400, -1, 400)),
    Broken("lenet-with-a-batch-of-64", "rows-of-batch", "rows", ("64 rows", "B×16×4×4"),
           "Use Flatten instead", lenet(256, 64, -1)),
    Broken("view-of-the-layer-before", "reshape-size", "rows", ("B×400", "400 values", "256"),
           "Use Flatten instead, and let in_features of “fc1” follow", lenet(400, B, 400)),
    Broken("bilinear-of-other-rows", "linear-in-features", "both", ("in2_features", "is 8", "6"),
           "Set in2_features to 6",
           net(linear("left", 8, "x"), linear("right", 6, "x"),
               nn("both", "Bilinear", {"input1": "left", "input2": "right"}, in1_features=8,
                  in2_features=8, out_features=4), x=nets.TABLE, classes=4)),
    # --- noise ---------------------------------------------------------------------------------
    Broken("noise-for-32-samples", "made-size", "noise", ("32×8", "B×8", "32"),
           "Set size of “noise” to (B, 8)",
           net(linear("mean", 8), op("noise", "torch.randn", {}, size=(32, 8)),
               op("add", "op.add", two("mean", "noise")), linear("fc", 4), x=nets.TABLE,
               classes=4)),
    Broken("noise-of-another-width", "made-size", "noise", ("B×16", "B×8"),
           "Set size of “noise” to (B, 8)",
           net(linear("mean", 8), op("noise", "torch.randn", {}, size=(B, 16)),
               op("add", "op.add", two("mean", "noise")), linear("fc", 4), x=nets.TABLE,
               classes=4)),
]  # fmt: skip
