"""Queries, keys and values of an attention that do not fit one another.

What it does: compares, where attention is called as a function, the widths of queries and keys, and
how many keys and values there are.

Why it matters: each query is multiplied with each key, and each key has one value.

Example: `scaled_dot_product_attention(B×16×32, B×16×64, B×16×64)`.
Better: queries of width 64 too.

Fix: the width of the layer before the queries, or before the keys; or one source for keys and
values.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import NodeId

CODE = "attention-sizes"
RANK = 30


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where widths of queries and keys, or numbers of keys and values differ."""
    site = failure.site
    if site.node.spec not in ("F.scaled_dot_product_attention", "nn.MultiheadAttention"):
        return None
    query, key, values = (sizes(site, port) for port in ("query", "key", "value"))
    if not query or not key or not values or min(map(len, (query, key, values))) < 2:
        return None
    start = f"{title(site)} {label(site)} gets "
    layer = site.node.spec.startswith("nn.")
    steps = -2 if not layer or site.value("batch_first") or len(key) < 3 else 0
    if query[-1] != key[-1] and not layer:  # of a layer, another rule compares the widths
        message = (
            f"{start}queries of width {query[-1]} ({site.shown('query')}) and keys of width "
            f"{key[-1]} ({site.shown('key')}): they are multiplied, and have to be equally wide."
        )
        found = (
            *_widths(site, "query", key[-1], context),
            *_widths(site, "key", query[-1], context),
        )
        return Diagnosis(CODE, "error", site.address, message, "", "query", found)
    if key[steps] != values[steps]:
        message = (
            f"{start}{key[steps]} keys ({site.shown('key')}) and {values[steps]} values "
            f"({site.shown('value')}): each key needs one value."
        )
        fixes = tuple(_same_source(site))
        return Diagnosis(CODE, "error", site.address, message, "", "value", fixes)
    return None


def _same_source(site: Site) -> Iterator[Proposal]:
    """Yield to take keys and values from one node."""
    for port, other in (("value", "key"), ("key", "value")):
        source = site.sources.get(other)
        if source is not None:
            start = NodeId(source.address.rpartition("/")[2])
            words = f"Take the {port}s from “{start}” too"
            yield connect(site, port, start, source.port, words)


def _widths(site: Site, port: str, wanted: int, context: Context) -> tuple[Proposal, ...]:
    maker = width_before(site, port, -1, context)
    return (set_width(maker, wanted, context),) if maker is not None else ()
