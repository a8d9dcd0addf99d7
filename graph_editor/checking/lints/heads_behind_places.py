"""Heads of attention that stand behind the places, so that each place looks at its own heads.

What it does: where queries, keys and values are rows of Linear layers that a view has cut in heads,
`B×T×H×D`, or all three at once, `B×T×3×H×D`, with an unbind behind, and nothing has put the heads
before the places, it follows what attention gives to the view that makes rows of the same width
again. It looks at `scaled_dot_product_attention`, and at a product of queries with turned keys
whose shares weigh the values. It does not speak where there are as many parts as numbers that the
Linear layer reads: variables of each step, that look at each other.

Why it matters: attention compares along the axis before the last. With the heads there, each place
compares its heads with one another, and no place ever learns of another, whatever a mask says.
All sizes fit, and torch says nothing.

Example: `q.view(B, 20, 4, 8)`, and so k and v `→ scaled_dot_product_attention → view(B, 20, 32)`.
Better: each with `.transpose(1, 2)` behind the view: `B×4×20×8`, and back behind attention.

Fix: puts the heads before the places in queries, keys and values, and back behind attention.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph_editor.checking.causal_masks import SHARES
from graph_editor.checking.diagnosers.heads_not_moved import ATTENTION, LAYOUTS
from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.softmax_of_hidden import MASKS, SAME
from graph_editor.checking.lints.softmax_of_queries import CHANGING, DROPPING
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, insert_around, replace_spec, together
from graph_editor.checking.readers import readers_behind, readers_of
from graph_editor.checking.turning import swaps_last
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, FLATTENING, chain_before, site_before
from graph_editor.checking.words import label, number, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "heads-behind-places"
PRODUCT = "op.matmul"
SWAP: tuple[str, dict[str, Arg]] = ("Tensor.transpose", {"dim0": 1, "dim1": 2})
PARTS = frozenset({"torch.chunk", "torch.split"})
TAKEN_APART = "torch.unbind"
SCALED = ELEMENTWISE | {"op.mul", "op.truediv"}
MERGING = frozenset(VIEWS) | FLATTENING
Place = tuple[Site, str]
"""A node, and one of its ports."""


class Attention(NamedTuple):
    """Where queries, keys and values enter attention, the last of them where its result leaves."""

    query: Place
    key: Place
    value: Place


def _find(site: Site, context: Context) -> Iterator[Told]:
    found = _attention(site, context)
    if found is None:
        return
    laid = [_laid_out(*place, context) for place in found]
    first = laid[0]
    if first is None or 1 in first[1:3] or any(other != first for other in laid):
        return
    views = [reader for reader, _ in readers_behind(found.value[0], context, SAME | DROPPING)]
    if views and all(_merges(view, first, context) for view in views):
        yield from of(site, [_diagnosis(site, found, first, context)])


def _attention(site: Site, context: Context) -> Attention | None:
    """Return the ports of an attention that a node is, or begins with its scores."""
    if site.node.spec == ATTENTION:
        return Attention((site, "query"), (site, "key"), (site, "value"))
    turn = site_before(site, "other", context)
    if turn is None or not swaps_last(turn):
        return None
    shares = _only(site, context, SAME | CHANGING | MASKS.keys())
    if shares is None or shares.node.spec not in SHARES:
        return None
    mixing = _only(shares, context, SAME | DROPPING)
    if mixing is None or mixing.node.spec != PRODUCT:
        return None
    return Attention((site, "input"), (turn, "input"), (mixing, "other"))


def _only(site: Site, context: Context, through: frozenset[str]) -> Site | None:
    """Return the only node that reads what a node gives, at its first port."""
    readers = readers_behind(site, context, through)
    return readers[0][0] if len(readers) == 1 and readers[0][1] == "input" else None


def _laid_out(site: Site, port: str, context: Context) -> tuple[int, ...] | None:
    """Return the sizes of what a view has cut in heads, as it stands on the wire into a port."""
    arriving = sizes(site, port)
    *_, view = (None, *chain_before(site, port, context, SCALED))
    taken = view if view is not None and view.node.spec == TAKEN_APART else None
    if taken is not None:
        *_, view = (None, *chain_before(taken, "input", context, SCALED))
    if view is None or view.node.spec not in LAYOUTS or not arriving or len(arriving) != 4:
        return None
    rows, made = sizes(view, "input"), _made(view, taken, context)
    on_wire = site.symbolic.get(port) or site.inputs.get(port)
    if not rows or made is None or on_wire is None or made[1] != on_wire.shape:
        return None
    *_, maker = (None, *chain_before(view, "input", context, ELEMENTWISE | PARTS))
    if rows != (*arriving[:2], made[0] * arriving[2] * arriving[3]) or maker is None:
        return None
    read = sizes(maker, "input") if maker.node.spec == "nn.Linear" else None
    return arriving if read and read[-1] != arriving[2] else None


def _made(view: Site, taken: Site | None, context: Context) -> tuple[int, tuple[Dim, ...]] | None:
    """Return in how many parts what a view gives is taken apart, and what shape each of them has.

    Parts, as queries, keys and values are, stand between the places and the rows of a head.
    """
    given = context.types.get(f"{view.address}.output")
    if given is None or taken is None:
        return (1, given.shape) if given is not None else None
    dim, rank = number(taken.value("dim")), len(given.shape)
    axis = dim % rank if dim is not None and -rank <= dim < rank else 0
    parts = given.shape[axis] if axis in (2, 3) and rank == 5 else None
    if not isinstance(parts, int):
        return None
    return parts, (*given.shape[:axis], *given.shape[axis + 1 :])


def _merges(view: Site | None, laid: tuple[int, ...], context: Context) -> bool:
    """Whether a view makes rows again of the heads that stand behind each place."""
    if view is None or view.node.spec not in MERGING or sizes(view, "input") != laid:
        return False
    made = context.types.get(f"{view.address}.output")
    return made is not None and len(made.shape) == 3 and made.shape[2] == laid[2] * laid[3]


def _diagnosis(site: Site, found: Attention, laid: tuple[int, ...], context: Context) -> Diagnosis:
    query, port = found.query
    known = (query.symbolic.get(port) or query.inputs[port]).shape
    moved = shape((known[0], known[2], known[1], known[3]))
    message = (
        f"{title(site)} {label(site)} gets {query.shown(port)}, with the {laid[2]} heads behind "
        f"the {laid[1]} places: each place looks at its own heads, and at no other place. The "
        f"heads have to stand before the places: {moved}."
    )
    return Diagnosis(CODE, "warning", site.address, message, "", port, (_moved(found, context),))


def _moved(found: Attention, context: Context) -> Proposal:
    """Return the edit with the heads before the places in attention, and back behind it."""
    mixing, port = found.value
    views = [reader for reader, _ in readers_of(mixing, context) if reader is not None]
    steps = [
        insert(*found.query, *SWAP, ""),
        insert(*found.key, *SWAP, ""),
        insert_around(mixing, port, SWAP, SWAP, ""),
        *(replace_spec(v, "Tensor.reshape") for v in views if v.node.spec == "Tensor.view"),
    ]
    words = "Put the heads before the places, and back behind attention"
    return together(steps[0], *steps[1:], title=words)


check = PerSubject((ATTENTION, PRODUCT), _find, once)
"""What attends, and what makes scores."""
