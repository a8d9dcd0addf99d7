"""A mean that goes over the features, where a layer behind it takes as many as there were.

What it does: where a Linear gets another number of features than it says, looks for a mean or the
like before it, and whether just one other `dim` of it leaves as many.

Why it matters: torch names the Linear. With another `in_features` it would run, on places or steps
in the place of features.

Example: `mean(dim=1)` of `B×32×43`, then `Linear(32, 10)`.
Better: `mean(dim=2)`, which leaves `B×32`.

Fix: sets `dim`.
"""

from __future__ import annotations

from itertools import combinations

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import brief, holds_batch, label, number, title
from graph_editor.document.model import Arg

CODE = "features-averaged"
RANK = 19


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the mean of which one other axis leaves the features that a Linear takes."""
    site = failure.site
    arriving = site.inputs.get("input")
    wanted = number(site.value("in_features"))
    if site.node.spec != "nn.Linear" or "in_features" in site.inferred or arriving is None:
        return None
    if wanted is None or not arriving.shape or arriving.shape[-1] == wanted:
        return None
    *_, maker = (None, *chain_before(site, "input", context))
    ways = _ways(maker, wanted) if maker is not None and maker.node.when is None else []
    if maker is None or len(ways) != 1:
        return None
    said = maker.value("dim")
    message = (
        f"{title(maker).capitalize()} {label(maker)} goes over dim {brief(said)} of "
        f"{maker.shown('input')} and leaves {site.shown('input')}, and in_features of “{site.id}” "
        f"is {wanted}. With dim {brief(ways[0])} it leaves the {wanted}."
    )
    fix = set_to(maker, "dim", ways[0])
    return Diagnosis(CODE, "error", maker.address, message, "dim", "input", (fix,))


def _ways(maker: Site, wanted: int) -> list[Arg]:
    """Return the axes over which as many features would be left, and the samples."""
    known, said = maker.symbolic.get("input"), maker.value("dim")
    dims = said if isinstance(said, tuple) else (said,)
    numbers = [number(dim) for dim in dims]
    if maker.node.spec not in REDUCTIONS or known is None or None in numbers:
        return []
    rank, first = len(known.shape), known.shape[0] if known.shape else ""
    if not holds_batch(first) or maker.value("keepdim") is True or rank - len(dims) != 2:
        return []
    mine = {dim % rank for dim in numbers if dim is not None}
    found: list[Arg] = []
    for over in combinations(range(1, rank), len(dims)):
        left = [size for place, size in enumerate(known.shape) if place not in over]
        if left[1:] == [wanted] and set(over) != mine and 0 not in mine:
            found.append(over[0] if len(over) == 1 and not isinstance(said, tuple) else over)
    return found
