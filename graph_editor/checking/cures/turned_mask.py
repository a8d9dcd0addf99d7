"""A padding mask that lies across: steps along its rows, samples along its columns."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.walk import TURNS, site_before
from graph_editor.checking.words import holds_batch, sizes

CODES = ("mask-size",)


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield what turns a padding mask back: its own turn switched off, or another one.

    Where sequences have the samples in another place than was said, that is the fault.
    """
    known = [kind.shape for kind in stopped.symbolic.values() if len(kind.shape) == 3]
    if any(holds_batch(each[0]) != bool(stopped.value("batch_first")) for each in known):
        return
    for port in stopped.inputs:
        shape = sizes(stopped, port)
        if not port.endswith("key_padding_mask") or shape is None or len(shape) != 2:
            continue
        maker = site_before(stopped, port, context)
        if maker is not None and maker.node.spec in TURNS:
            yield skip(maker)
        turn = {"dim0": 0, "dim1": 1}
        yield insert(stopped, port, "Tensor.transpose", dict(turn), f"Swap the axes of {port}")
