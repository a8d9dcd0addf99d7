"""Losses of texts whose letters have no places: what enters a CTCLoss."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Arg, FrozenMap, Project, Slice
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
    said: int | None = None,
    moved: tuple[Layer, ...] = (),
    scores: int = 11,
    **args: Any,
) -> Project:
    """Return a reader of texts of ``labels`` letters in so many steps.

    Args:
        layers: what comes behind the scores.
        steps: how many steps there are.
        heard: how many of them a sample has; all of them where nothing is said.
        labels: how many letters the targets have room for.
        lengths: how many of them a sample may have, by the data; else all samples have all.
        said: how many of them each sample is said to have, where that is no data.
        moved: what is done with the targets.
        scores: how many scores there are for a step.
        args: of the loss.

    """
    ports = {"x": (B, steps, 6), "y": (B, labels), "count": (B,)}
    classes = {"y": 11} | ({} if lengths is None else {"count": lengths + 1})
    ends: Feeds = {"log_probs": "out", "targets": moved[-1].name if moved else "data.y",
                   "input_lengths": "heard",
                   "target_lengths": "labels" if lengths is None else "data.count"}  # fmt: skip
    return drawn(
        op("data", "data.random", ports=ports, classes=classes, samples=40,
           dtypes={} if lengths is not None else {"count": "int64"}),
        op("x", "io.input", "data.x", shape=(B, steps, 6)),
        linear("scores", scores), *layers, op("turn", "Tensor.transpose", dim0=0, dim1=1),
        op("out", "io.output"), constant("heard", steps if heard is None else heard),
        *([constant("labels", labels if said is None else said)] if lengths is None else []),
        *moved,
        nn("loss", "CTCLoss", ends, **args),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}), run=FrozenMap({"batch_size": 16}),
    )  # fmt: skip


def moved_by(spec: str, number: int) -> tuple[Layer, ...]:
    return (op("shift", spec, "data.y", other=number),)


ROW = (op("row", "Tensor.flatten", "data.y"),)
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
    Case("labels-out-of-range", "error", "shift", ("CTCLoss “loss”", "from 1 to 11", "11 scores"),
         ("Set out_features of “scores” to 12",),
         spoken(LOG, moved=moved_by("op.add", 1))),
    Case("labels-out-of-range", "error", "shift", ("from 0 to 20",),
         ("Set out_features of “scores” to 21", "Switch “shift” off"),
         spoken(LOG, moved=moved_by("op.mul", 2))),
    Case("labels-in-a-row", "error", "labels", ("80 of them", "add up to 64", "5*B"),
         ("Set fill_value to 5",), spoken(LOG, moved=ROW, said=4)),
    Case("labels-in-a-row", "error", "labels", ("80 of them", "add up to 96"),
         ("Set fill_value to 5",), spoken(LOG, moved=ROW, said=6)),
]  # fmt: skip
NEAR: list[Near] = [
    ("logits-into-probability-loss", spoken(LOG)),
    ("logits-into-probability-loss", spoken(op("log", "F.log_softmax", dim=-1))),
    ("logits-into-probability-loss", spoken(SOFTMAX, op("log", "torch.log"))),
    ("logits-into-probability-loss",
     spoken(SOFTMAX, op("least", "torch.clamp", min=1e-6), op("log", "torch.log"))),
    ("logits-into-probability-loss",
     spoken(SOFTMAX, op("more", "op.add", other=1e-6), op("log", "torch.log"))),
    ("labels-out-of-range", spoken(LOG, moved=moved_by("op.add", 1), scores=12)),
    ("labels-out-of-range", spoken(LOG, moved=moved_by("op.mul", 2), scores=21)),
    ("labels-out-of-range", spoken(LOG, moved=moved_by("op.sub", 0))),
    ("labels-out-of-range", spoken(LOG, moved=moved_by("op.mul", 1))),
    ("labels-out-of-range", spoken(LOG, moved=ROW)),
    ("labels-in-a-row", spoken(LOG)),
    ("labels-in-a-row", spoken(LOG, said=4)),
    ("labels-in-a-row", spoken(LOG, moved=ROW)),
    ("labels-in-a-row", spoken(LOG, moved=ROW, labels=3)),
    ("labels-in-a-row", spoken(LOG, moved=(op("one", "op.getitem", "data.y", index=(Slice(), 0)),),
                               said=1)),
    ("targets-too-long", spoken(LOG)),
    ("targets-too-long", spoken(LOG, labels=20)),
    ("targets-too-long", spoken(LOG, heard=5)),
    ("targets-too-long", spoken(LOG, labels=30, lengths=20)),
    # such samples are left out on purpose
    ("targets-too-long", spoken(LOG, labels=30, zero_infinity=True)),
    ("targets-too-long", spoken(LOG, labels=30, lengths=25, zero_infinity=True)),
]  # fmt: skip
