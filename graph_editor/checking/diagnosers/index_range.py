"""An index that lies behind the end of its axis.

What it does: compares the whole numbers of an index with the sizes of the axes that they choose
from.

Why it matters: places are counted from 0, so that the last of 16 steps is 15, or -1.

Example: `x[:, 16]` of `B×16×64`.
Better: `x[:, -1]`.

Fix: the last place of that axis.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, sizes
from graph_editor.document.model import Arg, Slice

CODE = "index-out-of-range"
RANK = 40


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first number that no place of its axis has."""
    site, arriving = failure.site, sizes(failure.site, "input")
    if site.node.spec != "op.getitem" or arriving is None:
        return None
    index = site.value("index")
    items = index if isinstance(index, tuple) else (index,)
    for axis, place, said in _numbers(items):
        if axis < len(arriving) and not -arriving[axis] <= said < arriving[axis]:
            message = (
                f"{label(site)} takes place {said} of axis {axis} of {site.shown('input')}, which "
                f"has {arriving[axis]}: 0 to {arriving[axis] - 1}, or -1 for the last."
            )
            last: tuple[Arg, ...] = (*items[:place], -1, *items[place + 1 :])
            better: Arg = last if isinstance(index, tuple) else -1
            proposals = (set_to(site, "index", better),)
            return Diagnosis(CODE, "error", site.address, message, "index", "input", proposals)
    return None


def _numbers(items: tuple[Arg, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield the axis, the place in the index and the value of each number in front of all else."""
    for place, item in enumerate(items):
        if isinstance(item, int) and not isinstance(item, bool):
            yield place, place, item
        elif not isinstance(item, Slice):
            return
