"""Numbers that have to divide one another, and do not.

What it does: checks `groups` of a convolution against its channels, `num_groups` of GroupNorm
against `num_channels`, and the heads of an attention against its width.

Why it matters: channels are dealt out to groups, and the width to heads, in equal shares.

Example: `MultiheadAttention(100, 8)`: 100 / 8 is 12.5.
Better: `MultiheadAttention(96, 8)`, or 4 or 10 heads.

Fix: the nearest number of groups or heads that divides, or the nearest width that is a multiple.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, number, title

CODE = "not-divisible"
RANK = 12
HEADS = {"nn.MultiheadAttention": (("num_heads", "embed_dim"),)}
LAYERS = ("nn.TransformerEncoderLayer", "nn.TransformerDecoderLayer", "nn.Transformer")
PAIRS = {
    "nn.GroupNorm": (("num_groups", "num_channels"),),
    **{
        f"nn.{family}{n}d": (("groups", "in_channels"), ("groups", "out_channels"))
        for family in ("Conv", "ConvTranspose")
        for n in (1, 2, 3)
    },
    **HEADS,
    **dict.fromkeys(LAYERS, (("nhead", "d_model"),)),
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak where a count of groups or heads does not divide what it shares out."""
    site = failure.site
    for share, whole in PAIRS.get(site.node.spec, ()):
        parts, total = number(site.value(share)), number(site.value(whole))
        if parts is None or total is None or parts < 1 or total % parts == 0:
            continue
        message = (
            f"{whole} of {title(site)} {label(site)} is {total}, and {share} is {parts}, which "
            f"does not divide {total}."
        )
        proposals = tuple(_proposals(site, share, parts, whole, total))
        return Diagnosis(CODE, "error", site.address, message, share, "", proposals)
    return None


def _proposals(site: Site, share: str, parts: int, whole: str, total: int) -> list[Proposal]:
    found = [set_to(site, share, n) for n in nearest(parts, total)]
    below = total - total % parts
    multiples = [n for n in (below, below + parts) if n > 0]
    if whole not in site.inferred:
        found += [set_to(site, whole, n) for n in sorted(multiples, key=lambda n: abs(n - total))]
    return found


def nearest(parts: int, total: int) -> list[int]:
    """Return the two numbers nearest to parts that divide a total."""
    divisors = [n for n in range(1, total + 1) if total % n == 0]
    return sorted(divisors, key=lambda n: (abs(n - parts), n))[:2]
