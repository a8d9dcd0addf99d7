"""A squeeze that also drops the batch when it holds one sample.

What it does: finds a `squeeze` without `dim`, or with one that names an axis whose size varies.

Why it matters: a batch may be of one sample: the last one of an epoch, or one prediction. Squeeze
then drops that axis too, and all that follows sees another shape, mostly without an error.

Example: `x.squeeze()` of `B×1×24`, which is `B×24`, and `24` for one sample.
Better: `x.squeeze(1)`, which is always `B×24`.

Fix: names the axis of size 1, where there is one only.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import label, per_axis, value

CODE = "batch-dependence"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every squeeze after which the number of axes depends on the batch."""
    for site in context.of(("Tensor.squeeze",)):
        found = _found(site)
        if found is not None:
            yield found


def _found(site: Site) -> Diagnosis | None:
    arriving = site.symbolic.get("input")
    if arriving is None:
        return None
    said, dims = site.value("dim"), arriving.shape
    named = None if said is None else per_axis(said, len(said) if isinstance(said, tuple) else 1)
    if said is not None and named is None:
        return None
    varying = _first_varying(dims, named)
    if varying is None:
        return None
    single = [axis for axis, size in enumerate(dims) if size == 1]
    what = "Without dim, squeeze" if said is None else f"With dim {value(said)}, squeeze"
    message = (
        f"{what} at {label(site)} also drops the axis {varying} of {site.shown('input')} when "
        f"{varying} happens to be 1. Name an axis that is always 1."
    )
    proposals = (set_to(site, "dim", single[0]),) if len(single) == 1 else ()
    return Diagnosis(CODE, "warning", site.address, message, "dim", "input", proposals)


def _first_varying(dims: tuple[Dim, ...], named: tuple[int, ...] | None) -> Dim | None:
    """Return the first size that varies among those that squeeze looks at, or None."""
    if named is None:
        named = tuple(range(len(dims)))
    looked_at = [dims[dim] for dim in named if -len(dims) <= dim < len(dims)]
    return next((size for size in looked_at if not isinstance(size, int)), None)
