"""A number for each sample beside a row that is one for all: each is to meet each of the others."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import holds_batch

CODES = ("shapes-do-not-broadcast", "made-size")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:  # noqa: ARG001  # one signature for all
    """Yield a column of the side with the samples, where the other has a fixed length."""
    for one, other in pairs_of(stopped):
        for port, against in ((one, other), (other, one)):
            mine, theirs = (stopped.symbolic.get(each) for each in (port, against))
            if mine is None or theirs is None or len(mine.shape) != 1 or len(theirs.shape) != 1:
                continue
            if holds_batch(mine.shape[0]) and isinstance(theirs.shape[0], int):
                words = f"Add an axis of size 1 at the end of {port}"
                yield insert(stopped, port, "Tensor.unsqueeze", {"dim": -1}, words)
