"""A target that was given its axis of size 1 in front of the samples instead of behind them."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import label, number, sizes

CODES = ("target-stretched", "target-does-not-fit", "class-target")
CASTS = frozenset(f"Tensor.{name}" for name in ("float", "long", "to", "detach", "contiguous"))
ADDING = ("Tensor.unsqueeze", "torch.unsqueeze")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the axis 1 for an unsqueeze of the target that adds axis 0."""
    *_, maker = [None, *chain_before(stopped, "target", context, CASTS)]
    if maker is None or maker.node.spec not in ADDING:
        return
    arriving, dim = sizes(maker, "input"), number(maker.value("dim"))
    if arriving and dim is not None and dim in (0, -1 - len(arriving)):
        yield set_to(maker, "dim", 1, of=label(maker))
