"""Attention that is told that its mask is a causal one, and gets no mask.

What it does: looks for `is_causal` on MultiheadAttention and the layers of a Transformer without
the mask that it speaks of.

Why it matters: there it hides nothing by itself. It only says of the mask which one it is, so that
torch may take a faster way.

Example: `MultiheadAttention(is_causal=True)` without a wire into `attn_mask`.
Better: `triu(ones(20, 20), 1) → bool → attn_mask`, or `is_causal=False`.

Fix: takes the hint back.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, title

CODE = "causal-without-mask"
RANK = 35
HINTS = {
    "nn.MultiheadAttention": {"is_causal": "attn_mask"},
    "nn.TransformerEncoderLayer": {"is_causal": "src_mask"},
    "nn.TransformerDecoderLayer": {
        "tgt_is_causal": "tgt_mask",
        "memory_is_causal": "memory_mask",
    },
}
"""Specs, their hints, and the mask that each speaks of."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first hint without its mask."""
    site = failure.site
    blamed = {wrong.argument.name for wrong in failure.at_fault}
    for hint, mask in HINTS.get(site.node.spec, {}).items():
        if hint not in blamed or site.value(hint) is not True or mask in site.sources:
            continue
        message = (
            f"{hint} of {title(site)} {label(site)} only says that {mask} hides what comes later, "
            f"and nothing arrives at {mask}. Wire such a mask into it, as triu of ones with "
            f"diagonal 1, made true and false; or set {hint} to False."
        )
        fixes = (set_to(site, hint, False),)
        return Diagnosis(CODE, "error", site.address, message, hint, mask, fixes)
    return None
