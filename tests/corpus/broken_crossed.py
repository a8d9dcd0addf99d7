"""Losses that are worked out by hand, in which each sample meets all others."""

from __future__ import annotations

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import Layer, drawn, linear, op, relu, two

MEAN = op("mean", "torch.mean")


def held(*loss: Layer, last: int = 1, classes: int = 0, measure: Layer = MEAN) -> Project:
    """Return a network whose loss is worked out by these nodes."""
    labels = {"dtypes": {"y": "int64"}, "classes": {"y": classes}} if classes else {}
    ports = {"x": nets.TABLE, "y": (B,), "much": (B, 1)}
    return drawn(
        op("data", "data.random", ports=ports, samples=40, **labels),
        op("x", "io.input", "data.x", shape=nets.TABLE),
        linear("fc1", 24), relu("act1"), linear("price", last),
        op("out", "io.output"),
        *loss,
        measure,
        op("adam", "optim.AdamW", {"losses[0]": "mean"}),
    )  # fmt: skip


CASES = [
    warned("nine-tenths-of-all-pairs", "difference-stretched", "less", ("B×1", "B×B"),
           "Add an axis of size 1 to input",
           held(op("less", "op.sub", two("data.y", "price")),
                op("high", "op.mul", "less", other=0.9), op("low", "op.mul", "less", other=-0.1),
                op("more", "torch.maximum", two("high", "low")))),
    warned("weights-of-all-others", "difference-stretched", "much", ("B×1", "B×B"),
           "Drop the axis of size 1 of other",
           held(op("each", "nn.CrossEntropyLoss", {"input": "price", "target": "data.y"},
                   reduction="none"),
                op("much", "op.mul", two("each", "data.much")), last=4, classes=4)),
    warned("triplet-of-two", "loss-of-itself", "mean", ("“next” as positive", "B×3", "1.0"), "",
           held(op("next", "torch.roll", "price", shifts=1, dims=0), last=3,
                measure=op("mean", "nn.TripletMarginLoss",
                           {"anchor": "price", "positive": "next", "negative": "next"}))),
]  # fmt: skip
