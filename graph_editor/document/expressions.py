"""Expressions in arguments (``4 * dim``, ``input.shape[1] // 2``): a small grammar with a parser of its own.

The text of an expression comes from a file, so nothing here hands it to Python. It is read into a
tree, the tree is evaluated under caps, and Python text is printed from the tree alone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_editor.document.expression_tokens import ExpressionError, Token, tokens

__all__ = [
    "Binary",
    "Call",
    "Comparison",
    "Constant",
    "Expression",
    "ExpressionError",
    "Logic",
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

MAX_NESTING = 40
MAX_NODES = 250
LARGEST = 2**63 - 1
"""The largest size torch can hold; no whole number in an expression may be larger."""
MAX_EXPONENT = 1024

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

COMPARISONS: Mapping[str, Callable[[Number, Number], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
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
FUNCTIONS: Mapping[str, Callable[..., Number]] = {"min": min, "max": max}
WORDS = frozenset({"and", "or", "not", "min", "max", "True", "False"})


def parse(text: str) -> Expression:
    """Return the tree of an expression, given without its leading ``=``.

    Raises:
        ExpressionError: with the column of the fault.

    """
    return _Parser(text).whole()


class _Parser:
    """Precedence climbing over a list of tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.index = 0
        self.nesting = 0
        self.nodes = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def expect(self, text: str) -> Token:
        if self.next.text != text:
            raise ExpressionError(f"expected {text}, found {self.next.shown}", self.next.place)
        return self.take()

    def whole(self) -> Expression:
        tree = self.climb(0)
        if self.next.kind != "end":
            raise ExpressionError(f"{self.next.shown} is not expected here", self.next.place)
        return tree

    def climb(self, lowest: int) -> Expression:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise ExpressionError("is nested too deeply", self.next.place)
        left = self.prefix(lowest)
        while (level := LEVELS.get(self.next.text, -1)) >= max(lowest, 1):
            left = self.infix(left, level)
            self.count()
        self.nesting -= 1
        return left

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError("is too long", self.next.place)

    def prefix(self, lowest: int) -> Expression:
        token = self.next
        self.count()
        if token.text == "-":
            self.take()
            return Unary("-", self.climb(NEGATION), token.place)
        if token.text == "not":
            if lowest > NOT:
                raise ExpressionError("not must stand in parentheses here", token.place)
            self.take()
            return Unary("not", self.climb(NOT), token.place)
        return self.atom()

    def infix(self, left: Expression, level: int) -> Expression:
        token = self.next
        if token.text in COMPARISONS:
            rest: list[tuple[str, Expression]] = []
            while self.next.text in COMPARISONS:
                sign = self.take().text
                rest.append((sign, self.climb(level + 1)))
            return Comparison(left, tuple(rest), token.place)
        self.take()
        if token.text == "**":  # from right to left, and -1 may stand on its right
            return Binary("**", left, self.climb(NEGATION), token.place)
        right = self.climb(level + 1)
        made = Logic if token.text in ("and", "or") else Binary
        return made(token.text, left, right, token.place)

    def atom(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return Constant(token.value, token.place)
        if token.text == "(":
            tree = self.climb(0)
            self.expect(")")
            return tree
        if token.text in ("True", "False"):
            return Constant(token.text == "True", token.place)
        if token.text in FUNCTIONS:
            return self.call(token)
        if token.kind == "name" and token.text not in WORDS:
            return self.name(token)
        raise ExpressionError(f"expected a number or a name, found {token.shown}", token.place)

    def call(self, function: Token) -> Expression:
        self.expect("(")
        arguments = [self.climb(0)]
        while self.next.text == ",":
            self.take()
            arguments.append(self.climb(0))
        self.expect(")")
        if len(arguments) < 2:
            raise ExpressionError(f"{function.text} needs two or more operands", function.place)
        return Call(function.text, tuple(arguments), function.place)

    def name(self, first: Token) -> Expression:
        """Read a variable, or a port's path that ends in ``.shape[axis]``."""
        path: list[str] = [first.text]
        while self.next.text in (".", "["):
            if self.take().text == "[":
                path.append(f"[{self.whole_number()}]")
                self.expect("]")
            elif self.next.kind != "name":
                raise ExpressionError(f"expected a name, found {self.next.shown}", self.next.place)
            elif self.next.text == "shape":
                self.take()
                self.expect("[")
                negative = self.next.text == "-" and bool(self.take())
                axis = self.whole_number()
                self.expect("]")
                return Size("".join(path), -axis if negative else axis, first.place)
            else:
                path.append(f".{self.take().text}")
        if len(path) > 1:
            raise ExpressionError("only a shape can be asked of a port: p.shape[0]", first.place)
        return Variable(first.text, first.place)

    def whole_number(self) -> int:
        token = self.take()
        if not isinstance(token.value, int) or token.kind != "number":
            raise ExpressionError(f"expected a whole number, found {token.shown}", token.place)
        return token.value


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


Shapes: TypeAlias = Callable[[str], tuple[int, ...]]


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
            return FUNCTIONS[expression.function](values)
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
        if not COMPARISONS[sign](left, right):
            return False
        left = right
    return True


ARITHMETIC: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


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
        case Unary(sign="not"):
            return f"not {inner(node.operand, NOT)}", NOT
        case Unary():
            return f"-{inner(node.operand, NEGATION)}", NEGATION
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


ATOM_TEXT = re.compile(r"[A-Za-z0-9_.]+(\[[0-9]+\]|\.[A-Za-z0-9_]+)*")
HUGGED = re.compile(r"-?[A-Za-z0-9_.]+")


def _atom(text: str) -> str:
    return text if ATOM_TEXT.fullmatch(text) else f"({text})"


def _power(left: str, right: str) -> str:
    hugged = HUGGED.fullmatch(left) and HUGGED.fullmatch(right)
    return f"{left}**{right}" if hugged else f"{left} ** {right}"
