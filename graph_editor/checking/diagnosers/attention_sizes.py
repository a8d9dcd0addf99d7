"""Queries, keys and values of an attention that do not fit one another.

What it does: compares, where attention is called as a function, the widths of queries and keys, how
many keys and values there are, how many heads each has, and at which axis these stand.

Why it matters: each query is multiplied with each key, and each key has one value, head by head.

Example: `scaled_dot_product_attention(B×16×32, B×16×64, B×16×64)`.
Better: queries of width 64 too.

Fix: the width of the layer before the queries, or before the keys; one source for keys and values;
the turn that the other two have; or `enable_gqa`, with which several heads of queries share one of
keys and values, or those repeated that are fewer.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import connect, insert, set_to, set_width, together
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import NodeId

CODE = "attention-sizes"
RANK = 30
NAMES = {"query": "queries", "key": "keys", "value": "values"}
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where widths of queries and keys, or numbers of keys and values differ."""
    site = failure.site
    if site.node.spec not in ("F.scaled_dot_product_attention", "nn.MultiheadAttention"):
        return None
    query, key, values = (sizes(site, port) for port in ("query", "key", "value"))
    if not query or not key or not values or min(map(len, (query, key, values))) < 2:
        return None
    start = f"{title(site)} {label(site)} gets "
    if odd := _unturned(query, key, values):
        return _not_turned(site, odd, key if odd == "query" else query, start)
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
    return None if layer else _of_heads(site, query, key, values)


def _of_heads(site: Site, query: Shape, key: Shape, values: Shape) -> Diagnosis | None:
    """Tell of keys or values that have another number of heads than the queries, where each has."""
    ranks = {len(query), len(key), len(values)}
    if ranks != {4} or site.value("enable_gqa") is True:
        return None
    heads = {"query": query[1], "key": key[1], "value": values[1]}
    fewer = {port: count for port, count in heads.items() if count not in (1, heads["query"])}
    if not fewer or not query[0] == key[0] == values[0]:
        return None
    told = [
        f"{NAMES[port]} with {count} head{'s' * (count > 1)} ({site.shown(port)})"
        for port, count in heads.items()
    ]
    message = (
        f"{title(site)} {label(site)} gets {told[0]}, {told[1]} and {told[2]}: without enable_gqa "
        "each head of the queries needs one of the keys and one of the values."
    )
    fixes: list[Proposal] = []
    odd = next((count for count in fewer.values() if heads["query"] % count), None)
    if odd is not None:
        message += f" With it {heads['query']} would have to be a multiple of {odd}."
    else:
        shared = set_to(site, "enable_gqa", True)
        times = {port: heads["query"] // count for port, count in fewer.items()}
        words = " and ".join(f"each head of {port} {count} times" for port, count in times.items())
        each = [
            insert(site, port, "torch.repeat_interleave", {"repeats": count, "dim": 1}, "")
            for port, count in times.items()
        ]
        repeated = together(each[0], *each[1:], title=f"Repeat {words}")
        fixes = [shared, repeated] if heads["key"] == heads["value"] else [repeated]
    return Diagnosis(CODE, "error", site.address, message, "", next(iter(fewer)), tuple(fixes))


def _unturned(query: Shape, key: Shape, values: Shape) -> str:
    """Return the one of the three whose heads stand behind its places, where they do in no other.

    Shapes are ``B×heads×places×width``; keys and values have as many places.
    """
    if {len(query), len(key), len(values)} != {4} or not query[0] == key[0] == values[0]:
        return ""
    q, k, v = ((heads, places) for _, heads, places, _ in (query, key, values))
    if k == v and q[0] != k[0] == q[1]:
        return "query"
    if q[0] == v[0] and k == v[::-1] != v:
        return "key"
    return "value" if q[0] == k[0] and v == k[::-1] != k else ""


def _not_turned(site: Site, odd: str, other: Shape, start: str) -> Diagnosis:
    beside = "key" if odd == "query" else "query"
    message = (
        f"{start}{NAMES[odd]} {site.shown(odd)}, with {other[1]} heads behind the places, and "
        f"{NAMES[beside]} {site.shown(beside)}, with the heads before them: they have to stand at "
        "the same axis."
    )
    words = f"Let the heads and the places of {odd} change places"
    fixes = (insert(site, odd, "Tensor.transpose", {"dim0": 1, "dim1": 2}, words),)
    return Diagnosis(CODE, "error", site.address, message, "", odd, fixes)


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
