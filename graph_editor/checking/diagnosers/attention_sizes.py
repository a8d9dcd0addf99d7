"""Queries, keys and values of an attention that do not fit one another.

What it does: compares, where attention is called as a function, the widths of queries and keys, and
how many keys and values there are.

Why it matters: each query is multiplied with each key, and each key has one value.

Example: `scaled_dot_product_attention(B×16×32, B×16×64, B×16×64)`.
Better: queries of width 64 too.

Fix: the width of the layer before the queries, or before the keys.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, sizes, title

CODE = "attention-sizes"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where widths of queries and keys, or numbers of keys and values differ."""
    site = failure.site
    if site.node.spec != "F.scaled_dot_product_attention":
        return None
    query, key, values = (sizes(site, port) for port in ("query", "key", "value"))
    if not query or not key or not values or min(map(len, (query, key, values))) < 2:
        return None
    start = f"{title(site)} {label(site)} gets "
    if query[-1] != key[-1]:
        message = (
            f"{start}queries of width {query[-1]} ({site.shown('query')}) and keys of width "
            f"{key[-1]} ({site.shown('key')}): they are multiplied, and have to be equally wide."
        )
        found = (
            *_widths(site, "query", key[-1], context),
            *_widths(site, "key", query[-1], context),
        )
        return Diagnosis(CODE, "error", site.address, message, "", "query", found)
    if key[-2] != values[-2]:
        message = (
            f"{start}{key[-2]} keys ({site.shown('key')}) and {values[-2]} values "
            f"({site.shown('value')}): each key needs one value."
        )
        return Diagnosis(CODE, "error", site.address, message, "", "value")
    return None


def _widths(site: Site, port: str, wanted: int, context: Context) -> tuple[Proposal, ...]:
    maker = width_before(site, port, -1, context)
    return (set_width(maker, wanted, context),) if maker is not None else ()
