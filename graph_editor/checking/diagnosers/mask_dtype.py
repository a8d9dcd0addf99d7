"""A mask of whole numbers, where attention takes truth values or floats.

What it does: looks at the dtype of the masks of attention and transformer layers.

Why it matters: a mask of floats is added to the scores, one of truth values tells which to leave
out; whole numbers are neither.

Example: `attn_mask` of int64 ones and zeros.
Better: the same compared with 0, or converted to bool.

Fix: converts the mask to bool, or hides what holds 0. Mind which is which: in the layers True hides
a place, in `scaled_dot_product_attention` True shows it.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.mask_size import PADDING, SQUARE
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import convert, insert
from graph_editor.checking.rules import INTEGERS
from graph_editor.checking.words import label, title

CODE = "mask-dtype"
RANK = 29


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first mask that holds whole numbers."""
    site = failure.site
    spec = site.node.spec
    for port in (*SQUARE.get(spec, ()), *PADDING.get(spec, ())):
        known = site.inputs.get(port)
        if known is None or known.dtype not in INTEGERS:
            continue
        hides = "shows" if spec.startswith("F.") else "hides"
        message = (
            f"{port} of {title(site)} {label(site)} holds {known.dtype} ({site.shown(port)}). A "
            f"mask holds truth values, where True {hides} a place, or floats that are added."
        )
        fixes = (convert(site, port, "bool"), *_zeros(site, port))
        return Diagnosis(CODE, "error", site.address, message, "", port, fixes)
    return None


def _zeros(site: Site, port: str) -> tuple[Proposal, ...]:
    """Propose to hide the places that hold 0, where True would hide."""
    if site.node.spec.startswith("F."):
        return ()
    words = f"Hide the places of {port} that hold 0"
    return (insert(site, port, "op.eq", {"other": 0}, words),)
