"""A loss of pairs whose target has other axes than the pairs.

What it does: compares the target of `CosineEmbeddingLoss`, which is one number for each pair of
rows, and of `MarginRankingLoss`, which has as many axes as the two inputs.

Why it matters: each pair has one label, 1 or -1. torch tells the sizes and not which to change.

Example: `CosineEmbeddingLoss(B×8, B×8, B×1)`.
Better: `CosineEmbeddingLoss(B×8, B×8, B)`.

Fix: drops the axis of size 1 of the target, or adds one.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import axes, label, shape, sizes, title

CODE = "pair-target"
RANK = 31  # after two inputs that do not fit one another
ANGLE, RANKING = "nn.CosineEmbeddingLoss", "nn.MarginRankingLoss"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where there is not one label for each pair."""
    site = failure.site
    rows, target = sizes(site, "input1"), sizes(site, "target")
    if site.node.spec not in (ANGLE, RANKING) or not rows or target is None:
        return None
    goal = len(rows) - (site.node.spec == ANGLE)
    if len(target) == goal or len(rows) != len(sizes(site, "input2") or rows):
        return None
    wanted = f"{axes(len(rows))} as the inputs"
    if site.node.spec == ANGLE:
        wanted = f"the shape {shape(site.on_wire('input1').shape[:-1])}, one number for each pair"
    message = (
        f"{title(site)} {label(site)} gets pairs of {site.shown('input1')} and "
        f"{site.shown('input2')}, so target has to have {wanted}; it is {site.shown('target')}."
    )
    found = tuple(_proposals(site, rows, target, goal))
    return Diagnosis(CODE, "error", site.address, message, "", "target", found)


def _proposals(
    site: Site, rows: tuple[int, ...], target: tuple[int, ...], goal: int
) -> list[Proposal]:
    if len(target) == goal + 1 and target[-1] == 1:
        words = "Drop the last axis of target"
        return [insert(site, "target", "Tensor.squeeze", {"dim": -1}, words)]
    if len(target) == goal - 1 and target == rows[:-1]:
        words = "Add an axis of size 1 to target"
        return [insert(site, "target", "Tensor.unsqueeze", {"dim": -1}, words)]
    return []
