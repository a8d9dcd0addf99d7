"""Arguments in other words: names of an edited text as the drawing calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graph_editor.document import expressions
from graph_editor.document.model import Address, Arg, At, Expr, FrozenMap, Slice


@dataclass(frozen=True, slots=True)
class Words:
    """What is called otherwise."""

    names: Mapping[str, str]
    address: Callable[[Address], Address]


def translated(value: Arg, words: Words) -> Arg:
    """Return an argument with its names and addresses in other words."""
    if isinstance(value, Expr):
        return Expr(expressions.rename(value.text, dict(words.names)))
    if isinstance(value, At):
        return At(words.address(value.address))
    if isinstance(value, tuple):
        return tuple(translated(item, words) for item in value)
    if isinstance(value, Slice):
        return Slice(*(translated(end, words) for end in (value.start, value.stop, value.step)))
    if isinstance(value, FrozenMap):
        return FrozenMap({key: translated(item, words) for key, item in value.items()})
    return value
