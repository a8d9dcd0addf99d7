"""A map of another size than the one that it is joined with.

Of 9 rows a stride of 2 leaves 5, and twice 5 are 10: only the size of the other map is right. Where
one is just as many times as large on each axis, the other was to be made larger before.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, reset, set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, shape, sizes
from graph_editor.document.model import Arg

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
RESIZING = ("F.interpolate", "nn.Upsample")
Shape = tuple[int, ...]


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the size of the other map for what makes one larger."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    maps = {port: each[2:] for port, each in known.items() if each and len(each) > 2}
    for port, mine in maps.items():
        goals = {each for each in maps.values() if len(each) == len(mine) and each != mine}
        *_, maker = (None, *chain_before(stopped, port, context, ELEMENTWISE))
        if len(goals) != 1 or maker is None:
            continue
        if maker.node.spec not in RESIZING:
            yield from _larger(stopped, port, mine, *goals)
            continue
        goal = goals.pop()
        if maker.node.args.get("scale_factor") is None:
            yield set_to(maker, "size", goal, of=label(maker))
            continue
        told = (reset(maker, "scale_factor"), set_to(maker, "size", goal))
        words = f"Let {label(maker)} resize to {shape(goal)}, and by no factor"
        yield together(*told, title=words)


def _larger(stopped: Site, port: str, mine: Shape, goal: Shape) -> Iterator[Proposal]:
    """Yield to make a map larger by the factor by which the other one is."""
    factors = {size / own if own else 0 for size, own in zip(goal, mine, strict=True)}
    factor = factors.pop()
    if not factors and factor > 1 and factor == int(factor):
        times: dict[str, Arg] = {"scale_factor": int(factor)}
        words = f"Make {port} {int(factor)} times as large"
        yield insert(stopped, port, "nn.Upsample", times, words)
