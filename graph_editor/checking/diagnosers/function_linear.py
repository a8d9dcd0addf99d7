"""A weight or a bias by wire that does not go with the rows that `F.linear` gets.

What it does: compares the last axis of what arrives with the last axis of the weight, and the bias
with the first axis of the weight.

Why it matters: the weight has a row for each result, as long as the rows that arrive; the bias has
one number for each result. What a learned tensor holds is said where it is made.

Example: `F.linear(x, weight)` of `B×6` with a weight of `5×8`.
Better: a weight of `5×6`.

Fix: sets the size where the weight or the bias is made, or the width of the layer before; swaps the
axes of a weight that lies across.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import insert, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, sizes

CODE = "function-linear"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where rows and weight are not equally long, or results and bias not equally many."""
    site = failure.site
    if site.node.spec != "F.linear":
        return None
    rows, weight, bias = (sizes(site, port) for port in ("input", "weight", "bias"))
    if not rows or weight is None or len(weight) != 2:
        return None
    results, length = weight
    if rows[-1] != length:
        message = (
            f"Linear {label(site)} multiplies rows of {rows[-1]} ({site.shown('input')}) with a "
            f"weight of {site.shown('weight')}, which has {results} rows of {length}: they have to "
            "be equally long."
        )
        found = tuple(_of_rows(site, rows[-1], weight, context))
        return Diagnosis(CODE, "error", site.address, message, "", "weight", found)
    if bias and bias[-1] not in (1, results):
        message = (
            f"Linear {label(site)} gets a weight of {site.shown('weight')}, {results} rows, and a "
            f"bias of {site.shown('bias')}: it has to be one number for each of the {results}."
        )
        found = tuple(_of_bias(site, results, bias[-1], context))
        return Diagnosis(CODE, "error", site.address, message, "", "bias", found)
    return None


def _of_rows(
    site: Site, length: int, weight: tuple[int, ...], context: Context
) -> Iterator[Proposal]:
    if weight[0] == length:
        turn = {"dim0": 0, "dim1": 1}
        yield insert(site, "weight", "Tensor.transpose", dict(turn), "Swap the axes of weight")
    yield from _made(site, "weight", -1, length, context)
    before = width_before(site, "input", -1, context)
    if before is not None:
        yield set_width(before, weight[1], context)


def _of_bias(site: Site, results: int, length: int, context: Context) -> Iterator[Proposal]:
    yield from _made(site, "bias", -1, results, context)
    yield from _made(site, "weight", -2, length, context)


def _made(site: Site, port: str, axis: int, size: int, context: Context) -> Iterator[Proposal]:
    """Yield another size for an axis of what a port gets, where the drawing says it."""
    found = maker_of(site, port, axis, context)
    proposal = resized(found[0], {found[1]: size}, context) if found is not None else None
    if proposal is not None:
        yield proposal
