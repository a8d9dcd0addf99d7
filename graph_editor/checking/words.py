"""Names and numbers as the messages say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from graph_editor.checking.failure import Site
from graph_editor.checking.verdict import Dim, TensorType
from graph_editor.document.model import Arg, At, Expr, FrozenMap, Hole, Name, Slice

_BATCH = re.compile(r"\bB\b")


def label(site: Site) -> str:
    """Return what a message calls a node: the name that the user gave it, else its id."""
    return f"“{site.node.name or site.id}”"


def title(site: Site) -> str:
    """Return what a message calls the kind of a node: ``Linear``, ``Conv2d``."""
    return site.node.spec.rpartition(".")[2]


def shape(dims: Iterable[int | str]) -> str:
    """Return a shape as it stands on a wire."""
    return TensorType(tuple(dims)).text()


def axes(count: int) -> str:
    """Return a number of axes in words: ``1 axis``, ``4 axes``."""
    return f"{count} axis" if count == 1 else f"{count} axes"


def value(arg: Arg) -> str:
    """Return a value as it is written in Python and in expressions; a table in plain words."""
    if isinstance(arg, tuple):
        inner = ", ".join(map(value, arg))
        return f"({inner},)" if len(arg) == 1 else f"({inner})"
    if isinstance(arg, Slice):
        ends = ["" if end is None else value(end) for end in (arg.start, arg.stop, arg.step)]
        return ":".join(ends[: 2 if arg.step is None else 3])
    if isinstance(arg, FrozenMap):
        return ", ".join(f"{key} {value(item)}" for key, item in arg.items()) or "{}"
    if isinstance(arg, At | Hole):
        return arg.address if isinstance(arg, At) else "?"
    return arg.text if isinstance(arg, Expr | Name) else repr(arg)


def brief(arg: Arg) -> str:
    """Return a value as ``value`` does, and a float with few digits."""
    return f"{arg:.4g}" if isinstance(arg, float) and len(repr(arg)) > 10 else value(arg)


def either(items: Sequence[object]) -> str:
    """Return a choice in words: ``3``, ``2 or 3``, ``1, 2 or 3``."""
    texts = [str(item) for item in items]
    return " or ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def holds_batch(dim: Dim) -> bool:
    """Return whether a size depends on how many samples a batch has."""
    return isinstance(dim, str) and _BATCH.search(dim) is not None


def sizes(site: Site, port: str) -> tuple[int, ...] | None:
    """Return the shape at a port as numbers; None where nothing arrives or a size is unknown."""
    known = site.inputs.get(port)
    if known is None:
        return None
    numbers = tuple(d for d in known.shape if isinstance(d, int))
    return numbers if len(numbers) == len(known.shape) else None


def number(value: Arg) -> int | None:
    """Return a whole number, or None for all else (True is none)."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def per_axis(value: Arg, count: int) -> tuple[int, ...] | None:
    """Return a size argument with one number for each axis; None where it is no such thing."""
    items = value if isinstance(value, tuple) else (value,) * count
    numbers = tuple(n for n in map(number, items) if n is not None)
    return numbers if len(numbers) == count else None


def product(dims: Iterable[int]) -> int:
    """Return how many values a shape holds."""
    total = 1
    for dim in dims:
        total *= dim
    return total
