"""Losses of texts whose letters have no places: what enters a CTCLoss."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Arg, FrozenMap, Project
from tests.checking.drawings import B
from tests.checking.lint_form import Case, Near
from tests.corpus.form import Feeds, Layer, drawn, linear, nn, op

LOG = nn("log", "LogSoftmax", dim=-1)
SOFTMAX = nn("soft", "Softmax", dim=-1)


def constant(name: str, value: Arg) -> Layer:
    return op(name, "torch.full", {}, size=(B,), fill_value=value)


def spoken(
    *layers: Layer,
    steps: int = 20,
    heard: int | None = None,
    labels: int = 5,
    lengths: int | None = None,
    **args: Any,
) -> Project:
    """Return a reader of texts of ``labels`` letters in so many steps.

    Args:
        layers: what comes behind the scores.
        steps: how many steps there are.
        heard: how many of them a sample has; all of them where nothing is said.
        labels: how many letters the targets have room for.
        lengths: how many of them a sample may have, by the data; else all samples have all.
        args: of the loss.

    """
    ports = {"x": (B, steps, 6), "y": (B, labels), "count": (B,)}
    classes = {"y": 11} | ({} if lengths is None else {"count": lengths + 1})
    ends: Feeds = {"log_probs": "out", "targets": "data.y", "input_lengths": "heard",
                   "target_lengths": "labels" if lengths is None else "data.count"}  # fmt: skip
    return drawn(
        op("data", "data.random", ports=ports, classes=classes, samples=40,
           dtypes={} if lengths is not None else {"count": "int64"}),
        op("x", "io.input", "data.x", shape=(B, steps, 6)),
        linear("scores", 11), *layers, op("turn", "Tensor.transpose", dim0=0, dim1=1),
        op("out", "io.output"), constant("heard", steps if heard is None else heard),
        *([constant("labels", labels)] if lengths is None else []),
        nn("loss", "CTCLoss", ends, **args),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}), run=FrozenMap({"batch_size": 16}),
    )  # fmt: skip


CASES = [
    Case("logits-into-probability-loss", "warning", "loss",
         ("CTCLoss “loss” takes log-probabilities", "“scores” gives raw scores", "20×B×11"),
         ("Insert LogSoftmax before it",), spoken()),
    Case("logits-into-probability-loss", "warning", "loss", ("gives probabilities",),
         ("Use LogSoftmax instead",), spoken(SOFTMAX)),
    Case("logits-into-probability-loss", "warning", "loss", ("“act” gives raw scores",),
         ("Insert LogSoftmax before it",), spoken(nn("act", "ReLU"))),
    Case("targets-too-long", "warning", "loss", ("30 labels in 20 steps", "20×B×11"), (),
         spoken(LOG, labels=30)),
    Case("targets-too-long", "warning", "loss", ("5 labels in 4 steps",), (),
         spoken(LOG, heard=4)),
    Case("targets-too-long", "warning", "loss", ("25 labels in 20 steps",),
         ("Set zero_infinity to True",), spoken(LOG, labels=30, lengths=25)),
]  # fmt: skip
NEAR: list[Near] = [
    ("logits-into-probability-loss", spoken(LOG)),
    ("logits-into-probability-loss", spoken(op("log", "F.log_softmax", dim=-1))),
    ("logits-into-probability-loss", spoken(SOFTMAX, op("log", "torch.log"))),
    ("logits-into-probability-loss",
     spoken(SOFTMAX, op("least", "torch.clamp", min=1e-6), op("log", "torch.log"))),
    ("logits-into-probability-loss",
     spoken(SOFTMAX, op("more", "op.add", other=1e-6), op("log", "torch.log"))),
    ("targets-too-long", spoken(LOG)),
    ("targets-too-long", spoken(LOG, labels=20)),
    ("targets-too-long", spoken(LOG, heard=5)),
    ("targets-too-long", spoken(LOG, labels=30, lengths=20)),
    # such samples are left out on purpose
    ("targets-too-long", spoken(LOG, labels=30, zero_infinity=True)),
    ("targets-too-long", spoken(LOG, labels=30, lengths=25, zero_infinity=True)),
]  # fmt: skip
