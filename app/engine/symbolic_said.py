"""Sizes that arguments say by names (``H // 4``), as terms over what is on the wires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from app.engine.evaluate_scope import Number
from app.engine.symbolic_term import Term
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Expr, FrozenMap, Slice

Sizes = tuple[int, ...]
Known = Callable[[Sizes], Term | None]
Shapes = Callable[[str], tuple[int, ...]]


def said(
    args: Mapping[str, Arg],
    names: tuple[Mapping[str, Number], ...],
    shapes: tuple[Shapes, ...],
    known: Known,
) -> Iterator[tuple[Sizes, Term]]:
    """Yield the sizes in all tries, and the term, of each expression that is one.

    ``names`` and ``shapes`` are what they mean in each try.
    """
    for text in _texts(tuple(args.values())):
        parsed = _parsed(text)
        found = _term(parsed, names, shapes, known) if parsed is not None else None
        if isinstance(found, tuple):
            yield found


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tree.Expression | None:
    try:
        return tree.parse(text)
    except tree.ExpressionError:
        return None


def _texts(arg: Arg) -> Iterator[str]:
    if isinstance(arg, Expr):
        yield arg.text
    elif isinstance(arg, tuple):
        for item in arg:
            yield from _texts(item)
    elif isinstance(arg, Slice):
        yield from _texts((arg.start, arg.stop, arg.step))
    elif isinstance(arg, FrozenMap):
        yield from _texts(tuple(arg.values()))


Found = int | tuple[Sizes, Term] | None
"""A number that is the same in all tries, or a size that is a term."""


def _term(
    part: tree.Expression,
    names: tuple[Mapping[str, Number], ...],
    shapes: tuple[Shapes, ...],
    known: Known,
) -> Found:
    if isinstance(part, tree.Constant):
        return part.value if type(part.value) is int else None
    if isinstance(part, tree.Variable | tree.Size):
        return _named(_values(part, names, shapes), known)
    if not isinstance(part, tree.Binary):
        return None
    left = _term(part.left, names, shapes, known)
    right = _term(part.right, names, shapes, known)
    if left is None or right is None:
        return None
    if isinstance(left, int) and part.sign in ("+", "*"):
        left, right = right, left
    if isinstance(left, int) or not isinstance(right, int):
        return None
    return _changed(left, part.sign, right)


def _values(
    part: tree.Variable | tree.Size,
    names: tuple[Mapping[str, Number], ...],
    shapes: tuple[Shapes, ...],
) -> tuple[Number | None, ...]:
    if isinstance(part, tree.Variable):
        return tuple(known.get(part.name) for known in names)
    try:
        return tuple(shape(part.port)[part.axis] for shape in shapes)
    except (LookupError, TypeError):
        return (None,)


def _named(values: tuple[Number | None, ...], known: Known) -> Found:
    if any(type(value) is not int for value in values):
        return None
    sizes = tuple(int(value) for value in values if value is not None)
    if len(set(sizes)) == 1:
        return sizes[0]
    term = known(sizes)
    return (sizes, term) if term is not None else None


def _changed(left: tuple[Sizes, Term], sign: str, number: int) -> Found:
    sizes, term = left
    if sign in ("+", "-"):
        more = number if sign == "+" else -number
        return tuple(size + more for size in sizes), term.scaled(1, more)
    if sign == "*" and number > 0:
        return tuple(size * number for size in sizes), term.scaled(number, 0)
    if sign == "//" and number > 0:
        found = term.stepped(0, number)
        return None if found is None else (tuple(size // number for size in sizes), found)
    return None
