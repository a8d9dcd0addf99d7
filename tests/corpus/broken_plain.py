"""Refusals that torch words for those who know it, told in plain words and with a fix."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    SAMPLES,
    Layer,
    conv,
    drawn,
    linear,
    net,
    nn,
    op,
    several,
    shared,
    two,
)

CLASSES = 4
STEPS = 7


def attending(heads: int, keys: int, values: int, *, repeated: bool = False) -> Any:
    """Return a classifier of series by attention with so many heads of width 8."""
    layers: list[Layer] = []
    for name, count in (("q", heads), ("k", keys), ("v", values)):
        layers += [
            linear(name, count * 8, "x"),
            op(f"{name}_heads", "Tensor.view", args=(B, STEPS, count, 8)),
            op(f"{name}_turn", "Tensor.transpose", dim0=1, dim1=2),
        ]
    key = "k_turn"
    if repeated:
        key = "k_all"
        layers.append(op(key, "torch.repeat_interleave", "k_turn", repeats=heads // keys, dim=1))
    ports = {"query": "q_turn", "key": key, "value": "v_turn"}
    return net(
        *layers, op("see", "F.scaled_dot_product_attention", ports),
        op("mean", "torch.mean", dim=(1, 2)), linear("fc", CLASSES),
        x=nets.SERIES, classes=CLASSES,
    )  # fmt: skip


def seeing(*layers: Layer, last: str = "see.attn_output", dim: Any = 1) -> Any:
    """Return a classifier of images that attends over the places of a map of 16 channels."""
    return net(
        conv("conv", 16, stride=4), *layers, op("mean", "torch.mean", last, dim=dim),
        linear("fc", CLASSES), x=nets.RGB, classes=CLASSES,
    )  # fmt: skip


LAST = op("last", "Tensor.permute", args=(0, 2, 3, 1))
OF_MAPS = nn("see", "MultiheadAttention", shared("last", "query", "key", "value"), embed_dim=16,
             num_heads=4, batch_first=True)  # fmt: skip
SPOKEN = drawn(
    op("data", "data.random", ports={"x": nets.SERIES, "y": (B, 3)}, classes={"y": 6},
       samples=SAMPLES),
    op("x", "io.input", "data.x", shape=nets.SERIES),
    linear("fc", 6), nn("logs", "LogSoftmax", dim=-1),
    op("turn", "Tensor.transpose", dim0=0, dim1=1),
    op("out", "io.output"),
    op("long", "torch.full", {}, size=(B,), fill_value=STEPS, dtype=Name("float32")),
    op("said", "torch.full", {}, size=(B,), fill_value=3, dtype=Name("float32")),
    nn("loss", "CTCLoss", {"log_probs": "out", "targets": "data.y", "input_lengths": "long",
                           "target_lengths": "said"}),
    op("adam", "optim.AdamW", {"losses[0]": "loss"}),
)  # fmt: skip


def turned(end: int) -> Any:
    """Return a classifier of series whose code is turned by angles of so many places."""
    halves = [
        op("first", "op.getitem", "code", index=(..., Slice(None, 4))),
        op("second", "op.getitem", "code", index=(..., Slice(4, None))),
    ]
    return net(
        linear("code", 8), *halves,
        op("place", "torch.arange", {}, end=end), op("float", "Tensor.float"),
        op("rate", "torch.arange", {}, end=4), op("floats", "Tensor.float"),
        op("angle", "torch.outer", {"input": "float", "vec2": "floats"}),
        op("cos", "torch.cos", "angle"), op("sin", "torch.sin", "angle"),
        op("a", "op.mul", two("first", "cos")), op("b", "op.mul", two("second", "sin")),
        op("c", "op.mul", two("second", "cos")), op("d", "op.mul", two("first", "sin")),
        op("less", "op.sub", two("a", "b")), op("more", "op.add", two("c", "d")),
        op("both", "torch.cat", several("less", "more"), dim=-1),
        op("mean", "torch.mean", dim=1), linear("fc", CLASSES),
        x=nets.SERIES, classes=CLASSES,
    )  # fmt: skip


def summed(width: int) -> Any:
    """Return a classifier of series by linear attention, with keys of a width."""
    return net(
        linear("q", 6, "x"), nn("ask", "Sigmoid"), linear("k", width, "x"), nn("seen", "Sigmoid"),
        linear("v", 6, "x"), op("turn", "Tensor.transpose", "seen", dim0=1, dim1=2),
        op("kept", "op.matmul", two("turn", "v")), op("got", "op.matmul", two("ask", "kept")),
        op("all", "torch.sum", "seen", dim=1, keepdim=True),
        op("met", "op.mul", two("ask", "all")), op("whole", "torch.sum", dim=-1, keepdim=True),
        op("share", "op.truediv", two("got", "whole")), op("mean", "torch.mean", dim=1),
        linear("fc", CLASSES), x=nets.SERIES, classes=CLASSES,
    )  # fmt: skip


def laid_out(sizes: Any) -> Any:
    """Return attention whose queries, keys and values are laid out alike."""
    layers: list[Layer] = [conv("conv", 16, stride=4), op("rows", "Tensor.flatten", start_dim=2)]
    for name in "qkv":
        layers += [linear(name, 16, "rows"), op(f"{name}_map", "Tensor.view", args=sizes)]
    ports = {"query": "q_map", "key": "k_map", "value": "v_map"}
    return net(
        *layers, op("see", "F.scaled_dot_product_attention", ports),
        op("back", "Tensor.view", args=(B, 32, 16)), op("mean", "torch.mean", dim=1),
        linear("fc", CLASSES), x=nets.RGB, classes=CLASSES,
    )  # fmt: skip


CASES = [
    # --- one mistake, told once ----------------------------------------------------------------
    Broken("angles-of-too-few-places", "made-size", "place", ("5", "B×7×4"),
           "Set end of “place” to 7", turned(5)),
    Broken("keys-of-linear-attention-too-wide", "matmul-inner-sizes", "got",
           ("rows of 6 with columns of 12",), "Set out_features of “k” to 6", summed(12)),
    Broken("three-views-of-too-many-values", "reshape-size", "q_map",
           ("B×8×8×16", "“k_map”", "“v_map”"), "", laid_out((B, 8, 8, 16))),
    # --- heads that share keys and values ------------------------------------------------------
    Broken("two-heads-of-keys-for-four", "attention-sizes", "see",
           ("queries with 4 heads", "keys with 2 heads", "values with 2 heads", "enable_gqa"),
           "Set enable_gqa to True", attending(4, 2, 2)),
    Broken("values-not-repeated-as-the-keys", "attention-sizes", "see",
           ("keys with 4 heads (B×4×7×8)", "values with 2 heads (B×2×7×8)"),
           "Repeat each head of value 2 times", attending(4, 2, 2, repeated=True)),
    Broken("three-heads-share-two", "attention-sizes", "see",
           ("3 heads", "2 heads", "a multiple of 2"), "", attending(3, 2, 2)),
    # --- maps in an attention ------------------------------------------------------------------
    Broken("attention-over-a-map", "attention-axes", "see", ("rows of 16", "4 axes"),
           "Merge the 4×4 places into 16 steps", seeing(LAST, OF_MAPS)),
    Broken("attention-over-a-map-and-back", "attention-axes", "see", ("B×4×4×16", "4 axes"),
           "Merge the 4×4 places into 16 steps, and lay them out again behind “see”",
           seeing(LAST, OF_MAPS, dim=(1, 2))),
    Broken("encoder-over-channels-first", "attention-axes", "see", ("B×16×4×4", "src", "4 axes"),
           "Merge the 4×4 places into 16 steps, and move the channels last",
           seeing(nn("see", "TransformerEncoderLayer", {"src": "conv"}, d_model=16, nhead=4,
                     dim_feedforward=8, batch_first=True), last="see")),
    # --- truth values --------------------------------------------------------------------------
    Broken("minus-before-a-mask", "negated-mask", "less", ("B×8 bool", "~"),
           "Use invert instead",
           net(linear("fc1", 8), op("above", "op.gt", other=0.0), op("less", "op.neg"),
               op("kept", "Tensor.masked_fill", {"input": "fc1", "mask": "less"}, value=0.0),
               linear("fc", CLASSES), x=nets.TABLE, classes=CLASSES)),
    Broken("one-minus-a-mask", "negated-mask", "less", ("B×8 bool", "float32"),
           "Convert input to float32",
           net(linear("fc1", 8), op("above", "op.gt", other=0.0), op("less", "op.neg"),
               op("rest", "op.add", other=1.0), op("kept", "op.mul", two("fc1", "rest")),
               linear("fc", CLASSES), x=nets.TABLE, classes=CLASSES)),
    # --- samples -------------------------------------------------------------------------------
    Broken("weights-of-steps-before-the-batch", "axis-before-batch", "row",
           ("B×7 becomes 1×B×7", "B×7×8", "a matrix for each sample"), "Set dim to 1",
           net(linear("code", 8), linear("score", 1), op("flat", "Tensor.squeeze", dim=-1),
               op("share", "torch.softmax", dim=-1), op("row", "Tensor.unsqueeze", dim=0),
               op("sum", "torch.bmm", {"input": "row", "mat2": "code"}),
               op("drop", "Tensor.squeeze", dim=1), linear("fc", CLASSES), x=nets.SERIES,
               classes=CLASSES)),
    Broken("each-sample-twice", "batch-axis", "twice", ("B×8 2 times", "2*B×4"),
           "Switch “twice” off",
           net(linear("fc1", 8), op("twice", "torch.repeat_interleave", repeats=2, dim=0),
               linear("fc", CLASSES), x=nets.TABLE, classes=CLASSES)),
    Broken("lengths-with-a-point", "dtype", "loss", ("input_lengths", "float32 (B)", "int64"),
           "Convert input_lengths to int64 and convert target_lengths to int64", SPOKEN),
]  # fmt: skip
