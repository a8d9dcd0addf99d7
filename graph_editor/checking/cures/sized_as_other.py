"""A map that was made larger by a factor, and is a row off the one that it is joined with.

Of 9 rows a stride of 2 leaves 5, and twice 5 are 10: only the size of the other map is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import reset, set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, shape, sizes

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
RESIZING = ("F.interpolate", "nn.Upsample")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the size of the other map for what makes one larger by a factor."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    maps = {port: each[2:] for port, each in known.items() if each and len(each) > 2}
    for port, mine in maps.items():
        goals = {each for each in maps.values() if len(each) == len(mine) and each != mine}
        *_, maker = (None, *chain_before(stopped, port, context, ELEMENTWISE))
        if len(goals) != 1 or maker is None or maker.node.spec not in RESIZING:
            continue
        if maker.node.args.get("scale_factor") is None:
            continue
        goal = goals.pop()
        told = (reset(maker, "scale_factor"), set_to(maker, "size", goal))
        words = f"Let {label(maker)} resize to {shape(goal)}, and by no factor"
        yield together(*told, title=words)
