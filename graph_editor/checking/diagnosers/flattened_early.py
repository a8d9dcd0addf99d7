"""A flatten before a layer that needs the map: the places of an image are gone by then.

What it does: finds a flatten before a convolution, a pool or a normalisation of images that gets
rows.

Why it matters: a convolution looks at neighbours in height and width, and a row has neither.

Example: `Conv2d → Flatten → Conv2d`.
Better: `Conv2d → Conv2d → Flatten → Linear`.

Fix: switches the flatten off where it stands, lays the rows out as maps again, or uses BatchNorm1d,
which takes rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.flatten_batch import FLATTENS
from graph_editor.checking.diagnosers.wrong_axes import FORMS, TAKES
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, replace_spec, skip, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "flattened-too-early"
RANK = 14
ROWS = "nn.BatchNorm1d"


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the flatten before a layer of maps, where the layer would take what it flattens."""
    site, accepted = failure.site, TAKES.get(failure.site.node.spec, ())
    arriving = sizes(site, "input")
    if not accepted or arriving is None or len(arriving) != 2:
        return None
    for maker in chain_before(site, "input", context, ELEMENTWISE):
        before = sizes(maker, "input")
        if maker.node.spec in FLATTENS and before is not None and len(before) == accepted[-1]:
            form = shape(FORMS[int(site.node.spec[-2])])
            message = (
                f"{label(maker)} makes rows of {maker.shown('input')} ({site.shown('input')}), and "
                f"{title(site)} {label(site)} after it takes {form}. Flatten later, before the "
                "first Linear layer."
            )
            map_: dict[str, Arg] = {"dim": 1, "unflattened_size": before[1:]}
            words = f"Lay the rows out as {shape(before[1:])} before {label(site)}"
            back = insert(site, "input", "nn.Unflatten", map_, words)
            found = (skip(maker), back, *_of_rows(site))
            return Diagnosis(CODE, "error", maker.address, message, "", "", found)
    return None


def _of_rows(site: Site) -> Iterator[Proposal]:
    """Yield the normalisation of rows, where it is one of maps that gets them."""
    if "BatchNorm" in site.node.spec:
        yield together(replace_spec(site, ROWS), title=f"Use BatchNorm1d for {label(site)}")
