"""Heads of attention that stand behind the places, where they have to stand before them.

What it does: where a mask for pairs of places does not fit, looks whether queries and keys are laid
out as `B×T×H×D` by a view, and never turned.

Why it matters: scores are made of the last two axes. With the heads there, each place compares its
own heads with one another, and no place is looked up from another. torch stops at the mask.

Example: `q.view(B, 12, 3, 8) @ k.view(B, 12, 3, 8).transpose(-2, -1)`: `B×12×3×3`.
Better: both with `.transpose(1, 2)` behind the view: `B×3×12×12`.

Fix: puts the heads before the places in queries, keys and values, and back behind attention.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.broadcast import pairs_of
from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, insert_around, together
from graph_editor.checking.turning import swaps_last
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, TURNS, chain_before, site_before
from graph_editor.checking.words import label, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "heads-not-moved"
RANK = 28  # before what only compares a mask with the scores
ATTENTION = "F.scaled_dot_product_attention"
LAYOUTS = (*VIEWS, "nn.Unflatten", "Tensor.unflatten")
SCALED = ELEMENTWISE | {"op.truediv", "op.mul"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the product of heads, where a mask is for pairs of places."""
    site = failure.site
    found = _by_hand(site, context) if pairs_of(site) else None
    if site.node.spec == ATTENTION and "attn_mask" in site.inputs:
        found = (site, "query", "attn_mask")
    if found is None:
        return None
    product, query, mask = found
    key = "key" if product is site else "other"
    laid, other = _laid_out(product, query, context), _laid_out(product, key, context)
    masked = sizes(site, mask)
    if laid is None or other is None or not masked:
        return None
    _, places, heads, _ = laid
    if other[1:] != laid[1:] or places == heads or masked[-2:] != (places, places):
        return None
    before = (product.symbolic.get(query) or product.inputs[query]).shape
    message = (
        f"{title(product)} {label(product)} gets {product.shown(query)} and {product.shown(key)}, "
        f"with the {heads} heads behind the {places} places: it compares heads and not places, and "
        f"the mask {site.shown(mask)} of {label(site)} is for pairs of places. The heads have to "
        f"stand before them: {shape(_moved(before))}."
    )
    fixes = tuple(_turned(site, context)) if product is site else ()
    return Diagnosis(CODE, "error", product.address, message, "", query, fixes)


def _by_hand(site: Site, context: Context) -> tuple[Site, str, str] | None:
    """Return the product that scores are made by, its left factor, and the port of their mask."""
    for one, other in pairs_of(site):
        for scores, mask in ((one, other), (other, one)):
            *_, product = (None, *chain_before(site, scores, context, SCALED))
            if product is not None and product.node.spec == "op.matmul":
                return product, "input", mask
    return None


def _laid_out(product: Site, port: str, context: Context) -> tuple[int, ...] | None:
    """Return the four sizes of what a view lays out in heads, and nothing but keys are turned."""
    maker = site_before(product, port, context)
    if maker is not None and port == "other" and swaps_last(maker):
        maker = site_before(maker, "input", context)
    made = sizes(product, port)
    if maker is None or maker.node.spec not in LAYOUTS or not made or len(made) != 4:
        return None
    rows = sizes(maker, "input")
    if port == "other":
        made = (*made[:2], made[3], made[2])
    return made if rows and len(rows) == 3 and rows[2] == made[2] * made[3] else None


def _moved(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return (dims[0], dims[2], dims[1], *dims[3:])


def _turned(attention: Site, context: Context) -> Iterator[Proposal]:
    """Yield the heads put before the places in front of attention, and back behind it."""
    graph = context.project.block(attention.block).graph
    readers = [target for target, source in graph.wires.items() if source.node == attention.id]
    swap: tuple[str, dict[str, Arg]] = ("Tensor.transpose", {"dim0": 1, "dim1": 2})
    if len(readers) != 1:
        return
    steps = [insert(attention, port, *swap, "") for port in ("key", "value")]
    if graph.nodes[readers[0].node].spec in TURNS:
        steps.append(insert(attention, "query", *swap, ""))
    else:
        steps.append(insert_around(attention, "query", swap, swap, ""))
    words = "Put the heads before the places, and back behind attention"
    yield together(steps[0], *steps[1:], title=words)
