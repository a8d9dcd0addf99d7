"""What is expanded to a size that is written down, and is not that of what it is put beside."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Arg

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
SPEC = "Tensor.expand"


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the sizes of another input for an expand before one."""
    known = {port: shape for port in stopped.inputs if (shape := sizes(stopped, port))}
    joined = number(stopped.value("dim")) if stopped.node.spec == "torch.cat" else None
    for port, mine in known.items():
        *_, maker = (None, *chain_before(stopped, port, context, ELEMENTWISE))
        said = maker.node.args.get("args") if maker is not None else None
        if maker is None or maker.node.spec != SPEC or not isinstance(said, tuple):
            continue
        others = {each for each in known.values() if each != mine and len(each) == len(mine)}
        if len(others) != 1 or len(said) != len(mine):
            continue
        goal = others.pop()
        free = None if joined is None else joined % len(mine)
        wanted: tuple[Arg, ...] = tuple(
            size if mine[axis] == goal[axis] or axis == free or size == -1 else goal[axis]
            for axis, size in enumerate(said)
        )
        if wanted != said:
            yield set_to(maker, "args", wanted, of=label(maker))
