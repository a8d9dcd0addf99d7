"""A view of swapped axes, which torch can only give by copying.

What it does: follows the strides from a layer whose result lies in one piece through transpose,
permute, squeeze and unsqueeze to a `view`, and asks whether the new shape can be laid over them.

Why it matters: `view` never copies. Where axes were swapped, neighbours in the new shape are no
neighbours in memory, and torch refuses when the run starts.

Example: `x.transpose(1, 2).view(b, t, 64)`.
Better: `x.transpose(1, 2).reshape(b, t, 64)`.

Fix: uses reshape, which copies where it has to.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import replace_spec
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import label, number, sizes

CODE = "view-needs-copy"
IN_ONE_PIECE = ("nn.Linear", "nn.Embedding", "op.matmul", "torch.bmm", "Tensor.contiguous")
"""Specs whose result lies in one piece, whatever enters."""
MOVES = frozenset(
    {"Tensor.transpose", "Tensor.permute", "Tensor.squeeze", "Tensor.unsqueeze", "Tensor.detach"}
)
Axes = list[tuple[int, int]]
"""Size and stride of each axis."""


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every view that torch would refuse because of the strides of its input."""
    for site in context.sites.values():
        if site.node.spec != "Tensor.view":
            continue
        asked = context.types.get(f"{site.address}.output")
        arriving = sizes(site, "input")
        if asked is None or arriving is None:
            continue
        axes = strides_before(site, context)
        wanted = _wanted(site, arriving)
        if axes is None or wanted is None or can_view(axes, wanted):
            continue
        message = (
            f"{label(site)} cannot view {site.shown('input')} as {asked.text()}: axes were swapped "
            "before it, so the values do not lie one after another. reshape copies them."
        )
        proposals = (replace_spec(site, "Tensor.reshape"),)
        yield Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def strides_before(site: Site, context: Context) -> Axes | None:
    """Return sizes and strides of what arrives; None where they are not known for certain."""
    chain = list(chain_before(site, "input", context, MOVES))
    if not chain or chain[-1].node.spec not in IN_ONE_PIECE or len(chain) < 2:
        return None
    start = sizes(chain[-2], "input")
    axes: Axes | None = None if start is None else _dense(start)
    for move in reversed(chain[:-1]):
        axes = None if axes is None else _moved(move, axes)
    return axes


def _dense(shape: tuple[int, ...]) -> Axes:
    axes: Axes = []
    step = 1
    for size in reversed(shape):
        axes.insert(0, (size, step))
        step *= size
    return axes


def _moved(site: Site, axes: Axes) -> Axes | None:
    kind, rank = site.node.spec, len(axes)
    if kind == "Tensor.detach":
        return axes
    if kind == "Tensor.permute":
        return _permuted(site, axes)
    if kind == "Tensor.transpose":
        one, two = number(site.value("dim0")), number(site.value("dim1"))
        if one is None or two is None:
            return None
        moved = list(axes)
        moved[one % rank], moved[two % rank] = axes[two % rank], axes[one % rank]
        return moved
    dim = number(site.value("dim"))
    if kind == "Tensor.squeeze":
        gone = range(rank) if dim is None else (dim % rank,)
        return [axis for i, axis in enumerate(axes) if i not in gone or axis[0] != 1]
    if dim is None:
        return None
    at = dim % (rank + 1)
    return [*axes[:at], (1, 1), *axes[at:]]


def _permuted(site: Site, axes: Axes) -> Axes | None:
    order = site.value("args")
    if isinstance(order, tuple) and len(order) == 1 and isinstance(order[0], tuple):
        order = order[0]
    places = [number(item) for item in order] if isinstance(order, tuple) else []
    known = [place for place in places if place is not None]
    if len(known) != len(axes):
        return None
    return [axes[place] for place in known]


def _wanted(site: Site, arriving: tuple[int, ...]) -> list[int] | None:
    value = site.value("args")
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
        value = value[0]
    asked = [number(item) for item in value] if isinstance(value, tuple) else []
    shape = [size for size in asked if size is not None]
    if not shape or len(shape) != len(asked):
        return None
    known = total = 1
    for size in arriving:
        total *= size
    for size in shape:
        known *= 1 if size == -1 else size
    return [total // known if size == -1 else size for size in shape] if known else None


def can_view(axes: Axes, wanted: list[int]) -> bool:
    """Whether a shape can be laid over axes without a copy.

    Neighbouring axes form one run where the stride of the left one is size times stride of the
    right one; each run has to be cut up by the sizes of the new shape exactly.
    """
    runs: list[int] = []
    last = 0
    for size, stride in (axis for axis in axes if axis[0] != 1):
        if runs and last == size * stride:
            runs[-1] *= size
        else:
            runs.append(size)
        last = stride
    sizes_left = [size for size in wanted if size != 1]
    for run in runs:
        filled = 1
        while filled < run and sizes_left:
            filled *= sizes_left.pop(0)
        if filled != run:
            return False
    return not sizes_left
