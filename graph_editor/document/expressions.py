"""Expressions in arguments (``4 * dim``, ``input.shape[1] // 2``): names, values and Python text.

The text of an expression comes from a file, so nothing here hands it to Python. It is read into a
tree, the tree is evaluated under caps, and Python text is printed from the tree alone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from graph_editor.document.expression_parser import parse
from graph_editor.document.expression_tokens import ExpressionError
from graph_editor.document.expression_tree import (
    ATOM,
    LEVELS,
    NEGATION,
    NOT,
    POWER,
    Binary,
    Call,
    Comparison,
    Constant,
    Expression,
    Logic,
    Number,
    Size,
    Unary,
    Variable,
    walk,
)

__all__ = [
    "Binary",
    "Call",
    "Comparison",
    "Constant",
    "Expression",
    "ExpressionError",
    "Logic",
    "Number",
    "Size",
    "Unary",
    "Variable",
    "evaluate",
    "names",
    "parse",
    "rename",
    "shape_ports",
    "to_python",
]

LARGEST = 2**63 - 1
"""The largest size torch can hold; no whole number in an expression may be larger."""
MAX_EXPONENT = 1024
CHOICES: Mapping[str, Callable[[list[Number]], Number]] = {"min": min, "max": max}
RELATIONS: Mapping[str, Callable[[Number, Number], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
ATOM_TEXT = re.compile(r"[A-Za-z0-9_.]+(\[[0-9]+\]|\.[A-Za-z0-9_]+)*")
HUGGED = re.compile(r"-?[A-Za-z0-9_.]+")
Shapes: TypeAlias = Callable[[str], tuple[int, ...]]


def names(expression: Expression) -> frozenset[str]:
    """Return the names that the scope has to know."""
    return frozenset(part.name for part in walk(expression) if isinstance(part, Variable))


def shape_ports(expression: Expression) -> frozenset[str]:
    """Return the paths of the input ports whose shapes are asked for."""
    return frozenset(part.port for part in walk(expression) if isinstance(part, Size))


def rename(text: str, mapping: Mapping[str, str]) -> str:
    """Return the text with its names replaced and everything else, spaces too, as it was."""
    found = [part for part in walk(parse(text)) if isinstance(part, Variable)]
    for part in sorted(found, key=lambda part: part.place, reverse=True):
        end = part.place + len(part.name)
        text = text[: part.place] + mapping.get(part.name, part.name) + text[end:]
    return text


def evaluate(
    expression: Expression, scope: Mapping[str, Number], shapes: Shapes | None = None
) -> Number:
    """Return the expression's value, by Python's rules for numbers.

    Args:
        expression: what parse returned.
        scope: the value of every name.
        shapes: returns the shape that arrives at an input port; a LookupError says that none does.

    Raises:
        ExpressionError: for an unknown name, a division by zero, or a result beyond the caps.

    """
    match expression:
        case Constant():
            return _capped(expression.value, expression)
        case Variable():
            if expression.name not in scope:
                raise ExpressionError(
                    f"the name {expression.name} is not known here", expression.place
                )
            return _capped(scope[expression.name], expression)
        case Size():
            return _size(expression, shapes)
        case Unary():
            value = evaluate(expression.operand, scope, shapes)
            return (not value) if expression.sign == "not" else _capped(-value, expression)
        case Logic():
            left = evaluate(expression.left, scope, shapes)
            if bool(left) == (expression.sign == "or"):
                return left
            return evaluate(expression.right, scope, shapes)
        case Comparison():
            return _compared(expression, scope, shapes)
        case Call():
            values = [evaluate(argument, scope, shapes) for argument in expression.arguments]
            return CHOICES[expression.function](values)
        case Binary():
            left = evaluate(expression.left, scope, shapes)
            return _arithmetic(expression, left, evaluate(expression.right, scope, shapes))


def _size(size: Size, shapes: Shapes | None) -> int:
    if shapes is None:
        raise ExpressionError(f"the shape of {size.port} is not known here", size.place)
    try:
        shape = shapes(size.port)
    except LookupError:
        raise ExpressionError(f"nothing arrives at {size.port}", size.place) from None
    if not -len(shape) <= size.axis < len(shape):
        message = f"{size.port} has {len(shape)} dimensions, none of them is {size.axis}"
        raise ExpressionError(message, size.place)
    return shape[size.axis]


def _compared(chain: Comparison, scope: Mapping[str, Number], shapes: Shapes | None) -> bool:
    left = evaluate(chain.first, scope, shapes)
    for sign, operand in chain.rest:
        right = evaluate(operand, scope, shapes)
        if not RELATIONS[sign](left, right):
            return False
        left = right
    return True


def _arithmetic(node: Binary, left: Number, right: Number) -> Number:
    if node.sign == "**" and isinstance(left, int) and isinstance(right, int):
        too_long = abs(left) > 1 and right > 64
        if too_long or abs(right) > MAX_EXPONENT:
            raise ExpressionError(f"{left} ** {right} is too large", node.place)
    try:
        return _capped(ARITHMETIC[node.sign](left, right), node)
    except ZeroDivisionError:
        raise ExpressionError(f"{left} {node.sign} {right} divides by zero", node.place) from None
    except OverflowError:
        raise ExpressionError(f"{left} {node.sign} {right} is too large", node.place) from None


def _capped(value: object, node: Expression) -> Number:
    if isinstance(value, int):
        if -LARGEST - 1 <= value <= LARGEST:
            return value
        raise ExpressionError("the result is too large", node.place)
    if isinstance(value, float) and value - value == 0:  # neither infinite nor NaN
        return value
    raise ExpressionError("the result is no finite real number", node.place)


def to_python(expression: Expression, rename: Callable[[str], str] = str) -> str:
    """Return Python text for the expression, with no more parentheses than it needs.

    ``rename`` gives the Python text of a name and of a port (``dim`` -> ``self.dim``).
    """
    return _printed(expression, rename)[0]


def _printed(node: Expression, rename: Callable[[str], str]) -> tuple[str, int]:
    """Return text and how tightly it binds."""

    def inner(operand: Expression, lowest: int) -> str:
        text, level = _printed(operand, rename)
        return text if level >= lowest else f"({text})"

    match node:
        case Constant():
            return repr(node.value), ATOM
        case Variable():
            return _atom(rename(node.name)), ATOM
        case Size():
            return f"{_atom(rename(node.port))}.shape[{node.axis}]", ATOM
        case Call():
            listed = ", ".join(inner(argument, 0) for argument in node.arguments)
            return f"{node.function}({listed})", ATOM
        case Unary():
            level = NOT if node.sign == "not" else NEGATION
            sign = "not " if node.sign == "not" else "-"
            # a power under a sign is easily misread: parentheses, as ruff format sets them
            power = isinstance(node.operand, Binary) and node.operand.sign == "**"
            return sign + inner(node.operand, ATOM if power else level), level
        case Comparison():
            above = LEVELS["=="] + 1
            rest = "".join(f" {sign} {inner(operand, above)}" for sign, operand in node.rest)
            return inner(node.first, above) + rest, LEVELS["=="]
        case Binary(sign="**"):
            # ruff format hugs ** between simple operands only
            left, right = inner(node.left, ATOM), inner(node.right, NEGATION)
            return _power(left, right), POWER
        case Binary() | Logic():
            level = LEVELS[node.sign]
            return f"{inner(node.left, level)} {node.sign} {inner(node.right, level + 1)}", level


def _atom(text: str) -> str:
    return text if ATOM_TEXT.fullmatch(text) else f"({text})"


def _power(left: str, right: str) -> str:
    hugged = HUGGED.fullmatch(left) and HUGGED.fullmatch(right)
    return f"{left}**{right}" if hugged else f"{left} ** {right}"
