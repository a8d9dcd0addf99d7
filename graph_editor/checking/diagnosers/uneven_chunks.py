"""Parts of a chunk that are brought together and are not equally long.

What it does: where two tensors do not fit, looks whether both are parts of one `chunk`.

Why it matters: `chunk` makes the last part shorter where the number of parts does not divide the
axis. Gates, and scale and shift, need equal halves.

Example: `Linear(16, 9) → chunk(2)`: parts of 5 and 4.
Better: `Linear(16, 10) → chunk(2)`.

Fix: the nearest width of the layer before that can be cut evenly.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import ALIKE, chain_before, width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "uneven-chunks"
RANK = 28


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the chunk whose parts do not fit one another."""
    site = failure.site
    for one, other in pairs_of(site):
        if sizes(site, one) == sizes(site, other):
            continue
        ends = [list(chain_before(site, port, context, ALIKE))[-1:] for port in (one, other)]
        if not all(ends) or ends[0][0].address != ends[1][0].address:
            continue
        cut = ends[0][0]
        arriving, count = sizes(cut, "input"), number(cut.value("chunks"))
        dim = number(cut.value("dim"))
        if cut.node.spec != "torch.chunk" or not arriving or not count or dim is None:
            continue
        if not -len(arriving) <= dim < len(arriving) or arriving[dim] % count == 0:
            continue
        size = arriving[dim]
        message = (
            f"{title(cut)} {label(cut)} cuts axis {dim} of {cut.shown('input')} into {count}: "
            f"{size} places give no equal parts, and {label(site)} brings {site.shown(one)} and "
            f"{site.shown(other)} of them together."
        )
        maker = width_before(cut, "input", dim, context)
        near = [n for n in (size - size % count, size - size % count + count) if n]
        fixes = tuple(set_width(maker, n, context) for n in near) if maker is not None else ()
        return Diagnosis(CODE, "error", cut.address, message, "chunks", "input", fixes)
    return None
