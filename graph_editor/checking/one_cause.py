"""Tells which refusals have one cause: the same tensors meet, or the same call is made again."""

from __future__ import annotations

from collections.abc import Hashable

from graph_editor.checking.failure import Context, Site
from graph_editor.checking.walk import RESHAPES, TRANSPARENT, first_port, source_of

OF_TWO_SHAPES = ("shapes-do-not-broadcast", "target-does-not-fit")
"""What is said where the shapes of two tensors do not go together, whoever brings them together."""
UNCHANGED = TRANSPARENT - RESHAPES
"""Specs whose result has the shape and the values of what enters, such as detach."""


def cause(code: str, site: Site, context: Context) -> Hashable | None:
    """Return what two refusals have in common that have one cause; None where that is not told.

    Layers with weights of their own are told apart: each has sizes that can be set by itself.
    """
    if site.node.kind == "nn" and code not in OF_TWO_SHAPES:
        return None
    sources = {port: origin(site, port, context) for port in site.sources}
    if not sources or None in sources.values():
        return None
    if code in OF_TWO_SHAPES:
        both = frozenset(sources.values())
        return both if len(both) == len(sources) == 2 else None
    return (code, site.node.spec, site.args, frozenset(sources.items()))


def origin(site: Site, port: str, context: Context) -> str | None:
    """Return the output that a port's numbers come from, past what leaves them as they are."""
    source = source_of(site, port, context)
    for _ in range(len(context.sites)):
        maker = context.sites.get(source.address) if source is not None else None
        if source is None or maker is None or maker.node.spec not in UNCHANGED:
            break
        source = source_of(maker, first_port(maker), context)
    return source.key if source is not None else None
