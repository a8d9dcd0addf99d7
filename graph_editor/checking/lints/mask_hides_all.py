"""A mask of true and false that leaves a step nothing to see.

What it does: follows the mask of attention back to a triangle of `torch.ones`, and looks for a row
in which all is hidden. True hides in MultiheadAttention and the layers of a Transformer, and shows
in `scaled_dot_product_attention`.

Why it matters: the step of that row is a mean of nothing, which is nan or 0 by the way that torch
takes, and the others see what they should not. Torch accepts it.

Example: `tril(ones(20, 20)).bool() → attn_mask` of MultiheadAttention.
Better: `triu(ones(20, 20), 1).bool()`, where each step sees itself and those before it.

Fix: lets true and false change places, or moves the diagonal, where each step then sees itself and
those before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.causal_masks import ATTENDING, Triangle, triangles
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.words import label, title

CODE = "mask-hides-all"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
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


def _proposals(site: Site, mask: Triangle) -> Iterator[Proposal]:
    if mask.turned_hides_the_future:
        words = f"Let true and false of {mask.port} change places"
        yield insert(site, mask.port, "op.invert", {}, words)
    elif mask.is_upper == mask.hides:
        yield set_to(mask.cut, "diagonal", 1 if mask.is_upper else 0)


check = PerSubject(ATTENDING, _find)
