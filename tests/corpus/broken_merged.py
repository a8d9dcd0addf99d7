"""The axis of the batch lost: flattened too by a view, or dropped by a squeeze."""

from __future__ import annotations

from typing import Any

from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import conv, linear, net, op

IMAGE = (B, 3, 16, 16)


def viewed(spec: str, *sizes: int, **head: Any):  # type: ignore[no-untyped-def]  # a project
    """Return a network that lays a map out before its head."""
    view = op("row", f"Tensor.{spec}", args=sizes)
    return net(conv("map", 4), view, linear("head", 4, **head), x=IMAGE, classes=4)


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
]  # fmt: skip
