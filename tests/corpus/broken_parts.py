"""Tensors that are stretched, cut and picked from; masks of numbers; layers of other axes."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, Project, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    conv,
    drawn,
    flat,
    linear,
    net,
    nn,
    op,
    relu,
    saying,
    shared,
    two,
)

MEAN = nn("mean", "AdaptiveAvgPool2d", output_size=1)
VIDEO = (B, 4, 3, 8, 8)


def rows(*layers: Layer, end: str = "") -> Project:
    """Return a classifier of rows of 8 numbers, after what is done to them."""
    return net(linear("fc1", 8), *layers, linear("fc2", 4, end), x=nets.TABLE, classes=4)


def steps(*layers: Layer) -> Project:
    """Return a classifier of sequences of 7 steps."""
    return net(*layers, linear("fc", 4), x=nets.SERIES, classes=4)


def images(*layers: Layer, x: Any = nets.RGB) -> Project:
    """Return a classifier of images by the mean of each channel."""
    return net(*layers, relu("act"), MEAN, flat(), linear("fc", 10), x=x, classes=10)


def hidden(*size: Any, **args: Any) -> Project:
    """Return attention with a mask of ones, which says itself what it holds."""
    return net(
        linear("embed", 12), op("ones", "torch.ones", {}, size=size, **args),
        op("mask", "torch.tril"),
        nn("attend", "MultiheadAttention",
           {**shared("embed", "query", "key", "value"), "attn_mask": "mask"}, embed_dim=12,
           num_heads=3, batch_first=True),
        op("mean", "torch.mean", "attend.attn_output", dim=1), linear("fc", 4), x=nets.SERIES,
        classes=4,
    )  # fmt: skip


def coded(width: int = 12, dim: int = 1) -> Project:
    """Return the decoder of a code that is drawn around means and deviations of one layer."""
    return net(
        linear("both", width), op("parts", "torch.chunk", chunks=2, dim=dim),
        op("half", "op.mul", "parts.chunks[1]", other=0.5), op("deviation", "torch.exp"),
        op("noise", "torch.randn_like"), op("spread", "op.mul", two("noise", "deviation")),
        op("code", "op.add", two("parts.chunks[0]", "spread")), linear("fc", 13), x=nets.TABLE,
        y=nets.TABLE, loss="MSELoss",
    )  # fmt: skip


def spoken(classes: int, *turned: Layer) -> Project:
    """Return a reader of 20 steps whose labels name 11 classes."""
    source = {"ports": {"x": (B, 20, 6), "y": (B, 5)}, "classes": {"y": 11}, "samples": 40}
    lengths = {"log_probs": "out", "targets": "data.y", "input_lengths": "steps"}
    return drawn(
        op("data", "data.random", **source), op("x", "io.input", "data.x", shape=(B, 20, 6)),
        linear("scores", classes), nn("log", "LogSoftmax", dim=-1), *turned,
        op("out", "io.output"), op("steps", "torch.full", {}, size=(B,), fill_value=20),
        op("labels", "torch.full", {}, size=(B,), fill_value=5),
        nn("loss", "CTCLoss", {**lengths, "target_lengths": "labels"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


def skipping(layer: Layer) -> Project:
    """Return a reader of 20 steps with up to 5 labels, given a layer that skips some."""
    source = {"ports": {"x": (B, 6, 20), "y": (B, 5)}, "classes": {"y": 11}, "samples": 40}
    lengths = {"log_probs": "out", "targets": "data.y", "input_lengths": "steps"}
    return drawn(
        op("data", "data.random", **source), op("x", "io.input", "data.x", shape=(B, 6, 20)),
        layer, relu("act"), op("turn", "Tensor.permute", args=(2, 0, 1)),
        nn("rnn", "LSTM", hidden_size=8), linear("scores", 11, "rnn.output"),
        nn("log", "LogSoftmax", dim=-1), op("out", "io.output"),
        op("steps", "torch.full", {}, size=(B,), fill_value=20),
        op("labels", "torch.full", {}, size=(B,), fill_value=5),
        nn("loss", "CTCLoss", {**lengths, "target_lengths": "labels"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


def grey(**args: Any) -> Project:
    """Return a classifier of pictures whose channel is added in front."""
    return net(
        op("grey", "Tensor.unsqueeze", dim=0), conv("conv", 8, **args), relu("act"), MEAN, flat(),
        linear("fc", 4), x=(B, 28, 28), classes=4,
    )  # fmt: skip


EXCHANGED = drawn(
    op("data", "data.random", ports={"x": (B, 13), "y": (B,), "z": (B, 1)}, classes={"y": 4},
       samples=40),
    op("x", "io.input", "data.x", shape=(B, 13)), linear("fc1", 16), relu("act"),
    linear("kind", 4), op("kinds", "io.output"), linear("place", 1, "act"),
    op("places", "io.output"),
    nn("which", "CrossEntropyLoss", {"input": "kinds", "target": "data.z"}),
    nn("number", "MSELoss", {"input": "places", "target": "data.y"}),
    op("adam", "optim.AdamW", {"losses[0]": "which", "losses[1]": "number"}),
)  # fmt: skip
TURNED = op("turned", "Tensor.transpose", dim0=0, dim1=1)


def overlap(scores: int) -> Project:
    """Return a segmentation by the part of a mask that is hit, given how many maps there are."""
    image = (B, 3, 16, 16)
    return drawn(
        op("data", "data.random", ports={"x": image, "y": (B, 16, 16)}, samples=40),
        op("x", "io.input", "data.x", shape=image), conv("body", 8), relu("act"),
        conv("maps", scores, 1), op("mask", "Tensor.squeeze", dim=1), op("out", "io.output"),
        op("shares", "torch.sigmoid"),
        op("hit", "op.mul", {"input": "shares", "other": "data.y"}),
        op("hits", "torch.sum", "hit", dim=(1, 2)), op("all", "torch.sum", "shares", dim=(1, 2)),
        op("wanted", "torch.sum", "data.y", dim=(1, 2)), op("both", "op.add", two("all", "wanted")),
        op("more", "op.add", "both", other=1.0), op("part", "op.truediv", two("hits", "more")),
        op("less", "op.neg"), op("mean", "torch.mean"),
        op("adam", "optim.AdamW", {"losses[0]": "mean"}),
    )  # fmt: skip


def rebuilt(*code: Layer) -> Project:
    """Return an autoencoder of sequences, given what lays its code out for every step."""
    return drawn(
        op("data", "data.random", ports={"x": nets.SERIES}, samples=40),
        op("x", "io.input", "data.x", shape=nets.SERIES),
        nn("read", "LSTM", hidden_size=8, batch_first=True),
        op("last", "op.getitem", "read.output", index=(Slice(), -1)), *code,
        nn("tell", "LSTM", hidden_size=8, batch_first=True),
        linear("back", nets.SERIES[-1], "tell.output"), op("out", "io.output"),
        nn("loss", "MSELoss", {"input": "out", "target": "data.x"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


def headed(**dims: int) -> Project:
    """Return attention of four heads by hand, given how far another axis of the queries moves."""
    seq = (B, 16, 32)
    parts = [
        layer
        for name in ("q", "k", "v")
        for layer in (
            linear(f"{name}_proj", 32, "x"),
            op(f"{name}_heads", "Tensor.view", args=(B, 16, 4, 8)),
            op(name, "Tensor.transpose", dim0=1, dim1=dims.get(name, 2)),
        )
    ]
    return net(
        *parts,
        op("see", "F.scaled_dot_product_attention", {"query": "q", "key": "k", "value": "v"}),
        op("back", "Tensor.transpose", dim0=1, dim1=2),
        op("row", "Tensor.reshape", args=(B, 16, 32)), op("mean", "torch.mean", dim=1),
        linear("fc", 4), x=seq, classes=4,
    )  # fmt: skip


LONG = nets.SERIES[1]
STEP = op("step", "Tensor.unsqueeze", dim=1)
CASES = [
    # --- samples repeated ----------------------------------------------------------------------
    Broken("code-repeated-without-an-axis", "samples-repeated", "each", ("3 numbers", "7*B"),
           "Add an axis of size 1 before it, as axis 1",
           rebuilt(op("each", "Tensor.repeat", args=(1, LONG, 1)))),
    Broken("code-repeated-along-the-samples", "samples-repeated", "each", ("axis 0", "B×1×8"),
           f"Set args to (1, {LONG}, 1)",
           rebuilt(STEP, op("each", "Tensor.repeat", args=(LONG, 1, 1)))),
    # --- turned or laid out otherwise ----------------------------------------------------------
    Broken("queries-turned-otherwise", "turned-otherwise", "q", ("transpose(1, 3)", "B×8×4×16"),
           "Turn it as “k” is, (1, 2)", headed(q=3)),
    Broken("values-turned-otherwise", "turned-otherwise", "v", ("transpose(1, 3)", "B×8×4×16"),
           "Turn it as “q” is, (1, 2)", headed(v=3)),
    Broken("heads-of-fifteen-places", "reshape-size", "k_heads", ("480", "512", "B×15×4×8"),
           "Set args to (B, 16, 4, 8)", saying(headed(), "k_heads", args=(B, 15, 4, 8))),
    # --- kept by a squeeze ---------------------------------------------------------------------
    Broken("two-maps-for-a-mask", "squeeze-kept", "maps", ("out_channels", "axis 1 of B×2×16×16"),
           "Set out_channels of “maps” to 1", overlap(2)),
    # --- stretched -----------------------------------------------------------------------------
    Broken("expand-without-an-axis", "expand-size", "each", ("(B, 7, 8)", "B×8", "7"),
           "Add an axis of size 1 before it, as axis 1",
           rows(op("each", "Tensor.expand", args=(B, 7, 8)), op("mean", "torch.mean", dim=1))),
    Broken("expand-to-another-width", "expand-size", "each", ("(B, 16)", "B×8", "axis 1", "16"),
           "Set args to (B, -1)", rows(op("each", "Tensor.expand", args=(B, 16)))),
    Broken("repeat-of-one-number", "expand-size", "twice", ("(2,)", "2 axes", "2 numbers"),
           "Set args to (1, 2)", rows(op("twice", "Tensor.repeat", args=(2,)))),
    Broken("grey-to-colour", "expand-size", "colour", ("(1, 3, 1)", "4 axes", "4 numbers"),
           "Set args to (1, 3, 1, 1)",
           images(op("colour", "Tensor.repeat", args=(1, 3, 1)), conv("conv", 8, in_channels=3),
                  x=nets.GREY)),
    Broken("scale-of-channels", "made-size", "scale", ("made as 8", "B×8×16×16", "8 channels"),
           "Set shape of “scale” to (8, 1, 1)",
           images(conv("conv", 8), op("scale", "param.tensor", shape=(8,), init="ones"),
                  op("times", "op.mul", two("conv", "scale")))),
    # --- cut and picked ------------------------------------------------------------------------
    Broken("parts-of-another-sum", "split-sizes", "parts", ("(3, 4)", "7 places", "has 8"),
           "Set split_size_or_sections to (3, 5)",
           rows(op("parts", "torch.split", {"tensor": "fc1"}, split_size_or_sections=(3, 4),
                   dim=1), relu("act", "parts.chunks[0]"))),
    Broken("more-pieces-than-outputs", "pieces-counted", "parts", ("B×12", "by 4", "3 pieces", "2"),
           "Set split_size_or_sections to 6",
           rows(linear("wide", 12),
                op("parts", "torch.split", {"tensor": "wide"}, split_size_or_sections=4, dim=1),
                op("times", "op.mul", two("parts.chunks[0]", "parts.chunks[1]")))),
    Broken("fewer-pieces-than-outputs", "pieces-counted", "parts", ("B×8", "by 4", "2 pieces", "3"),
           "Set out_features of “fc1” to 12",
           rows(op("parts", "torch.split", {"tensor": "fc1"}, split_size_or_sections=4, dim=1,
                   outputs=3),
                op("twice", "op.mul", two("parts.chunks[0]", "parts.chunks[1]")),
                op("times", "op.mul", two("twice", "parts.chunks[2]")))),
    Broken("largest-of-too-few", "split-sizes", "best", ("10 largest", "has 8", "B×8"),
           "Set k to 8",
           rows(op("best", "torch.topk", {"input": "fc1"}, k=10), relu("act", "best.values"))),
    Broken("halves-of-an-odd-width", "uneven-chunks", "halves", ("B×9", "into 2", "B×5", "B×4"),
           "Set out_features of “wide” to 10",
           rows(linear("wide", 9), op("halves", "torch.chunk", chunks=2, dim=1),
                nn("gate", "Sigmoid", "halves.chunks[0]"),
                op("times", "op.mul", two("gate", "halves.chunks[1]")))),
    Broken("last-sample-for-the-last-step", "picks-a-sample", "last", ("[-1]", "B×7×8", "7×4"),
           "Set index of “last” to (:, -1)",
           steps(nn("rnn", "LSTM", hidden_size=8, batch_first=True),
                 op("last", "op.getitem", "rnn.output", index=-1))),
    Broken("steps-first-in-an-encoder", "steps-first", "mix", ("B×7×12", "7×4", "7 predictions"),
           "Set batch_first to True, and set dim of “mean” to 1",
           steps(linear("embed", 12),
                 nn("mix", "TransformerEncoderLayer", {"src": "embed"}, d_model=12, nhead=3,
                    dim_feedforward=16, dropout=0.0), op("mean", "torch.mean", dim=0))),
    Broken("boxes-of-17-numbers", "reshape-size", "boxes", ("B×?×6", "B×16×16×17"),
           "Set out_channels of “conv” to 18",
           net(conv("conv", 17), op("last", "Tensor.permute", args=(0, 2, 3, 1)),
               op("boxes", "Tensor.reshape", args=(B, -1, 6)), op("mean", "torch.mean", dim=1),
               linear("fc", 10), x=nets.RGB, classes=10)),
    Broken("where-of-other-widths", "shapes-do-not-broadcast", "pick", ("B×8", "B×6"),
           "Set out_features of “right” to 8",
           net(linear("left", 8, "x"), linear("right", 6, "x"),
               op("above", "op.gt", {"input": "left"}, other=0.0),
               op("pick", "torch.where", {"condition": "above", "input": "left", "other": "right"}),
               linear("fc", 4), x=nets.TABLE, classes=4)),
    Broken("product-with-a-parameter", "matmul-inner-sizes", "times", ("rows of 8", "6", "6×4"),
           "Set shape of “table” to (8, 4)",
           net(linear("fc1", 8), op("table", "param.tensor", shape=(6, 4), init="normal"),
               op("times", "op.matmul", two("fc1", "table")), x=nets.TABLE, classes=4)),
    Broken("squares-of-three", "shares-of-input", "gather", ("3×3", "16×16", "3 does not divide"),
           "Set downscale_factor to 2",
           images(conv("conv", 4), nn("gather", "PixelUnshuffle", downscale_factor=3),
                  conv("merge", 8))),
    Broken("state-of-a-cell", "first-state", "zeros", ("B×10", "B×6"),
           "Set size of “zeros” to (B, 6)",
           net(op("zeros", "torch.zeros", {}, size=(B, 10)),
               nn("cell", "GRUCell", {"input": "x", "hx": "zeros"}, hidden_size=6),
               linear("fc", 4), x=nets.TABLE, classes=4)),
    Broken("anchors-of-another-width", "shapes-do-not-broadcast", "loss", ("B×8", "B×6"),
           "Set out_features of “fc” to 6",
           net(linear("fc", 8), x=nets.TABLE, y=(B, 6),
               loss=nn("loss", "TripletMarginLoss", {"anchor": "out", "positive": "data.y",
                                                    "negative": "data.n"}),
               ports={"x": nets.TABLE, "y": (B, 6), "n": (B, 6)})),
    # --- masks ---------------------------------------------------------------------------------
    Broken("mask-of-whole-numbers", "mask-dtype", "attend", ("int64", "7×7", "True hides"),
           "Hide the places of attn_mask that hold 0", hidden(7, 7, dtype=Name("int64")),
           learns=False),
    Broken("mask-of-each-sample", "mask-size", "attend", ("3 heads", "3*B", "B×7×7"),
           "Repeat each mask for the 3 heads", hidden(B, 7, 7)),
    # --- other axes ----------------------------------------------------------------------------
    Broken("video-with-the-frames-first", "conv-in-channels", "conv", ("is 3", "4 channels"),
           "Swap axes 1 and 2: B×T×C×H×W becomes B×C×T×H×W",
           net(nn("conv", "Conv3d", in_channels=3, out_channels=4, kernel_size=3), relu("act"),
               nn("mean", "AdaptiveAvgPool3d", output_size=1), flat(), linear("fc", 10), x=VIDEO,
               classes=10)),
    Broken("code-into-an-image", "wrong-number-of-axes", "up", ("B×C×H×W", "2 axes", "B×10"),
           "Lay each row out as 10×1×1",
           net(linear("code", 10), nn("up", "ConvTranspose2d", out_channels=8, kernel_size=4),
               flat(), linear("fc", 4), x=nets.TABLE, classes=4)),
    Broken("grown-to-a-smaller-image", "grown-otherwise", "grow1", ("B×1×9×9", "B×1×12×12", "5×5"),
           "Set output_padding of “grow1” and “grow2” to 1",
           net(conv("less1", 8, stride=2), relu("act1"), conv("less2", 4, stride=2), relu("act2"),
               nn("grow1", "ConvTranspose2d", out_channels=8, kernel_size=3, stride=2, padding=1),
               relu("act3"),
               nn("grow2", "ConvTranspose2d", out_channels=1, kernel_size=3, stride=2, padding=1),
               x=nets.GREY, loss=nn("loss", "MSELoss", {"input": "out", "target": "data.x"}))),
    Broken("scores-for-each-pixel", "class-target", "loss", ("B×5×16×16", "B×16×16", "B int64"),
           "Take the mean of the logits over 16×16 places",
           net(conv("conv", 8), relu("act"), conv("scores", 5, 1), x=nets.RGB, classes=5)),
    Broken("batch-without-steps", "no-steps", "rnn", ("B×8", "8 features"),
           "Make every sample a sequence of one step, and set batch_first to True",
           net(nn("table", "EmbeddingBag", num_embeddings=50, embedding_dim=8),
               nn("rnn", "GRU", "table", hidden_size=6),
               op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1)), linear("fc", 2),
               x=nets.WORDS, tokens=50, classes=2)),
    # --- means and deviations of a code --------------------------------------------------------
    Broken("code-of-an-odd-width", "uneven-chunks", "parts", ("13 places", "B×7", "B×6"),
           "Set out_features of “both” to 12", coded(13)),
    Broken("code-of-half-the-batch", "batch-cut", "parts", ("axis 0", "B×12", "batch"),
           "Set dim to 1", coded(dim=0)),
    Broken("box-of-a-map", "target-stretched", "loss", ("B×8×1×4", "B×4"),
           "Insert Flatten before “box”",
           net(conv("conv", 8), relu("act"), MEAN, linear("box", 4), x=nets.RGB, y=(B, 4),
               loss="SmoothL1Loss"), severity="warning"),
    # --- sequences of labels -------------------------------------------------------------------
    Broken("ctc-of-too-few-classes", "too-few-classes", "scores", ("8 scores", "11 classes"),
           "Set out_features of “scores” to 11", spoken(8, TURNED)),
    Broken("ctc-with-the-batch-first", "batch-before-steps", "loss", ("B×20×11", "samples first"),
           "Let the first two axes of log_probs change places", spoken(11)),
    Broken("ctc-with-the-classes-first", "ctc-axes", "turn", ("11×B×20", "B×20×11", "steps stand "
           "at axis 2"), "Set args to (1, 0, 2)",
           spoken(11, op("turn", "Tensor.permute", args=(2, 0, 1)))),
    Broken("ctc-with-the-batch-last", "ctc-axes", "turn", ("20×11×B", "the classes at axis 1"),
           "Set args to (1, 0, 2)", spoken(11, op("turn", "Tensor.permute", args=(1, 2, 0)))),
    Broken("ctc-with-a-score-more-first", "ctc-axes", "turn", ("12×B×20", "B×20×12"),
           "Set args to (1, 0, 2)", spoken(12, op("turn", "Tensor.permute", args=(2, 0, 1)))),
    Broken("ctc-with-other-axes-changed", "ctc-axes", "turn", ("B×11×20", "the steps stand at "
           "axis 2, the samples at axis 0"), "Use permute(1, 0, 2) instead",
           spoken(11, op("turn", "Tensor.transpose", dim0=1, dim1=2))),
    Broken("ctc-of-skipped-steps", "index-past-the-end", "conv", ("0 to 3", "20 (B)", "up to 5",
           "stride of Conv1d “conv” is 8"), "Set stride to (1,)",
           skipping(nn("conv", "Conv1d", out_channels=8, kernel_size=3, padding=1, stride=8))),
    Broken("ctc-of-pooled-steps", "index-past-the-end", "steps", ("from 0 to 2", "20 (B)",
           "The labels are up to 5 long"), "", skipping(nn("pool", "AvgPool1d", kernel_size=8))),
    Broken("output-for-a-first-state", "first-state", "write", ("B×7×8", "1×B×8"),
           "Take h_n of “read”",
           net(nn("read", "GRU", hidden_size=8, batch_first=True),
               nn("write", "GRU", {"input": "x", "hx": "read.output"}, hidden_size=8,
                  batch_first=True),
               op("mean", "torch.mean", "write.output", dim=1), linear("fc", 4), x=nets.SERIES,
               classes=4)),
    Broken("targets-exchanged", "crossed-losses", "which", ("The targets", "B×4", "B×1"),
           "Swap the targets of “which” and “number”", EXCHANGED, leads=("number.target",),
           beside=("target-stretched",)),
    # --- channels in front of the samples ------------------------------------------------------
    Broken("channel-in-front-of-the-samples", "axis-before-batch", "grey", ("B×28×28", "1×B×28×28"),
           "Set dim to 1", grey(in_channels=1)),
    Broken("channel-in-front-and-none-said", "axis-before-batch", "grey", ("B×28×28", "1×B×28×28"),
           "Set dim to 1", grey()),
]  # fmt: skip
