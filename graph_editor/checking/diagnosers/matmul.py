"""A matrix product whose inner sizes differ.

What it does: compares the last axis of the left factor with the last but one of the right one, and
the batch axes of both.

Why it matters: each row on the left meets each column on the right, so they must be equally long.

Example: `q @ k` with both `B×16×64`: rows of 64 meet columns of 16.
Better: `q @ k.transpose(-2, -1)`, which gives `B×16×16`.

Fix: swaps two axes of a factor, or both factors, where that makes them fit, or sets the width of
the layer before, or the size of a parameter; uses matmul, or mul, where bmm gets no batches of
matrices.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import insert, replace_called, set_width, swap_inputs
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "matmul-inner-sizes"
RANK = 30
FACTORS = {"op.matmul": ("input", "other"), "torch.bmm": ("input", "mat2")}

Pair = tuple[tuple[int, ...], tuple[int, ...]]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where rows and columns are not equally long, or the batches do not fit."""
    site = failure.site
    first, second = FACTORS.get(site.node.spec, ("", ""))
    left, right = sizes(site, first), sizes(site, second)
    if not left or not right:
        return None
    if second == "mat2" and not len(left) == len(right) == 3:
        message = (
            f"{title(site)} {label(site)} multiplies batches of matrices, with 3 axes each, and "
            f"{site.shown(first)} and {site.shown(second)} arrive. matmul takes any number of axes."
        )
        found = tuple(_of_other_axes(site, left, right))
        return Diagnosis(CODE, "error", site.address, message, "", second, found)
    rows, columns = left[-1], right[-2] if len(right) > 1 else right[0]
    shapes = f"({site.shown(first)} @ {site.shown(second)})"
    if rows != columns:
        message = (
            f"{label(site)} multiplies rows of {rows} with columns of {columns} {shapes}: they "
            "have to be equally long."
        )
        proposals = tuple(_proposals(site, (first, left), (second, right), context))
        return Diagnosis(CODE, "error", site.address, message, "", second, proposals)
    bad = clashes(left[:-2], right[:-2])
    if not bad:
        return None
    message = (
        f"{label(site)} multiplies batches of matrices {shapes}, and the batch axes "
        f"{shape(left[:-2])} and {shape(right[:-2])} do not fit: {left[:-2][bad[0]]} against "
        f"{right[:-2][bad[0]]}."
    )
    proposals = tuple(_proposals(site, (first, left), (second, right), context))
    return Diagnosis(CODE, "error", site.address, message, "", second, proposals)


def _of_other_axes(site: Site, left: tuple[int, ...], right: tuple[int, ...]) -> Iterator[Proposal]:
    """Yield what multiplies tensors that are no batches of matrices."""
    if len(left) > 1 and len(right) > 1 and _is_product(left, right):
        yield replace_called(site, "op.matmul", "mat2", "other", "Use matmul instead")
    if left == right:
        words = "Multiply number by number instead, with mul"
        yield replace_called(site, "op.mul", "mat2", "other", words)


def _proposals(
    site: Site,
    first: tuple[str, tuple[int, ...]],
    second: tuple[str, tuple[int, ...]],
    context: Context,
) -> list[Proposal]:
    (one, left), (two, right) = first, second
    swap = {"dim0": -2, "dim1": -1}
    found: list[Proposal] = []
    if len(right) > 1 and left[-1] == right[-1]:
        words = f"Swap the last two axes of {two}"
        found.append(insert(site, two, "Tensor.transpose", dict(swap), words))
    if len(left) > 1 and len(right) > 1 and left[-2] == right[-2]:
        words = f"Swap the last two axes of {one}"
        found.append(insert(site, one, "Tensor.transpose", dict(swap), words))
    if len(left) > 1 and len(right) > 1 and _is_product(right, left):
        found.append(swap_inputs(site, one, two, "Swap the two factors"))
    for port, mine, other in ((two, right, left), (one, left, right)):
        for dims in combinations(range(1, len(mine)), 2) if len(mine) > 3 else ():
            if _is_product(*_order(port == two, swapped(mine, *dims), other)):
                words = f"Swap axes {dims[0]} and {dims[1]} of {port}"
                args: dict[str, Arg] = {"dim0": dims[0], "dim1": dims[1]}
                found.append(insert(site, port, "Tensor.transpose", args, words))
    behind = width_before(site, two, -2, context) if len(right) > 1 else None
    if behind is not None:
        found.append(set_width(behind, left[-1], context))
    for port, axis, goal in ((two, -2, left[-1]), (one, -1, right[-2:][0])):
        made = maker_of(site, port, axis, context)
        told = resized(made[0], {made[1]: goal}, context) if made is not None else None
        found += [told] if told is not None else []
    maker = width_before(site, one, -1, context)
    if maker is not None:
        wanted = right[-2] if len(right) > 1 else right[0]
        found.append(set_width(maker, wanted, context))
    return found


def swapped(mine: tuple[int, ...], one: int, other: int) -> tuple[int, ...]:
    """Return a shape in which two axes have changed places."""
    found = list(mine)
    found[one], found[other] = found[other], found[one]
    return tuple(found)


def _order(is_second: bool, mine: tuple[int, ...], other: tuple[int, ...]) -> Pair:
    return (other, mine) if is_second else (mine, other)


def _is_product(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    return left[-1] == right[-2:][0] and not clashes(left[:-2], right[:-2])
