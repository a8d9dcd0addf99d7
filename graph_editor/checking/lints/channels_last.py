"""An image whose colours are the last axis, in a convolution that takes axis 1 for them.

What it does: looks at what a data source gives to the first Conv2d: square pictures of 16 pixels a
side or more, with 1, 3 or 4 numbers a pixel on the last axis, while the convolution takes as many
channels as arrive.

Why it matters: Conv2d takes `B×channels×height×width`. Of `B×32×32×3` it takes the 32 rows for
channels and runs along columns and colours, 3 of these. Files and other libraries often keep
pictures so; torch accepts it.

Example: `Conv2d(auto, 8, 3)` on `B×32×32×3`.
Better: `permute(0, 3, 1, 2)` before it, which gives `B×3×32×32`.

Fix: lets the axes change places before the convolution.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import RESHAPES, TRANSPARENT, chain_before, source_of
from graph_editor.checking.words import label, title

CODE = "channels-last"
SPEC = "nn.Conv2d"
SCALING = frozenset({"op.truediv", "op.mul", "op.sub", "op.add"})
COLOURS = (1, 3, 4)
LEAST = 16
"""So many pixels a side at least are taken for a picture."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    arriving = site.symbolic.get("input")
    shape = arriving.shape if arriving is not None else ()
    if len(shape) != 4 or shape[3] not in COLOURS or site.value("groups") != 1:
        return
    rows = shape[1]
    if shape[0] != "B" or not isinstance(rows, int) or rows < LEAST or shape[2] != rows:
        return
    if "in_channels" not in site.node.args and _is_given(site, context):
        yield from of(site, [_diagnosis(site, rows, int(shape[3]))])


def _is_given(site: Site, context: Context) -> bool:
    """Whether a data source gives what arrives, its values scaled at most."""
    through = (TRANSPARENT - RESHAPES) | SCALING
    *before, last = (site, *chain_before(site, "input", context, through))
    source = source_of(before[-1] if last is not site else site, "input", context)
    return source is not None and source.key in context.facts and last.node.spec not in through


def _diagnosis(site: Site, rows: int, colours: int) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} takes axis 1 of {site.shown('input')} for channels, and runs "
        f"along axes 2 and 3: the {rows} rows of a picture count as channels, and its {colours} "
        f"channel{'s' * (colours != 1)} as columns."
    )
    words = "Let axes change places before it with permute(0, 3, 1, 2)"
    turned = insert(site, "input", "Tensor.permute", {"args": (0, 3, 1, 2)}, words)
    return Diagnosis(CODE, "warning", site.address, message, "", "input", (turned,))


check = PerSubject((SPEC,), _find, once)
