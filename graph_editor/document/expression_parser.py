"""The text of an expression to its tree, within caps on length, nesting and size."""

from __future__ import annotations

import keyword

from graph_editor.document.expression_tokens import ExpressionError, Token, tokens
from graph_editor.document.expression_tree import (
    COMPARISONS,
    FUNCTIONS,
    LEVELS,
    NEGATION,
    NOT,
    Binary,
    Call,
    Comparison,
    Constant,
    Expression,
    Logic,
    Size,
    Unary,
    Variable,
)

MAX_NESTING = 40
MAX_NODES = 250
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
        if keyword.iskeyword(first.text):
            raise ExpressionError(f"{first.text} is a word of Python, no name", first.place)
        return Variable(first.text, first.place)

    def whole_number(self) -> int:
        token = self.take()
        if not isinstance(token.value, int) or token.kind != "number":
            raise ExpressionError(f"expected a whole number, found {token.shown}", token.place)
        return token.value
