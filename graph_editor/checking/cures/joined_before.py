"""What joined two tensors of unlike shapes before a loss that stretches its input or target.

A column added to a row makes a table of all pairs, and a column added to eight columns makes eight:
torch says nothing, and the loss gets more numbers than it has targets.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, set_to, set_width
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before, site_before, width_before
from graph_editor.checking.words import label, sizes

CODES = ("target-stretched",)
REDUCTIONS = frozenset(f"torch.{name}" for name in ("mean", "sum", "amax", "amin"))
Shape = tuple[int, ...]


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield what makes the two sides of a join alike, or gives as many channels as targets."""
    given, target = sizes(stopped, "input"), sizes(stopped, "target")
    if given is None or target is None:
        return
    yield from _channels(stopped, given, target, context)
    *_, join = (None, *chain_before(stopped, "input", context, ELEMENTWISE))
    if join is None or join.node.spec not in PAIRED:
        return
    sides = {port: sizes(join, port) for port in ("input", "other")}
    left, right = sides.get("input"), sides.get("other")
    if not left or not right:
        return
    for port, mine, theirs in (("other", right, left), ("input", left, right)):
        if theirs == (*mine, 1):
            yield from _alike(join, port, "other" if port == "input" else "input", context)
        if len(mine) == len(theirs) and theirs == target and _odd(mine, theirs) == len(mine) - 1:
            maker = width_before(join, port, -1, context)
            if maker is not None:
                yield set_width(maker, theirs[-1], context)


def _alike(join: Site, row: str, column: str, context: Context) -> Iterator[Proposal]:
    """Yield what makes a column of a row of numbers, or a row of the column."""
    maker = site_before(join, row, context)
    if maker is not None and maker.node.spec in REDUCTIONS and maker.value("dim") is not None:
        yield set_to(maker, "keepdim", True, of=label(maker))
    words = f"Add an axis of size 1 at the end of {row} of {label(join)}"
    yield insert(join, row, "Tensor.unsqueeze", {"dim": -1}, words)
    words = f"Drop the last axis of {column} of {label(join)}"
    yield insert(join, column, "Tensor.squeeze", {"dim": -1}, words)


def _channels(site: Site, given: Shape, target: Shape, context: Context) -> Iterator[Proposal]:
    """Yield as many channels of a map as the target has; the last axis is told of elsewhere."""
    axis = _odd(given, target) if len(given) == len(target) > 2 else -1
    maker = width_before(site, "input", axis, context) if 0 < axis < len(given) - 1 else None
    if maker is not None:
        yield set_width(maker, target[axis], context)


def _odd(one: Shape, other: Shape) -> int:
    """Return the one axis along which two shapes of a length differ, or -1."""
    bad = [axis for axis in range(len(one)) if one[axis] != other[axis]]
    return bad[0] if len(bad) == 1 else -1
