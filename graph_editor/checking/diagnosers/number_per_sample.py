"""Numbers of a sample that are to go with its whole map, and lack axes for that.

What it does: where an operator brings together one number for each sample (`B`), or one for each
channel of it (`B×C`), with maps or sequences of which these are the first axes, walks back to the
node that gives those numbers.

Why it matters: torch lines axes up from the last one, so that samples meet columns there. It stops,
unless there are as many of the one as of the other by chance: then it is silent, and wrong.

Example: `alpha[t] * image`, which is `B` times `B×3×32×32`.
Better: `alpha[t].view(-1, 1, 1, 1) * image`.

Fix: lays the numbers out with axes of size 1 where they are made; keeps those of a mean or a sum.
"""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking.behind import insert_behind
from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.diagnosers.batch_lost import EACH
from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, PAIRED, chain_before
from graph_editor.checking.words import holds_batch, label, shape, title
from graph_editor.document.model import Arg

CODE = "number-for-each-sample"
RANK = 29  # before what only compares the two shapes
UNARY = ELEMENTWISE | PAIRED | EACH
Shape = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node that gives the numbers, where axes of size 1 at their end make all fit."""
    site = failure.site
    for first, second in pairs_of(site):
        for port, other in ((first, second), (second, first)):
            if port not in site.symbolic or other not in site.symbolic:
                continue
            here, there = site.symbolic[port].shape, site.symbolic[other].shape
            if _are_of_samples(here, there):
                return _diagnosis(site, port, other, _maker(site, port, here, context))
    return None


def _are_of_samples(here: Shape, there: Shape) -> bool:
    """Whether one shape is how the other, of at least two axes more, begins."""
    if not here or not holds_batch(here[0]) or len(there) - len(here) < 2:
        return False
    return all(a == b or 1 in (a, b) for a, b in zip(here[1:], there[1:], strict=False)) and (
        here[0] == there[0]
    )


def _maker(site: Site, port: str, here: Shape, context: Context) -> Site | None:
    """Return the first node before a port that gives numbers of this shape."""
    found = None
    for maker in chain_before(site, port, context, UNARY):
        made = context.types.get(f"{maker.address}.output")
        if made is None or maker.node.kind in ("io", "data") or maker.node.repeat is not None:
            break
        if made.shape != here or maker.block != site.block:
            break
        found = maker
        if maker.node.spec in PAIRED and len(maker.sources) > 1:
            break
    return found


def _diagnosis(site: Site, port: str, other: str, maker: Site | None) -> Diagnosis:
    here, there = site.symbolic[port].shape, site.symbolic[other].shape
    ones = (1,) * (len(there) - len(here))
    laid: tuple[Arg, ...] = (-1, *(n for n in here[1:] if isinstance(n, int)), *ones)
    fits = shape((*here, *ones))
    gives = f"{label(maker)} gives" if maker is not None else f"{port} is"
    each = "one number" if len(here) == 1 else "one number of each channel"
    name = title(site)
    message = (
        f"{gives} {each} for each sample ({shape(here)}), and {name[0].upper()}{name[1:]} "
        f"{label(site)} brings that together with {shape(there)}. Axes are lined up from the last "
        f"one, where {shape(here)} meets {shape(there[-len(here) :])}. As {fits} it fits."
    )
    spec, args = "Tensor.reshape", {"args": laid}
    fixes: list[Proposal] = []
    if len(laid) == len(there):
        words = f"Lay {port} of {label(site)} out as {fits}"
        fixes.append(insert(site, port, spec, dict(args), words))
        if maker is not None:
            words = f"Lay out what {label(maker)} gives as {fits}"
            fixes.insert(0, replace(insert_behind(maker, "output", spec, args), title=words))
    if maker is not None and maker.node.spec in REDUCTIONS and maker.value("keepdim") is not True:
        fixes.insert(0, set_to(maker, "keepdim", True))
    at = site.address if maker is None else maker.address
    told_port = port if maker is None else ""
    return Diagnosis(CODE, "error", at, message, "", told_port, tuple(fixes))
