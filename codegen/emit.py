"""Expressions of Python as values: flat text, its precedence, and the structure to break it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from graph_editor.document.model import NOTHING, Address


class Rank(IntEnum):
    """How tightly an expression binds, loosest first."""

    TERNARY = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    BIT_OR = 6
    BIT_XOR = 7
    BIT_AND = 8
    SHIFT = 9
    ADD = 10
    MULTIPLY = 11
    UNARY = 12
    POWER = 13
    ATOM = 14


RANKS = {
    "or": Rank.OR,
    "and": Rank.AND,
    **dict.fromkeys(
        ("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"), Rank.COMPARE
    ),
    "|": Rank.BIT_OR,
    "^": Rank.BIT_XOR,
    "&": Rank.BIT_AND,
    "<<": Rank.SHIFT,
    ">>": Rank.SHIFT,
    "+": Rank.ADD,
    "-": Rank.ADD,
    "*": Rank.MULTIPLY,
    "/": Rank.MULTIPLY,
    "//": Rank.MULTIPLY,
    "%": Rank.MULTIPLY,
    "@": Rank.MULTIPLY,
    "**": Rank.POWER,
}


class Expression:
    """What no line break may enter: a name, a literal, or text of known precedence."""

    __slots__ = ("rank", "simple", "text")

    def __init__(self, text: str, rank: int = Rank.ATOM, simple: bool = False) -> None:
        self.text = text
        self.rank = rank
        self.simple = simple  # a name, a number or their attributes: ** and : hug those

    def __repr__(self) -> str:
        return f"<{self.text}>"


class Call(Expression):
    """A callee applied to arguments, or a generic subscript."""

    __slots__ = ("callee", "items")

    def __init__(self, callee: Expression, items: Sequence[Expression]) -> None:
        super().__init__(f"{_atom(callee)}({', '.join([item.text for item in items])})")
        self.callee = callee
        self.items = items


class Listed(Call):
    """A call with one argument to the line, each written for a node of its own."""

    __slots__ = ("nodes",)

    def __init__(
        self, callee: Expression, items: Sequence[Expression], nodes: Sequence[Address]
    ) -> None:
        super().__init__(callee, items)
        self.nodes = nodes


class Keyword(Expression):
    """An argument given by name, or starred (then ``prefix`` is the stars)."""

    __slots__ = ("prefix", "value")

    def __init__(self, prefix: str, value: Expression) -> None:
        super().__init__(prefix + value.text, Rank.TERNARY)
        self.prefix = prefix
        self.value = value


class Member(Expression):
    """An attribute."""

    __slots__ = ("name", "owner")

    def __init__(self, owner: Expression, name: str) -> None:
        super().__init__(f"{_atom(owner)}.{name}", Rank.ATOM, owner.simple)
        self.owner = owner
        self.name = name


class Display(Expression):
    """A list, tuple, dict or set: items between brackets, one per line where they do not fit."""

    __slots__ = ("brackets", "items")

    def __init__(self, brackets: str, items: Sequence[Expression], comma: bool = False) -> None:
        inside = ", ".join([item.text for item in items]) + ("," if comma else "")
        super().__init__(brackets[0] + inside + brackets[1])
        self.brackets = brackets
        self.items = items


class Comprehension(Expression):
    """``element for target in iterable``, bare (a sole argument) or between brackets."""

    __slots__ = ("brackets", "clauses")

    def __init__(self, brackets: str, clauses: Sequence[Expression]) -> None:
        inside = " ".join([clause.text for clause in clauses])
        super().__init__(f"{brackets[:1]}{inside}{brackets[1:]}")
        self.brackets = brackets
        self.clauses = clauses


class Choice(Expression):
    """``yes if test else no``: one line each where they do not fit together."""

    __slots__ = ("clauses",)

    def __init__(self, yes: Expression, test: Expression, no: Expression) -> None:
        super().__init__(f"{yes.text} if {test.text} else {no.text}", Rank.TERNARY)
        self.clauses = (yes, Keyword("if ", test), Keyword("else ", no))


class Operation(Expression):
    """Operands joined by operators of one precedence; ``signs[i]`` stands after ``operands[i]``."""

    __slots__ = ("operands", "signs")

    def __init__(self, operands: Sequence[Expression], signs: Sequence[str], rank: int) -> None:
        text = operands[0].text
        for sign, operand in zip(signs, operands[1:], strict=True):
            text += f" {sign} {operand.text}"
        super().__init__(text, rank)
        self.operands = operands
        self.signs = signs


def _atom(value: Expression) -> str:
    if value.rank < Rank.ATOM or (value.text[0].isdigit() and value.simple):
        return f"({value.text})"
    return value.text


def name(text: str) -> Expression:
    """Return a name (dotted ones too)."""
    return Expression(text, Rank.ATOM, True)


def number(value: float) -> Expression:
    """Return a finite number, negative ones as Python parses them: a sign and a number."""
    text = repr(value)
    return Expression(text, Rank.UNARY if text[0] == "-" else Rank.ATOM, True)


def literal(value: str | bool | None) -> Expression:
    """Return a string (in double quotes where ruff would write them), a truth value or None."""
    return Expression(quoted(value) if isinstance(value, str) else repr(value))


def quoted(text: str) -> str:
    """Return an ASCII string literal in the quotes that ruff prefers."""
    plain = ascii(text)
    body = plain[1:-1]
    if plain[0] == '"':
        return plain
    body = body.replace("\\'", "'")
    if '"' in body:
        return plain if "'" not in body else '"' + body.replace('"', '\\"') + '"'
    return f'"{body}"'


def attribute(owner: Expression, *names: str) -> Expression:
    """Return ``owner.first.second``."""
    for each in names:
        owner = Member(owner, each)
    return owner


def call(
    callee: Expression,
    args: Iterable[Expression] = (),
    keywords: Mapping[str, Expression] = NOTHING,
) -> Expression:
    """Return a call; keywords keep their order."""
    items = list(args)
    if keywords:
        items += [Keyword(key + "=", value) for key, value in keywords.items()]
    return Call(callee, items)


def starred(value: Expression, stars: str = "*") -> Expression:
    """Return an unpacked argument."""
    return Keyword(stars, held(value, Rank.BIT_OR))


def subscript(owner: Expression, *items: Expression) -> Expression:
    """Return ``owner[a, b]``."""
    return Expression(f"{_atom(owner)}[{', '.join([item.text for item in items])}]")


def places(index: Expression) -> list[Expression]:
    """Return what stands between the brackets of a subscript for an index.

    Several places along one axis are a list: ``x[(0, 1)]`` would mean two axes.
    """
    if isinstance(index, Display) and index.brackets == "()" and index.items:
        return [_listed(item) for item in index.items]
    return [index]


def _listed(place: Expression) -> Expression:
    if not isinstance(place, Display) or place.brackets != "()":
        return place
    is_one = len(place.items) == 1 and not place.text.endswith(",)")  # in brackets, and no tuple
    return place if is_one else Display("[]", [_listed(item) for item in place.items])


def slice_of(
    start: Expression | None = None, stop: Expression | None = None, step: Expression | None = None
) -> Expression:
    """Return a slice for a subscript, with spaces about its colons where an end is not simple."""
    space = "" if all(e is None or _hugs(e) for e in (start, stop, step)) else " "
    text = (start.text + space if start else "") + ":" + (space + stop.text if stop else "")
    if step:
        text += (space if stop else "") + ":" + space + step.text
    return Expression(text, Rank.TERNARY)


def _hugs(end: Expression) -> bool:
    return end.simple and "." not in end.text.replace("0.", "") and end.rank >= Rank.UNARY


def operation(sign: str, left: Expression, right: Expression) -> Expression:
    """Return a binary operation with just the parentheses that Python needs."""
    rank = RANKS[sign]
    if rank == Rank.POWER:
        left = held(left, Rank.ATOM)
        right = held(right, Rank.UNARY)
        if left.simple and right.simple:
            return Expression(f"{left.text}**{right.text}", rank)
        return Operation([left, right], [sign], rank)
    right = held(right, rank + 1)
    if isinstance(left, Operation) and left.rank == rank and rank != Rank.COMPARE:
        return Operation([*left.operands, right], [*left.signs, sign], rank)
    return Operation([held(left, rank + (rank == Rank.COMPARE)), right], [sign], rank)


def held(value: Expression, rank: int) -> Expression:
    """Return value, in parentheses if it binds less tightly than rank."""
    return value if value.rank >= rank else Display("()", [value])


def negated(value: Expression) -> Expression:
    """Return ``-value``."""
    operand = held(value, Rank.UNARY)
    return Expression(f"-{operand.text}", Rank.UNARY, operand.simple)


def inverted(sign: str, value: Expression) -> Expression:
    """Return ``not value`` or ``~value``."""
    if sign == "not":
        return Expression(f"not {held(value, Rank.NOT).text}", Rank.NOT)
    return Expression(f"~{held(value, Rank.UNARY).text}", Rank.UNARY)


def ternary(test: Expression, yes: Expression, no: Expression) -> Expression:
    """Return ``yes if test else no``."""
    return Choice(held(yes, Rank.OR), held(test, Rank.OR), no)


def list_of(items: Iterable[Expression]) -> Expression:
    """Return a list display."""
    return Display("[]", list(items))


def tuple_of(items: Iterable[Expression], bare: bool = False) -> Expression:
    """Return a tuple, without parentheses where bare and it has two items or more."""
    values = list(items)
    if bare and len(values) > 1:
        return BareTuple(values)
    return Display("()", values, len(values) == 1)


class BareTuple(Display):
    """A tuple without parentheses, which it gets when it must break."""

    __slots__ = ()

    def __init__(self, items: Sequence[Expression]) -> None:
        super().__init__("()", items)
        self.text = self.text[1:-1]
        self.rank = Rank.TERNARY


def dict_of(items: Mapping[str, Expression]) -> Expression:
    """Return a dict display with string keys."""
    return Display("{}", [Keyword(quoted(key) + ": ", value) for key, value in items.items()])


def comprehension(
    brackets: str, element: Expression, target: str, iterable: Expression
) -> Expression:
    """Return ``[element for target in iterable]``; a sole argument needs no brackets."""
    return Comprehension(brackets, [element, Keyword(f"for {target} in ", iterable)])
