"""The one walk through the tree of an argument."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.document.model import Arg, FrozenMap, Slice


def parts(value: Arg) -> Iterator[Arg]:
    """Yield an argument and all that is inside it, the outer before the inner, in order."""
    yield value
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    elif isinstance(value, FrozenMap):
        for item in value.values():
            yield from parts(item)
    elif isinstance(value, Slice):
        for item in (value.start, value.stop, value.step):
            yield from parts(item)
