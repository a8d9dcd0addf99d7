"""A factor of a product that was turned, but by other axes than its last two.

What it does: where rows and columns are not equally long, looks whether a `transpose` stands before
a factor, and whether they would fit if it swapped the last two axes.

Why it matters: rows meet columns along the last two axes. With the samples or the heads swapped in
their place, places of one sample would meet those of another.

Example: `x @ x.transpose(0, 1)` with `B×6×4`: `6×B×4` comes out.
Better: `x @ x.transpose(-2, -1)`: `B×4×6`.

Fix: lets the transpose swap the last two axes.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes
from graph_editor.checking.diagnosers.matmul import FACTORS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Site
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import label, number, shape, sizes, title

CODE = "other-axes-turned"
RANK = 29  # before what only compares rows with columns
TURN = "Tensor.transpose"
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the transpose that swaps other axes than the last two."""
    site = failure.site
    ports = FACTORS.get(site.node.spec, ("", ""))
    left, right = (sizes(site, port) for port in ports)
    if not left or not right or len(left) < 3 or len(right) < 3:
        return None
    if _fit(left, right) or _fit(_turned(left), right) or _fit(left, _turned(right)):
        return None  # it fits, or a turn is missing
    for port in ports[::-1]:
        *_, turn = (None, *chain_before(site, port, context, ELEMENTWISE))
        before = sizes(turn, "input") if turn is not None and turn.node.spec == TURN else None
        if turn is None or not before or turn.node.when is not None or _swaps_last(turn, before):
            continue
        wanted = _turned(before)
        if not (_fit(wanted, right) if port == ports[0] else _fit(left, wanted)):
            continue
        known = turn.on_wire("input").shape
        one, other = turn.value("dim0"), turn.value("dim1")
        message = (
            f"{title(turn).capitalize()} {label(turn)} swaps axes {one} and {other} of "
            f"{shape(known)}, so that {label(site)} multiplies {site.shown(ports[0])} with "
            f"{site.shown(ports[1])}, whose rows and columns do not meet. With the last two "
            f"axes swapped, {shape((*known[:-2], known[-1], known[-2]))}, they do."
        )
        fix = together(
            set_to(turn, "dim0", -2),
            set_to(turn, "dim1", -1),
            title=f"Let {label(turn)} swap the last two axes",
        )
        return Diagnosis(CODE, "error", turn.address, message, "", "", (fix,))
    return None


def _turned(dims: Shape) -> Shape:
    return (*dims[:-2], dims[-1], dims[-2])


def _fit(left: Shape, right: Shape) -> bool:
    return left[-1] == right[-2] and not clashes(left[:-2], right[:-2])


def _swaps_last(turn: Site, before: Shape) -> bool:
    ends = [number(turn.value(name)) for name in ("dim0", "dim1")]
    places = {end % len(before) for end in ends if end is not None}
    return places == {len(before) - 2, len(before) - 1}
