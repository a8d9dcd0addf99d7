"""A width that is cut into heads, and cannot be cut into so many.

What it does: where a view or reshape fails, looks for a size such as `dim // heads` in it, and
whether the one divides the other.

Why it matters: `//` rounds down, so that heads × width of a head is less than there is.

Example: `view(B, T, heads, dim // heads)` with a `dim` of 64 and 5 heads.
Better: 4 heads, or a `dim` of 60 or 65.

Fix: the nearest number that divides, where the block is used.
"""

from __future__ import annotations

import re

from graph_editor.checking.diagnosers.divisibility import nearest
from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import use_around
from graph_editor.checking.words import label, number, sizes, title
from graph_editor.document.model import Expr

CODE = "uneven-heads"
RANK = 25
_SHARE = re.compile(r"\s*([A-Za-z_]\w*)\s*//\s*([A-Za-z_]\w*)\s*")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a size is a share of another one that leaves something over."""
    site = failure.site
    use = use_around(site, context)
    asked, known, arriving = site.node.args.get("args"), site.args.get("args"), sizes(site, "input")
    if site.node.spec not in VIEWS or use is None or not arriving:
        return None
    if not isinstance(asked, tuple) or not isinstance(known, tuple) or len(asked) != len(known):
        return None
    values = {a.text: number(k) for a, k in zip(asked, known, strict=True) if isinstance(a, Expr)}
    for text in values:
        found = _SHARE.fullmatch(text)
        if found is None:
            continue
        whole, parts = arriving[-1], values.get(found[2])
        if parts is None or parts < 1 or whole % parts == 0:
            continue
        message = (
            f"{title(site)} {label(site)} cuts {found[1]} into {found[2]}: {found[1]} is {whole}, "
            f"and {found[2]} is {parts}, which does not divide {whole} ({site.shown('input')})."
        )
        fixes = tuple(set_to(use, found[2], n, of=label(use)) for n in nearest(parts, whole))
        return Diagnosis(CODE, "error", site.address, message, "args", "input", fixes)
    return None
