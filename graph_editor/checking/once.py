"""Says a fault of a block once, however often the block is used or repeated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from graph_editor.checking.copies import plain
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.document.model import NodeId

Told: TypeAlias = tuple[tuple[str, NodeId], Diagnosis]
"""The block and node in it that a fault is drawn at, and what is said of one of its uses."""


def of(site: Site, found: Iterable[Diagnosis]) -> Iterator[Told]:
    """Yield what is found at a use of a node, with the place at which the node is drawn."""
    yield from (((site.block, site.id), diagnosis) for diagnosis in found)


def once(found: Sequence[Told], _: Context) -> Iterable[Diagnosis]:
    """Return what is said at the first use of each node."""
    first: dict[tuple[str, NodeId], Diagnosis] = {}
    for place, diagnosis in found:
        first.setdefault(place, diagnosis)
    return first.values()


def told_once(found: Iterable[Diagnosis]) -> Iterator[Diagnosis]:
    """Yield what is said of nodes, once where it is said of a repeated node and of its copies.

    An error stays with the first copy, where torch stops; all else is said of the node itself.
    """
    said: dict[tuple[str, ...], Diagnosis] = {}
    for each in found:
        key = (each.code, each.argument, each.port, plain(each.node), plain(each.victim))
        before = said.get(key)
        is_copy = before is not None and before.node == plain(each.node) != each.node
        if before is None or (is_copy and before.severity == each.severity == "error"):
            said[key] = each
    yield from said.values()
