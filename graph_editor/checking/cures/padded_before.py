"""A padding in front of a convolution that is too small, or too large, for what it keeps.

A causal convolution gets as many zeros in front as it looks back. With one too few its curve is a
step shorter than the others that it is added to.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Arg

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
CONVOLUTIONS = frozenset(f"nn.Conv{n}d" for n in (1, 2, 3))
PADS = {
    **{f"nn.{kind}Pad{n}d": "padding" for n in (1, 2, 3) for kind in ("Constant", "Zero")},
    "F.pad": "pad",
}
"""Specs that pad, and the argument that says how much; the last axis comes first."""


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield paddings with which the last axis of one side is as long as that of the other."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    shapes = {port: shape for port, shape in known.items() if shape and len(shape) > 2}
    for port, mine in shapes.items():
        for goal in dict.fromkeys(shapes.values()):
            if len(goal) == len(mine) and goal[-1] != mine[-1] and goal[2:-1] == mine[2:-1]:
                yield from _padded(stopped, port, goal[-1] - mine[-1], context)


def _padded(stopped: Site, port: str, more: int, context: Context) -> Iterator[Proposal]:
    """Propose the nearest padding before a port with so many places more."""
    through = ELEMENTWISE | PAIRED | CONVOLUTIONS
    *_, pad = (None, *chain_before(stopped, port, context, through))
    if pad is None or pad.node.spec not in PADS:
        return
    argument = PADS[pad.node.spec]
    wider = _wider(pad.value(argument), more)
    if wider is not None:
        yield set_to(pad, argument, wider, of=label(pad))


def _wider(said: Arg, more: int) -> Arg | None:
    """Return a padding of the last axis with so many places more, on the side that has most."""
    if not isinstance(said, tuple):
        each = number(said)
        return None if each is None or more % 2 or each + more // 2 < 0 else each + more // 2
    ends = [end for end in map(number, said[:2]) if end is not None]
    if len(ends) != 2:
        return None
    left, right = ends
    if left == right and more % 2 == 0:
        left, right = left + more // 2, right + more // 2
    elif left >= right:
        left += more
    else:
        right += more
    return (left, right, *said[2:]) if min(left, right) >= 0 else None
