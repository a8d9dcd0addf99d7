"""Several convolutions of a branch that each leave the border of their map out.

A block adds what went through two convolutions of 3×3 to what it got: unpadded they lose two rows
and columns each, and padding one of them is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, per_axis, sizes, value
from graph_editor.document.model import Arg

CODES = ("shapes-do-not-broadcast", "joined-sizes-differ")
CONVOLUTIONS = {f"nn.Conv{n}d": n for n in (1, 2, 3)}
Shape = tuple[int, ...]


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield paddings for all convolutions of a branch back to a map of the other one's size."""
    known = {port: sizes(stopped, port) for port in stopped.inputs}
    maps = {port: shape[2:] for port, shape in known.items() if shape and len(shape) > 2}
    for port, mine in maps.items():
        for goal in dict.fromkeys(maps.values()):
            if len(goal) == len(mine) and goal != mine:
                yield from _padded(stopped, port, goal, context)


def _padded(stopped: Site, port: str, goal: Shape, context: Context) -> Iterator[Proposal]:
    found: list[tuple[Site, Arg]] = []
    for layer in chain_before(stopped, port, context, ELEMENTWISE | set(CONVOLUTIONS)):
        if layer.node.spec not in CONVOLUTIONS:
            continue
        arriving, kept = sizes(layer, "input"), keeping(layer)
        if arriving is None or kept is None:
            return
        found.append((layer, kept))
        if arriving[2:] == goal:
            break
    else:
        return
    if len(found) < 2 and stopped.node.spec != "torch.cat":
        return  # one alone is proposed where the shapes are compared
    steps = [set_to(layer, "padding", kept, of=label(layer)) for layer, kept in found]
    yield together(*steps, title=_words([(label(layer), kept) for layer, kept in found]))


def keeping(layer: Site) -> Arg | None:
    """Return the padding with which a convolution keeps the size of a map, if there is one."""
    count = CONVOLUTIONS[layer.node.spec]
    names = ("kernel_size", "dilation", "stride")
    kernel, dilation, stride = (per_axis(layer.value(name), count) for name in names)
    if kernel is None or dilation is None or stride is None or set(stride) != {1}:
        return None
    lost = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if any(each % 2 for each in lost):
        return None
    halves = tuple(each // 2 for each in lost)
    return halves[0] if len(set(halves)) == 1 else halves


def _words(found: list[tuple[str, Arg]]) -> str:
    names = [name for name, _ in reversed(found)]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    paddings = {value(kept) for _, kept in found}
    if len(paddings) == 1:
        return f"Set padding of {listed} to {paddings.pop()}"
    return f"Pad {listed}, so that each keeps the size of its map"
