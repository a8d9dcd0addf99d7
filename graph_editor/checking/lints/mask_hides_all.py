"""A mask of true and false that leaves a step nothing to see.

What it does: follows the mask of attention back to a triangle of `torch.ones`, and looks for a row
in which all is hidden. True hides in MultiheadAttention and the layers of a Transformer, and shows
in `scaled_dot_product_attention`. Attention by hand counts where `masked_fill` writes -inf before a
softmax along the last axis.

Why it matters: the step of that row is a mean of nothing, which is nan or 0 by the way that torch
takes, and the others see what they should not. Torch accepts it.

Example: `tril(ones(20, 20)).bool() → attn_mask` of MultiheadAttention.
Better: `triu(ones(20, 20), 1).bool()`, where each step sees itself and those before it.

Fix: lets true and false change places, or moves the diagonal, where each step then sees itself and
those before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.causal_masks import ATTENDING, Triangle, filled, triangles
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.words import label, title

CODE = "mask-hides-all"
FILLING = "Tensor.masked_fill"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if site.node.spec == FILLING:
        yield from _filled(site, context)
        return
    for mask in triangles(site, context):
        row = mask.blind_row
        if row is None or site.inputs[mask.port].dtype != "bool":
            continue
        which = "first" if row == 0 else "last"
        message = (
            f"{title(site)} {label(site)} hides where {mask.port} is {mask.hides}, and the {which} "
            f"of its {mask.rows} rows ({site.shown(mask.port)}, {title(mask.cut)} with diagonal "
            f"{mask.diagonal}) is {mask.hides} throughout: that step sees nothing, and is nan or 0."
        )
        proposals = tuple(_proposals(site, mask))
        yield Diagnosis(CODE, "warning", site.address, message, "", mask.port, proposals)


def _filled(site: Site, context: Context) -> Iterator[Diagnosis]:
    mask = filled(site, context)
    row = mask.blind_row if mask is not None else None
    if mask is None or row is None:
        return
    message = (
        f"{title(site)} {label(site)} writes -inf where mask is True, and the "
        f"{'first' if row == 0 else 'last'} of its {mask.rows} rows ({site.shown('mask')}, "
        f"{title(mask.cut)} with diagonal {mask.diagonal}) is True throughout: that step sees "
        "nothing. Its softmax is nan, and with it the loss."
    )
    proposals = tuple(_proposals(site, mask))
    yield Diagnosis(CODE, "warning", site.address, message, "", "mask", proposals)


def _proposals(site: Site, mask: Triangle) -> Iterator[Proposal]:
    if mask.turned_hides_the_future:
        words = f"Let true and false of {mask.port} change places"
        yield insert(site, mask.port, "op.invert", {}, words)
    elif mask.is_upper == mask.hides:
        yield set_to(mask.cut, "diagonal", 1 if mask.is_upper else 0)


check = PerSubject({*ATTENDING, FILLING}, _find)
