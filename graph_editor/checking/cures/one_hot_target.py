"""Class numbers that were made one-hot rows, which a loss of classes takes as numbers."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.walk import chain_before

CODES = ("class-target",)
CASTS = frozenset(f"Tensor.{name}" for name in ("float", "long", "to", "detach", "contiguous"))


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield what leaves the numbers as they were, or makes numbers of the rows again."""
    *_, maker = [None, *chain_before(stopped, "target", context, CASTS)]
    if maker is None or maker.node.spec != "F.one_hot":
        return
    yield skip(maker)
    words = "Turn one-hot rows into class numbers"
    dim = 1 if len(stopped.inputs["target"].shape) == 2 else -1  # as it is proposed of any rows
    yield insert(stopped, "target", "torch.argmax", {"dim": dim}, words)
