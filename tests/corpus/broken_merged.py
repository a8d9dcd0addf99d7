"""The axis of the batch lost: flattened too by a view, or dropped by a squeeze."""

from __future__ import annotations

from typing import Any

from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, conv, linear, net, nn, op, several

IMAGE = (B, 3, 16, 16)


def viewed(spec: str, *sizes: int, **head: Any):  # type: ignore[no-untyped-def]  # a project
    """Return a network that lays a map out before its head."""
    view = op("row", f"Tensor.{spec}", args=sizes)
    return net(conv("map", 4), view, linear("head", 4, **head), x=IMAGE, classes=4)


def squeezed(*behind: Layer, **more: Any):  # type: ignore[no-untyped-def]  # a project
    """Return a network with a squeeze, and 32 samples to train on in batches of 31."""
    first = (conv("map", 4), nn("mean", "AdaptiveAvgPool2d", output_size=1))
    layers = (*first, op("drop", "Tensor.squeeze"), *behind, linear("head", 4))
    return net(*layers, x=IMAGE, classes=4, run={"batch_size": 31}, **more)


LAST = "The last batch holds 1 sample"
CASES = [
    Broken("all-in-one-row", "flatten-merges-batch", "row", ("(-1)", "1024*B", "B×1024"),
           "Use Flatten instead", viewed("view", -1)),
    Broken("all-in-one-row-of-known-width", "flatten-merges-batch", "row", ("1024*B", "“head”"),
           "Set args to (input.shape[0], -1)", viewed("view", -1, in_features=1024)),
    Broken("all-reshaped-to-one-row", "flatten-merges-batch", "row", ("flattened too", "1024*B"),
           "Use Flatten instead", viewed("reshape", -1, in_features=1024)),
    Broken("one-row-of-all", "flatten-merges-batch", "row", ("(1, -1)", "1×1024*B"),
           "Set args to (input.shape[0], -1)", viewed("view", 1, -1)),
    Broken("one-row-of-known-width", "flatten-merges-batch", "row", ("(1, -1)", "B×1024"),
           "Use Flatten instead", viewed("view", 1, -1, in_features=1024)),
    Broken("last-sample-squeezed", "batch-dependence", "drop", (LAST, "B×4×1×1", "“loss”"),
           "Set dim to (2, 3)", squeezed(), learns=False),
    Broken("last-sample-squeezed-and-normed", "batch-dependence", "drop", (LAST, "B×4×1×1"),
           "Use Flatten instead", squeezed(nn("norm", "LayerNorm", normalized_shape=4)),
           learns=False),
    Broken("last-sample-squeezed-and-joined", "batch-dependence", "drop",
           ("A batch of 1 sample", "unsqueeze “column”", "B×1"), "Set dim to 1",
           net(linear("one", 1), op("drop", "Tensor.squeeze"),
               op("column", "Tensor.unsqueeze", dim=1), linear("two", 3, at="x"),
               op("join", "torch.cat", several("column", "two"), dim=1), linear("head", 4),
               x=(B, 8), classes=4, run={"batch_size": 31}), learns=False),
]  # fmt: skip
