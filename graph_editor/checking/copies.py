"""What a verdict says of the first copy of a repeated node, and what is said of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from graph_editor.checking.failure import Diagnosis

Found = TypeVar("Found")
Key = TypeVar("Key", bound=str)
_COPY = re.compile(r"\[(\d+)\](?=[/.]|$)")
_PORT = re.compile(r"\.[^./\[]+(\[\d+\])?$")


def plain(address: str) -> str:
    """Return an address or ``address.port`` without copies: ``r[2]/conv`` is ``r/conv``."""
    if "[" not in address:
        return address
    port = _PORT.search(address)
    end = port.start() if port else len(address)
    return _COPY.sub("", address[:end]) + address[end:]


def first_copies(found: Mapping[Key, Found]) -> dict[str, Found]:
    """Return the entries of a verdict's map by plain address, each from the lowest copies."""
    kept: dict[str, tuple[list[int], Found]] = {}
    for address, value in found.items():
        key = plain(address)
        copies = [] if key == address else [int(n) for n in _COPY.findall(address)]
        if key not in kept or copies < kept[key][0]:
            kept[key] = (copies, value)
    return {key: value for key, (_, value) in kept.items()}


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
