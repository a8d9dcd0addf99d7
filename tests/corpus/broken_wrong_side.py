"""Faults that another side than the refused one is to blame for: exchanged, or read wrongly."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, Project, Slice
from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import drawn, linear, net, nn, op, relu, two

OF_TWO_KINDS = drawn(
    op("data", "data.random", ports={"x": (B, 13), "y": (B,), "z": (B,)}, classes={"y": 4},
       samples=40),
    op("x", "io.input", "data.x", shape=(B, 13)), linear("fc1", 16), relu("act"),
    linear("kind", 4), op("kinds", "io.output"), linear("place", 1, "act"),
    op("flat", "Tensor.squeeze", dim=1), op("places", "io.output"),
    nn("which", "CrossEntropyLoss", {"input": "kinds", "target": "data.z"}),
    nn("number", "MSELoss", {"input": "places", "target": "data.y"}),
    op("adam", "optim.AdamW", {"losses[0]": "which", "losses[1]": "number"}),
)  # fmt: skip


def convolved() -> Project:
    """Return a classifier of series by two branches of convolutions, which keep all steps."""
    wide: dict[str, Any] = {"out_channels": 16, "kernel_size": 5, "padding": 2}
    return net(
        nn("first", "Conv1d", **wide), relu("act"), nn("second", "Conv1d", **wide),
        nn("skip", "Conv1d", "x", out_channels=16, kernel_size=1),
        op("sum", "op.add", two("second", "skip")), linear("fc", 4), x=(B, 3, 24), classes=4,
    )  # fmt: skip


def handed_on(encoder: bool, decoder: bool, **said: bool) -> Project:
    """Return a translation whose decoder begins with the last state of the encoder."""
    tokens: dict[str, Any] = {"dtype": Name("int64")}
    ways: dict[str, Any] = {"hidden_size": 8, "batch_first": True, **said}
    return drawn(
        op("data", "data.random", ports={"s": (B, 7), "t": (B, 5), "y": (B, 5)},
           classes={"s": 11, "t": 11, "y": 11}, samples=40),
        op("s", "io.input", "data.s", shape=(B, 7), **tokens),
        nn("said", "Embedding", num_embeddings=11, embedding_dim=6),
        nn("read", "GRU", bidirectional=encoder, **ways),
        op("t", "io.input", "data.t", shape=(B, 5), **tokens),
        nn("told", "Embedding", num_embeddings=11, embedding_dim=6),
        nn("tell", "GRU", {"input": "told", "hx": "read.h_n"}, bidirectional=decoder, **ways),
        linear("fc", 11, "tell.output"), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


def enlarged(*, channels: int, factor: int) -> Project:
    """Return what makes images of three colours twice as large."""
    return net(
        nn("first", "Conv2d", out_channels=8, kernel_size=3, padding=1), relu("act"),
        nn("last", "Conv2d", out_channels=channels, kernel_size=3, padding=1),
        nn("spread", "PixelShuffle", upscale_factor=factor), x=(B, 3, 8, 8), y=(B, 3, 16, 16),
        loss="MSELoss",
    )  # fmt: skip


def in_patches(width: int) -> Project:
    """Return a classifier of images in patches, behind a learned row that stands for the whole."""
    return net(
        nn("patch", "Conv2d", out_channels=width, kernel_size=4, stride=4),
        op("places", "Tensor.flatten", start_dim=2),
        op("rows", "Tensor.transpose", dim0=1, dim1=2),
        op("first", "param.tensor", {}, shape=(1, 1, 24), init="normal"),
        op("each", "Tensor.expand", args=(B, -1, -1)),
        op("whole", "torch.cat", {"tensors[0]": "each", "tensors[1]": "rows"}, dim=1),
        nn("layer", "TransformerEncoderLayer", {"src": "whole"}, d_model=24, nhead=4,
           batch_first=True),
        op("answer", "op.getitem", index=(Slice(), 0)), linear("fc", 5),
        x=(B, 3, 16, 16), classes=5,
    )  # fmt: skip


def told_word_by_word(end: int) -> Project:
    """Return a tagger whose scores and tags stand in one row for all words of a batch."""
    tokens: dict[str, Any] = {"dtype": Name("int64")}
    return drawn(
        op("data", "data.random", ports={"s": (B, 7), "y": (B, 7)}, classes={"s": 11, "y": 5},
           samples=40),
        op("s", "io.input", "data.s", shape=(B, 7), **tokens),
        nn("said", "Embedding", num_embeddings=11, embedding_dim=6), linear("fc", 5),
        op("rows", "Tensor.flatten", start_dim=0, end_dim=end), op("out", "io.output"),
        op("tags", "Tensor.flatten", "data.y"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "tags"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


CASES = [
    Broken("targets-of-two-kinds-exchanged", "crossed-losses", "which", ("float32", "B int64"),
           "Swap the targets of “which” and “number”", OF_TWO_KINDS, leads=("number.target",)),
    Broken("steps-behind-channels-left", "steps-left", "fc", ("24 steps", "B×16×24"),
           "Take the mean over the 24 steps before “fc”", convolved()),
    Broken("read-in-both-directions", "first-state", "tell", ("2×B×8", "1×B×8"),
           "Set bidirectional of “read” to False", handed_on(True, False)),
    Broken("told-in-both-directions", "first-state", "tell", ("1×B×8", "2×B×8"),
           "Set bidirectional to False", handed_on(False, True)),
    Broken("read-and-told-by-the-samples", "batch-for-steps", "read", ("B×7×6", "1×7×8"),
           "Set batch_first of “read” and “tell” to True",
           handed_on(False, False, batch_first=False), beside=("time-first",)),
    Broken("made-four-times-as-large", "shares-of-input", "spread", ("16", "12", "B×12×8×8"),
           "Set upscale_factor to 2", enlarged(channels=12, factor=4)),
    Broken("too-few-channels-to-spread", "shares-of-input", "spread", ("4", "3", "B×3×8×8"),
           "Set out_channels of “last” to 12", enlarged(channels=3, factor=2)),
    Broken("patches-of-another-width", "joined-sizes-differ", "whole", ("24", "25", "B×16×25"),
           "Set out_channels of “patch” to 24", in_patches(25)),
    Broken("scores-merged-with-the-words", "flatten-merges-batch", "rows", ("B×7×5", "5 scores"),
           "Set end_dim to 1", told_word_by_word(2)),
]  # fmt: skip
