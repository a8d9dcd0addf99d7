"""A softmax of attention along the queries, or along the heads, and not along what is looked at.

What it does: walks back from a softmax, past a mask, a factor or a typed number, to a matmul whose
right factor has its last two axes changed, as keys have. It speaks where the shares are the left
factor of the next matmul, so that they weigh along the last axis, and `dim` is another axis. It
does not speak of shares that something else reads, as a division by their sum, nor of prototypes
or clusters that are weights themselves, to which each place is shared out.

Why it matters: what comes out is to be a mean of the values, with shares that add up to 1 over all
that is looked at. Along another axis they add up to 1 over the queries, or over the heads: some
queries get next to nothing, others many times too much, and each hangs on what else is asked. torch
accepts it, for all sizes fit.

Example: `(q @ k.transpose(-2, -1)).softmax(dim=1) @ v`.
Better: `(q @ k.transpose(-2, -1)).softmax(dim=-1) @ v`.

Fix: sets `dim` to -1.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.causal_masks import SHARES
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints import softmax_of_hidden
from graph_editor.checking.lints.softmax_of_hidden import MASKS, SAME
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.readers import readers_behind
from graph_editor.checking.turning import swaps_last
from graph_editor.checking.walk import chain_before, first_port, site_before
from graph_editor.checking.words import holds_batch, label, number, title

CODE = "softmax-of-queries"
DROPPING = frozenset({"nn.Dropout", "F.dropout"})
PRODUCTS = {"op.matmul": ("input", "other"), "torch.bmm": ("input", "mat2")}
"""Specs of products, and the ports of their factors."""
CHANGING = frozenset({"op.mul", "op.truediv", "op.add", "op.sub", "torch.clamp"})
"""Specs that scale or move scores, each by itself."""
STRETCHING = frozenset({"Tensor.expand", "Tensor.repeat", "Tensor.unsqueeze", "F.normalize"})
"""Specs that keep the rows of a weight, for each sample."""
_LONGEST = 12


def _find(site: Site, context: Context) -> Iterator[Told]:
    arriving, dim = site.symbolic.get("input"), number(site.value("dim"))
    rank = len(arriving.shape) if arriving is not None else 0
    if arriving is None or dim is None or rank < 2 or not -rank <= dim < rank:
        return
    axis = dim % rank
    if axis == rank - 1 or holds_batch(arriving.shape[axis]) or arriving.shape[-1] == 1:
        return
    product = scores_before(site, context)
    if product is None or not weigh(site, context) or _are_prototypes(product, context):
        return
    if not any(True for _ in softmax_of_hidden.check.find(site, context)):
        yield from of(site, [_diagnosis(site, product, axis, rank)])


def scores_before(site: Site, context: Context) -> Site | None:
    """Return the product of queries with turned keys that a softmax makes shares of, if it is."""
    maker, port = site, "input"
    for _ in range(_LONGEST):
        before = site_before(maker, port, context)
        if before is None or before.node.repeat is not None:
            return None
        if before.node.spec in PRODUCTS:
            return before if _is_turned(before, context) else None
        if before.node.spec not in SAME | CHANGING | MASKS.keys() | DROPPING:
            return None
        maker, port = before, "input" if before.node.spec in MASKS else first_port(before)
    return None


def _is_turned(product: Site, context: Context) -> bool:
    """Whether the right factor of a product has its last two axes changed on the way."""
    turns = chain_before(product, PRODUCTS[product.node.spec][1], context, SAME | CHANGING)
    *_, turn = (None, *turns)
    return turn is not None and swaps_last(turn)


def _are_prototypes(product: Site, context: Context) -> bool:
    """Whether what stands for the queries is a weight, which no layer has made of the data."""
    port = PRODUCTS[product.node.spec][0]
    *_, maker = (None, *chain_before(product, port, context, SAME | CHANGING | STRETCHING))
    return maker is not None and maker.node.spec == "param.tensor"


def weigh(site: Site, context: Context) -> bool:
    """Whether shares are the left factor of products, and nothing else reads them."""
    readers = readers_behind(site, context, SAME | DROPPING)
    return bool(readers) and all(
        reader is not None and reader.node.spec in PRODUCTS and port == "input"
        for reader, port in readers
    )


def _diagnosis(site: Site, product: Site, axis: int, rank: int) -> Diagnosis:
    shown = site.shown("input")
    over = "queries" if axis == rank - 2 else "heads"
    message = (
        f"{title(site)} {label(site)} takes shares along axis {axis} of {shown}, the {over} of the "
        f"scores that {label(product)} makes. They weigh along the last axis, and there they do "
        "not add up to 1: what comes out is no mean of the values."
    )
    return Diagnosis(CODE, "warning", site.address, message, "dim", "", (set_to(site, "dim", -1),))


check = PerSubject(SHARES, _find, once)
"""Softmaxes, whose ``dim`` is told."""
