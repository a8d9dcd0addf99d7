"""A row of numbers for each sample where a recurrent layer takes steps with features.

A series of one measured value is `B×T`: each step has one feature, which wants an axis of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, insert_around, set_to, together
from graph_editor.checking.words import holds_batch
from graph_editor.document.model import Arg, Slice

CODES = ("time-first",)
RECURRENT = ("nn.RNN", "nn.LSTM", "nn.GRU")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield an axis for the feature of each step, alone and with the last step picked behind."""
    known = stopped.symbolic.get("input")
    if stopped.node.spec not in RECURRENT or known is None or len(known.shape) != 2:
        return
    if not holds_batch(known.shape[0]) or holds_batch(known.shape[1]):
        return
    words = f"Make every sample a sequence of {known.shape[1]} steps with one feature"
    axis = insert(stopped, "input", "Tensor.unsqueeze", {"dim": -1}, words)
    first = () if stopped.value("batch_first") else (set_to(stopped, "batch_first", True),)
    yield together(axis, *first, title=words)
    wires = context.project.block(stopped.block).graph.wires
    read = {source.port for source in wires.values() if source.node == stopped.id}
    if read != {"output"}:
        return
    index: dict[str, Arg] = {"index": (Slice(), -1)}
    dim: dict[str, Arg] = {"dim": -1}
    before = ("Tensor.unsqueeze", dim)
    last = insert_around(stopped, "input", before, ("op.getitem", index), title="")
    yield together(last, *first, title=f"{words}, and take the last one")
