"""A mask of floats 0 and 1 in attention, which hides nothing.

What it does: follows the mask of attention back to a triangle of `torch.ones`, and looks whether it
arrives as floats.

Why it matters: a mask of floats is added to the scores. A 1 raises a score a little and a 0 leaves
it, so nothing is hidden: each step sees those to come, and torch says nothing.

Example: `triu(ones(20, 20), 1) → attn_mask` of MultiheadAttention.
Better: `triu(ones(20, 20), 1) → bool → attn_mask`.

Fix: makes a mask of true and false, where that hides what comes later.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.causal_masks import ATTENDING, triangles
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import convert
from graph_editor.checking.words import label, title

CODE = "mask-hides-nothing"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    for mask in triangles(site, context):
        if not mask.is_mixed or "float" not in site.inputs[mask.port].dtype:
            continue
        message = (
            f"{mask.port} of {title(site)} {label(site)} is made of floats 0 and 1 "
            f"({site.shown(mask.port)}), and floats are added to the scores: nothing is hidden. "
            f"A mask of true and false hides where it is {mask.hides}."
        )
        proposals = (convert(site, mask.port, "bool"),) if mask.hides_the_future else ()
        yield Diagnosis(CODE, "warning", site.address, message, "", mask.port, proposals)


check = PerSubject(ATTENDING, _find)
