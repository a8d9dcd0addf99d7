"""Edits that lay predictions out as their targets are: without axes of size 1, or of one step."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import either, shape
from graph_editor.document.model import Arg, Slice

Shape = tuple[int, ...]
STEPPED = ("nn.Linear", "nn.RNN", "nn.LSTM", "nn.GRU")
"""Layers whose results have the steps of a sequence along axis 1."""


def without_ones(site: Site, given: Shape, target: Shape) -> Iterator[Proposal]:
    """Yield what drops the axes of size 1 that one side has and the other lacks."""
    for port, longer, shorter in (("input", given, target), ("target", target, given)):
        axes = _surplus(longer, shorter)
        if axes and axes != (len(longer) - 1,):
            dim: Arg = axes if len(axes) > 1 else axes[0]
            names = either(axes).replace(" or ", " and ")
            words = f"Drop {'axes' if len(axes) > 1 else 'axis'} {names} of {port}"
            yield insert(site, port, "Tensor.squeeze", {"dim": dim}, words)


def _surplus(longer: Shape, shorter: Shape) -> Shape:
    """Return the axes of size 1 without which one shape is the other; none where there are not."""
    axes, place = [], 0
    for axis, size in enumerate(longer):
        if place < len(shorter) and size == shorter[place]:
            place += 1
        elif size == 1 and axis:
            axes.append(axis)
        else:
            return ()
    return tuple(axes) if place == len(shorter) else ()


def of_one_step(site: Site, given: Shape, target: Shape, context: Context) -> Iterator[Proposal]:
    """Yield what makes one number for each sample of one for each step of it."""
    if len(given) != 3 or given[2] != 1 or target != given[:1]:
        return
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if maker is None or maker.node.spec not in STEPPED:
        return
    index: dict[str, Arg] = {"index": (Slice(), -1, 0)}
    yield insert(site, "input", "op.getitem", index, "Take the last step of input")
    words = f"Take the mean over the {given[1]} steps of input"
    yield insert(site, "input", "torch.mean", {"dim": (1, 2)}, words)


def over_places(site: Site, given: Shape, target: Shape) -> Iterator[Proposal]:
    """Yield the mean of a map for each sample and channel, where the target has one number each."""
    if len(given) > 3 and target == given[:2] and set(given[2:]) != {1}:
        words = f"Take the mean of input over its {shape(given[2:])} places"
        axes: Arg = tuple(range(2, len(given)))
        yield insert(site, "input", "torch.mean", {"dim": axes}, words)
