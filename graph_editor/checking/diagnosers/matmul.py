"""A matrix product whose inner sizes differ.

What it does: compares the last axis of the left factor with the last but one of the right one, and
the batch axes of both.

Why it matters: each row on the left meets each column on the right, so they must be equally long.

Example: `q @ k` with both `B×16×64`: rows of 64 meet columns of 16.
Better: `q @ k.transpose(-2, -1)`, which gives `B×16×16`.

Fix: swaps the last two axes of the factor where that makes them fit.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, shape, sizes

CODE = "matmul-inner-sizes"
RANK = 30
FACTORS = {"op.matmul": ("input", "other"), "torch.bmm": ("input", "mat2")}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where rows and columns are not equally long, or the batches do not fit."""
    site = failure.site
    first, second = FACTORS.get(site.node.spec, ("", ""))
    left, right = sizes(site, first), sizes(site, second)
    if not left or not right:
        return None
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
    return Diagnosis(CODE, "error", site.address, message, "", second)


def _proposals(
    site: Site,
    first: tuple[str, tuple[int, ...]],
    second: tuple[str, tuple[int, ...]],
    context: Context,
) -> list[Proposal]:
    (one, left), (two, right) = first, second
    swap = {"dim0": -2, "dim1": -1}
    found = []
    if len(right) > 1 and left[-1] == right[-1]:
        words = f"Swap the last two axes of {two}"
        found.append(insert(site, two, "Tensor.transpose", dict(swap), words))
    if len(left) > 1 and len(right) > 1 and left[-2] == right[-2]:
        words = f"Swap the last two axes of {one}"
        found.append(insert(site, one, "Tensor.transpose", dict(swap), words))
    maker = width_before(site, one, -1, context)
    if maker is not None:
        wanted = right[-2] if len(right) > 1 else right[0]
        found.append(set_to(maker[0], maker[1], wanted, of=label(maker[0])))
    return found
