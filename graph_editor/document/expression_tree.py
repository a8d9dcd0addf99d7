"""The tree of an expression: numbers, names, sizes of inputs and the signs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Number: TypeAlias = int | float | bool


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, True or False."""

    value: Number
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name from the scope: a parameter, a named size, ``i``, ``training`` ..."""

    name: str
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """One size of an input: ``input.shape[-1]``; axis may be negative."""

    port: str
    axis: int
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``not x``."""

    sign: str
    operand: Expression
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic on two operands."""

    sign: str
    left: Expression
    right: Expression
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain of comparisons as Python has it: ``0 < p <= 1``."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` or ``or``; the result is one of the operands, as in Python."""

    sign: str
    left: Expression
    right: Expression
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """``min`` or ``max`` of two or more operands."""

    function: str
    arguments: tuple[Expression, ...]
    place: int = field(default=0, compare=False)


Expression: TypeAlias = Constant | Variable | Size | Unary | Binary | Comparison | Logic | Call

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
LEVELS: Mapping[str, int] = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
    "**": 8,
}
"""How tightly a sign binds, as in Python; ``not`` is 3 and the sign of a number 7."""
NOT, NEGATION, POWER, ATOM = 3, 7, 8, 9
FUNCTIONS = ("min", "max")


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it, from left to right."""
    yield expression
    match expression:
        case Unary():
            yield from walk(expression.operand)
        case Binary() | Logic():
            yield from walk(expression.left)
            yield from walk(expression.right)
        case Comparison():
            yield from walk(expression.first)
            for _, operand in expression.rest:
                yield from walk(operand)
        case Call():
            for argument in expression.arguments:
                yield from walk(argument)
