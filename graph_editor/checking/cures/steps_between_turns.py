"""Convolutions along the steps that leave some out, between two turns of a branch.

In a Conformer the steps stand last for a Conv1d, and first again where the branch is added to what
it got: a padding is what brings them back, and no layer that takes the steps for channels.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.cures.padded_branch import keeping
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before
from graph_editor.checking.words import label, sizes, value

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
LAYER = "nn.Conv1d"
THROUGH = ELEMENTWISE | TURNS | {LAYER, "nn.Linear", "nn.GLU"}


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield paddings with which all convolutions of a branch keep the steps of the other one."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    rows = {port: each for port, each in known.items() if each is not None and len(each) == 3}
    for port, mine in rows.items():
        goals = {each[1] for each in rows.values() if each[1] != mine[1]}
        if len(goals) == 1:
            yield from _padded(stopped, port, goals.pop(), context)


def _padded(stopped: Site, port: str, steps: int, context: Context) -> Iterator[Proposal]:
    found: list[tuple[Site, int]] = []
    is_turned = False
    for layer in chain_before(stopped, port, context, THROUGH):
        is_turned |= layer.node.spec in TURNS
        if layer.node.spec != LAYER:
            continue
        arriving, kept = sizes(layer, "input"), keeping(layer)
        if not is_turned or arriving is None or not isinstance(kept, int):
            return
        if layer.value("padding") not in (kept, (kept,)):
            found.append((layer, kept))
        if arriving[-1] == steps and found:
            break
    else:
        return
    each = [set_to(layer, "padding", kept, of=label(layer)) for layer, kept in found]
    told = [f"padding of {label(layer)} to {value(kept)}" for layer, kept in reversed(found)]
    yield together(each[0], *each[1:], title=f"Set {' and '.join(told)}")
