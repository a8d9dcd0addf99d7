"""Products of two rows that reach a loss of one number for each sample: they were to be summed up.

A matrix factorization scores a user and an item by the product of their rows: number by number, and
then the sum.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.cures.missing_head import end_of_model
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, sizes

CODES = ("head-width", "target-does-not-fit", "target-stretched")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the sum over the last axis of a product, for a target that lacks that axis."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    if given is None or target is None or len(given) < 2 or given[-1] < 2:
        return
    kept = target == (*given[:-1], 1)
    if target != given[:-1] and not kept:
        return
    *_, last = [None, *chain_before(stopped, "input", context, ELEMENTWISE)]
    if last is None or last.node.spec != "op.mul" or len(last.sources) != 2:
        return
    if len({sizes(last, port) for port in last.inputs}) != 1:
        return
    words = f"Sum the products of {label(last)} up, so that each sample has one number"
    args = {"dim": -1, "keepdim": True} if kept else {"dim": -1}
    yield insert(*end_of_model(stopped, "input", context), "torch.sum", dict(args), words)
