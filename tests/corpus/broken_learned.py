"""Sizes that no layer is to bring together: of labels, of what a target leaves, of steps, of maps.

What differs is a number somewhere before, or a turn that was left out; each fix sets that.
"""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    conv,
    drawn,
    lacking,
    linear,
    net,
    nn,
    op,
    relu,
    several,
    two,
)

PIXELS = (B, 1, 8, 8)


def trained(ports: dict[str, Any], *layers: Any, by: str, **data: Any) -> Project:
    """Return a training of these layers, which end in a loss that is worked out by hand."""
    return drawn(
        op("data", "data.random", ports=ports, samples=40, **data),
        *layers,
        op("adam", "optim.Adam", {"losses[0]": by}),
    )


def angles(rows: int = 5) -> Project:
    """Return a loss of cosines with a direction for each class, less a margin for the label."""
    return trained(
        {"x": nets.TABLE, "y": (B,)}, op("x", "io.input", "data.x", shape=nets.TABLE),
        linear("body", 8), op("unit", "F.normalize", dim=1),
        op("class_rows", "param.tensor", shape=(rows, 8), init="normal"),
        op("class_units", "F.normalize", dim=1),
        op("cosines", "F.linear", {"input": "unit", "weight": "class_units"}),
        op("out", "io.output"), op("rows", "F.one_hot", {"tensor": "data.y"}, num_classes=5),
        op("floats", "Tensor.float"), op("margin", "op.mul", other=0.35),
        op("less", "op.sub", two("out", "margin")), op("scaled", "op.mul", other=8.0),
        nn("loss", "CrossEntropyLoss", {"input": "scaled", "target": "data.y"}),
        by="loss", classes={"y": 5},
    )  # fmt: skip


def margin(scores: int = 5, places: int = 5) -> Project:
    """Return a loss of scores that lack a margin where the label is."""
    return trained(
        {"x": nets.TABLE, "y": (B,)}, op("x", "io.input", "data.x", shape=nets.TABLE),
        linear("head", scores), op("out", "io.output"),
        op("rows", "F.one_hot", {"tensor": "data.y"}, num_classes=places),
        op("floats", "Tensor.float"), op("margin", "op.mul", other=0.35),
        op("less", "op.sub", two("out", "margin")),
        nn("loss", "CrossEntropyLoss", {"input": "less", "target": "data.y"}),
        by="loss", classes={"y": 5},
    )  # fmt: skip


def mixture(means: int = 5) -> Project:
    """Return the likelihood of a number under normal distributions, each with a share."""
    return trained(
        {"x": nets.TABLE, "y": (B,)}, op("x", "io.input", "data.x", shape=nets.TABLE),
        linear("body", 16), nn("act", "Tanh"),
        linear("share", 5, "act"), op("shares", "F.log_softmax", dim=-1),
        linear("mean", means, "act"), linear("spread", 5, "act"),
        op("column", "Tensor.unsqueeze", "data.y", dim=1),
        op("off", "op.sub", two("column", "mean")), op("wide", "torch.exp", "spread"),
        op("score", "op.truediv", two("off", "wide")), op("square", "op.pow", other=2),
        op("half", "op.mul", other=-0.5), op("each", "op.sub", two("half", "spread")),
        op("both", "op.add", two("shares", "each")), op("all", "torch.logsumexp", dim=1),
        op("mean_of_all", "torch.mean"), op("cost", "op.neg"),
        by="cost",
    )  # fmt: skip


def quantiles(width: int = 3) -> Project:
    """Return a loss that weighs what lies above and below each of three quantiles."""
    return trained(
        {"x": nets.TABLE, "y": (B,)}, op("x", "io.input", "data.x", shape=nets.TABLE),
        linear("body", 16), relu("act"), linear("head", width), op("out", "io.output"),
        op("column", "Tensor.unsqueeze", "data.y", dim=1),
        op("off", "op.sub", two("column", "out")),
        op("shares", "const.tensor", value=(0.1, 0.5, 0.9)),
        op("above", "op.mul", two("off", "shares")), op("rest", "op.sub", "shares", other=1.0),
        op("below", "op.mul", two("off", "rest")),
        op("cost", "torch.maximum", two("above", "below")), op("mean", "torch.mean"),
        by="mean",
    )  # fmt: skip


def pairs(end: Any) -> Project:
    """Return a loss that finds among two views of all samples the other view of each."""
    return trained(
        {"one": nets.TABLE, "two": nets.TABLE},
        op("one", "io.input", "data.one", shape=nets.TABLE),
        op("two", "io.input", "data.two", shape=nets.TABLE),
        op("views", "torch.cat", several("one", "two"), dim=0), linear("body", 8),
        op("unit", "F.normalize", dim=1), op("out", "io.output"),
        op("turned", "Tensor.transpose", dim0=0, dim1=1),
        op("alike", "op.matmul", two("out", "turned")), op("scores", "op.truediv", other=0.5),
        op("own", "torch.arange", {}, end=end), op("others", "torch.roll", shifts=B),
        nn("loss", "CrossEntropyLoss", {"input": "scores", "target": "others"}),
        by="loss",
    )  # fmt: skip


def conformer(padding: int = 3) -> Project:
    """Return a convolution along the steps of a sequence, beside a way past it."""
    return net(
        linear("embed", 8), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        nn("wide", "Conv1d", out_channels=16, kernel_size=1), nn("gate", "GLU", dim=1),
        nn("deep", "Conv1d", out_channels=8, kernel_size=7, padding=padding, groups=8),
        nn("act", "SiLU"), nn("mix", "Conv1d", out_channels=8, kernel_size=1),
        op("back", "Tensor.transpose", dim0=1, dim1=2), op("add", "op.add", two("back", "embed")),
        op("mean", "torch.mean", dim=1), linear("head", 4),
        x=(B, 9, 5), classes=4,
    )  # fmt: skip


def timed(width: int = 16) -> Project:
    """Return a map whose channels are scaled and shifted by what a time is embedded as."""
    return trained(
        {"x": PIXELS, "t": (B,), "y": PIXELS}, op("x", "io.input", "data.x", shape=PIXELS),
        op("t", "io.input", "data.t", shape=(B,)), op("column", "Tensor.unsqueeze", dim=1),
        linear("time", 16), nn("silu", "SiLU"), linear("both", width),
        op("parts", "torch.chunk", chunks=2, dim=1),
        op("scale", "Tensor.view", "parts.chunks[0]", args=(B, 8, 1, 1)),
        op("shift", "Tensor.view", "parts.chunks[1]", args=(B, 8, 1, 1)),
        conv("maps", 8, 3, "x"), op("scaled", "op.mul", two("maps", "scale")),
        op("shifted", "op.add", two("scaled", "shift")), conv("last", 1), op("out", "io.output"),
        nn("loss", "MSELoss", {"input": "out", "target": "data.y"}),
        by="loss",
    )  # fmt: skip


def boxes(channels: int = 16) -> Project:
    """Return a grid with two anchors in each cell, of eight numbers each."""
    return net(
        conv("conv", 8, stride=2), relu("act"), conv("head", channels, 1, stride=2),
        op("cells", "Tensor.view", args=(B, 2, 8, 4, 4)),
        op("last", "Tensor.permute", args=(0, 1, 3, 4, 2)),
        x=nets.RGB, y=(B, 2, 4, 4, 8), loss="MSELoss",
    )  # fmt: skip


def places(heads: int = 4) -> Project:
    """Return attention whose scores get a bias for the distance of two words, for each head."""
    return net(
        nn("embed", "Embedding", num_embeddings=20, embedding_dim=8),
        op("steps", "torch.arange", {}, end=9), op("row", "Tensor.unsqueeze", "steps", dim=0),
        op("column", "Tensor.unsqueeze", "steps", dim=1), op("far", "op.sub", two("row", "column")),
        op("from_0", "op.add", other=8),
        nn("bias", "Embedding", num_embeddings=17, embedding_dim=heads),
        op("first", "Tensor.permute", args=(2, 0, 1)), op("one", "Tensor.unsqueeze", dim=0),
        linear("all", 24, "embed"), op("cut", "Tensor.view", args=(B, 9, 3, 4, 2)),
        op("heads", "Tensor.permute", args=(2, 0, 3, 1, 4)),
        op("three", "torch.unbind", dim=0, outputs=3),
        op("attend", "F.scaled_dot_product_attention",
           {"query": "three.chunks[0]", "key": "three.chunks[1]", "value": "three.chunks[2]",
            "attn_mask": "one"}),
        op("turn", "Tensor.transpose", dim0=1, dim1=2),
        op("merge", "Tensor.reshape", args=(B, 9, 8)), op("mean", "torch.mean", dim=1),
        linear("fc", 4), x=nets.WORDS, tokens=20, classes=4,
    )  # fmt: skip


def convnext() -> Project:
    """Return a block that works on the channels of each place, and a way past it."""
    return net(
        conv("stem", 6, stride=2), conv("deep", 6, 7, groups=6),
        op("there", "Tensor.permute", args=(0, 2, 3, 1)),
        nn("norm", "LayerNorm", normalized_shape=6), linear("wide", 24), nn("act", "GELU"),
        linear("narrow", 6), op("back", "Tensor.permute", args=(0, 3, 1, 2)),
        op("add", "op.add", two("back", "stem")), op("mean", "torch.mean", dim=(2, 3)),
        linear("head", 4), x=nets.RGB, classes=4,
    )  # fmt: skip


def pyramid(size: tuple[int, int] = (8, 8)) -> Project:
    """Return a map of one stage, made as large as that of the stage before it and added to it."""
    return net(
        conv("one", 8, stride=2), relu("act"), conv("two", 8, stride=2),
        op("up", "F.interpolate", size=size), op("add", "op.add", two("up", "act")),
        op("mean", "torch.mean", dim=(2, 3)), linear("head", 4), x=nets.RGB, classes=4,
    )  # fmt: skip


def points(count: int = 20) -> Project:
    """Return what is known of each point beside what is known of all of them."""
    return net(
        nn("each", "Conv1d", out_channels=8, kernel_size=1), relu("act"),
        op("all", "torch.amax", dim=2), op("column", "Tensor.unsqueeze", dim=2),
        op("wide", "Tensor.expand", args=(B, -1, count)),
        op("both", "torch.cat", several("act", "wide"), dim=1),
        nn("head", "Conv1d", out_channels=5, kernel_size=1),
        x=(B, 3, 20), y=(B, 20), classes=5,
    )  # fmt: skip


CASES = [
    # --- labels, and what is worked out of targets ------------------------------------------------
    Broken("margin-for-six-classes", "one-hot-width", "rows", ("is 6", "B×6", "B×5", "name 5"),
           "Set num_classes to 5", margin(places=6)),
    Broken("margin-from-six-scores", "one-hot-width", "head", ("B×6", "5 classes", "B×5"),
           "Set out_features of “head” to 5", margin(scores=6)),
    Broken("directions-of-four-classes", "shapes-do-not-broadcast", "less", ("B×4", "B×5"),
           "Set shape of “class_rows” to (5, 8)", angles(4)),
    Broken("four-means-for-five-shares", "shapes-do-not-broadcast", "score", ("B×4", "B×5"),
           "Set out_features of “mean” to 5", mixture(4)),
    Broken("four-quantiles-for-three-shares", "shapes-do-not-broadcast", "above", ("B×4 and 3",),
           "Set out_features of “head” to 3", quantiles(4)),
    Broken("numbers-of-half-the-views", "made-target", "own", ("2*B×2*B", "end is B"),
           "Set end of “own” to 2*B", pairs(B)),
    # --- steps and channels -----------------------------------------------------------------------
    Broken("steps-lost-between-two-turns", "shapes-do-not-broadcast", "add", ("B×7×8", "B×9×8"),
           "Set padding of “deep” to 3", conformer(2)),
    Broken("channels-not-turned-back", "shapes-do-not-broadcast", "add", ("B×8×8×6", "B×6×8×8"),
           "Put the channels of input at the second axis", lacking(convnext(), "back")),
    Broken("channels-not-put-last", "layer-norm-shape", "norm", ("is 6", "8", "B×6×8×8"),
           "Put the channels last before it, as what follows takes them",
           lacking(convnext(), "there")),
    # --- numbers that are said twice --------------------------------------------------------------
    Broken("half-a-scale-too-many", "reshape-size", "shift", ("B×8×1×1", "8 values", "B×7"),
           "Set out_features of “both” to 16", timed(15)),
    Broken("twice-the-scales-and-shifts", "reshape-size", "scale", ("8 values", "B×16"),
           "Set out_features of “both” to 16", timed(32)),
    Broken("channels-for-less-than-two-anchors", "reshape-size", "cells", ("B×15×4×4", "256"),
           "Set out_channels of “head” to 16", boxes(15)),
    Broken("bias-for-eight-heads", "mask-size", "bias", ("B×4×9×2", "4 heads", "1×8×9×9", "is 8"),
           "Set embedding_dim of “bias” to 4", places(8)),
    Broken("bias-with-heads-last", "mask-size", "attend", ("1×9×9×4", "9×9"),
           "Put the heads of attn_mask before its queries", lacking(places(), "first")),
    Broken("map-made-as-large-as-7", "shapes-do-not-broadcast", "add", ("B×8×7×7", "B×8×8×8"),
           "Set size of “up” to (8, 8)", pyramid((7, 7))),
    Broken("all-of-19-points", "joined-sizes-differ", "both", ("B×8×20", "B×8×19"),
           "Set args of “wide” to (B, -1, 20)", points(19)),
]  # fmt: skip
