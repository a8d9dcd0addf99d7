"""Edits that bring one of two tensors to the shape of the other, where branches come together."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before, width_before
from graph_editor.checking.words import label, per_axis, shape
from graph_editor.document.model import Arg

Shape = tuple[int, ...]
Side = tuple[str, Shape]
MAPS = 4
"""Axes of a batch of maps."""
CONVOLUTIONS = {3: "nn.Conv1d", 4: "nn.Conv2d", 5: "nn.Conv3d"}
"""By the number of axes of a batch."""


def fitting(site: Site, first: Side, second: Side, context: Context) -> Iterator[Proposal]:
    """Yield what may bring either side to the shape of the other; each is yet to be tried."""
    for (port, mine), (_, theirs) in ((second, first), (first, second)):
        yield from _parameter(site, port, mine, theirs, context)
    if len(first[1]) != len(second[1]) or first[1][:1] != second[1][:1]:
        return
    for (port, mine), (_, theirs) in ((second, first), (first, second)):
        yield from _strides(site, port, mine[2:], theirs[2:], context)
    for (port, mine), (_, theirs) in ((second, first), (first, second)):
        yield from _shuffled(site, port, mine, theirs)
    for (port, mine), (_, theirs) in ((second, first), (first, second)):
        is_other = _is_stretched(mine[2:], theirs[2:]) or _is_one_for_many(theirs, mine)
        if not is_other and not _runs_along_last(site, port, context):
            axis = _axis_of_features(site, (first[0], second[0]), len(mine), context)
            yield from _projected(site, port, mine, theirs, axis)
        if _is_one_for_many(mine, theirs) and len(mine) == MAPS:
            words = f"Resize {port} to {shape(theirs[2:])}"
            yield insert(site, port, "F.interpolate", {"size": theirs[2:]}, words)


def _is_one_for_many(one: Shape, other: Shape) -> bool:
    """Whether a tensor has one channel where the other has many, as a share of each place has."""
    return one[1:2] == (1,) != other[1:2]


def _runs_along_last(site: Site, port: str, context: Context) -> bool:
    """Whether steps or samples of a curve stand last, as a Conv1d leaves them: no features."""
    *_, maker = (None, *chain_before(site, port, context, ELEMENTWISE | PAIRED))
    return maker is not None and maker.node.spec == CONVOLUTIONS[3]


def _axis_of_features(site: Site, ports: tuple[str, str], rank: int, context: Context) -> int:
    """Return the axis whose places are features: what a layer before either side has made.

    All others are steps or places, of which no layer makes others.
    """

    def is_made(axis: int) -> bool:
        return any(width_before(site, port, axis, context) for port in ports)

    if rank == MAPS - 1:
        return 1 if is_made(1) else rank - 1
    return rank - 1 if is_made(rank - 1) else 1


def _is_stretched(one: Shape, other: Shape) -> bool:
    """Whether one place stands for many, as in a mask: no layer is to bring either to the other."""
    return any(1 in (a, b) and a != b for a, b in zip(one, other, strict=True))


def _parameter(
    site: Site, port: str, mine: Shape, theirs: Shape, context: Context
) -> Iterator[Proposal]:
    """Propose the shape of a learned tensor of its own, such as that of places."""
    source = site.sources.get(port)
    maker = context.sites.get(source.address) if source is not None else None
    if maker is not None and maker.node.spec in ("param.tensor", "buffer.tensor"):
        wanted: Arg = theirs[len(theirs) - len(mine) :]
        if len(mine) <= len(theirs):
            yield set_to(maker, "shape", wanted, of=label(maker))


def _strides(
    site: Site, port: str, mine: Shape, theirs: Shape, context: Context
) -> Iterator[Proposal]:
    """Propose the stride or the padding of the convolution before a map of another size."""
    if mine == theirs or not mine:
        return
    for maker in chain_before(site, port, context, ELEMENTWISE):
        if not maker.node.spec.startswith("nn.Conv") or "Transpose" in maker.node.spec:
            continue
        count = len(mine)
        said = (
            maker.value("kernel_size"),
            maker.value("dilation") or 1,
            maker.value("stride") or 1,
        )
        kernel, dilation, stride = (per_axis(each, count) for each in said)
        if kernel is None or dilation is None or stride is None:
            return
        kept = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
        yield set_to(maker, "padding", _one(kept), of=label(maker))
        if all(k % 2 == 0 and k > 2 for k in kernel):  # no padding keeps a map as it is
            odd = set_to(maker, "kernel_size", _one(tuple(k - 1 for k in kernel)), of=label(maker))
            yield odd
        times = _times(mine, theirs)
        if times:
            yield set_to(maker, "stride", _one(tuple(s * times for s in stride)), of=label(maker))
        if set(stride) != {1}:
            yield set_to(maker, "stride", 1, of=label(maker))


def _shuffled(site: Site, port: str, mine: Shape, theirs: Shape) -> Iterator[Proposal]:
    """Propose to lay channels out as a larger map, where they are as many as that takes."""
    times = _times(theirs[2:], mine[2:])
    larger = (*mine[:1], mine[1] // max(times, 1) ** 2, *(n * times for n in mine[2:]))
    if len(mine) == MAPS and times > 1 and mine[1] % times**2 == 0 and larger == theirs:
        words = f"Lay the channels of {port} out as maps of {shape(theirs[2:])}"
        yield insert(site, port, "nn.PixelShuffle", {"upscale_factor": times}, words)


def _times(mine: Shape, theirs: Shape) -> int:
    """Return how many times larger a map is than another, along every axis; 0 where it is not."""
    times = {-(-a // b) for a, b in zip(mine, theirs, strict=True) if b}
    return times.pop() if len(times) == 1 else 0


def _projected(
    site: Site, port: str, mine: Shape, theirs: Shape, features: int
) -> Iterator[Proposal]:
    """Propose a layer that brings a side to the other's features, and its map to the size."""
    kept = f"that brings {port} to {shape(theirs[1:])}"
    if mine[:-1] == theirs[:-1] and len(mine) < MAPS:  # rows of a table, or steps of a sequence
        args: dict[str, Arg] = {"out_features": theirs[-1]}
        if features == len(mine) - 1:
            yield insert(site, port, "nn.Linear", args, f"Insert a Linear layer {kept}")
        return
    times = _times(mine[2:], theirs[2:])
    if len(mine) in CONVOLUTIONS and times >= 1 and features == 1:
        args = {"out_channels": theirs[1], "kernel_size": 1}
        args |= {"stride": times} if times > 1 else {}
        ones = shape((1,) * (len(mine) - 2))
        words = f"Insert a {ones} convolution {kept}"
        yield insert(site, port, CONVOLUTIONS[len(mine)], args, words)


def _one(values: Shape) -> Arg:
    """Return one number where all axes agree."""
    return values[0] if len(set(values)) == 1 else values
