"""How a statement that is too long is broken over lines: the way ruff's formatter does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codegen.emit import (
    BareTuple,
    Call,
    Choice,
    Comprehension,
    Display,
    Expression,
    Keyword,
    Member,
    Operation,
    Rank,
    held,
)

WIDTH = 100


class ImportedNames(Expression):
    """The names of a from-import."""

    __slots__ = ("names",)

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def laid_out(prefix: str, value: Expression, suffix: str, indent: int) -> list[str]:
    """Return a statement's lines, broken after brackets or in parentheses where it is too long."""
    flat = f"{' ' * indent}{prefix}{value.text}{suffix}"
    if len(flat) <= WIDTH:
        return [flat]
    broken = _broken(prefix, value, suffix, indent)
    if broken is not None:
        return broken
    pad = " " * indent
    return [f"{pad}{prefix}(", *_split(value, indent + 4), f"{pad}){suffix}"]


def _broken(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    """Return the lines of what ends in brackets of its own, or None if it needs new ones."""
    rule = BREAKS.get(type(value))
    return rule(prefix, value, suffix, indent) if rule else None


def inside_brackets(prefix: str, value: Expression, suffix: str, indent: int) -> list[str]:
    """Return the lines of an item that already stands between brackets."""
    flat = f"{' ' * indent}{prefix}{value.text}{suffix}"
    if len(flat) <= WIDTH:
        return [flat]
    if isinstance(value, Keyword):
        return inside_brackets(prefix + value.prefix, value.value, suffix, indent)
    if prefix and isinstance(value, Operation):
        return laid_out(prefix, value, suffix, indent)
    broken = None
    if not isinstance(value, Operation):
        broken = _broken(prefix, value, suffix, indent)
    if broken is not None:
        return broken
    if prefix:
        return [flat]
    lines = _split(value, indent, len(suffix))
    return [*lines[:-1], lines[-1] + suffix]


def _call(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    assert isinstance(value, Call)
    if not value.items or _links(value) > 1:
        return None
    pad = " " * indent
    head = f"{pad}{prefix}{value.callee.text}("
    if len(head) > WIDTH:
        return _long_callee(prefix, value, suffix, indent)
    return [head, *_arguments(value.items, indent + 4), f"{pad}){suffix}"]


def _long_callee(prefix: str, value: Call, suffix: str, indent: int) -> list[str] | None:
    """Break the call whose result has the method that is called, too."""
    callee = value.callee
    if not isinstance(callee, Member) or not isinstance(callee.owner, Call):
        return None
    before = _broken(prefix, callee.owner, f".{callee.name}(", indent)
    if before is None:
        return None
    return [*before, *_arguments(value.items, indent + 4), f"{' ' * indent}){suffix}"]


def _arguments(items: Sequence[Expression], indent: int) -> list[str]:
    flat = ", ".join([item.text for item in items])
    if indent + len(flat) <= WIDTH:
        return [" " * indent + flat]
    if len(items) == 1 and isinstance(items[0], Comprehension) and not items[0].brackets:
        return _split(items[0], indent)
    return [line for item in items for line in inside_brackets("", item, ",", indent)]


def _links(value: Expression) -> int:
    """Return how many attributes follow a bracket in a chain of calls."""
    links = 0
    while True:
        if isinstance(value, Call):
            value = value.callee
        elif isinstance(value, Member):
            links += isinstance(value.owner, Call | Display | Comprehension)
            value = value.owner
        else:
            return links


def _display(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    assert isinstance(value, Display)
    if not value.items:
        return None
    pad = " " * indent
    opening, closing = value.brackets[0], value.brackets[1]
    if value.text[0] != "(" or len(value.items) > 1 or value.text.endswith(",)"):
        body = [line for item in value.items for line in inside_brackets("", item, ",", indent + 4)]
    else:
        body = inside_brackets("", value.items[0], "", indent + 4)  # parentheses about an operand
    return [f"{pad}{prefix}{opening}", *body, f"{pad}{closing}{suffix}"]


def _bare(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    assert isinstance(value, BareTuple)
    pad = " " * indent
    body = [line for item in value.items for line in inside_brackets("", item, ",", indent + 4)]
    return [f"{pad}{prefix}(", *body, f"{pad}){suffix}"]


def _generator(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    assert isinstance(value, Comprehension)
    if not value.brackets:
        return None
    pad = " " * indent
    body = [
        line for clause in value.clauses for line in inside_brackets("", clause, "", indent + 4)
    ]
    return [f"{pad}{prefix}{value.brackets[0]}", *body, f"{pad}{value.brackets[1]}{suffix}"]


def _operation(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    """Break inside the brackets of one operand, if there is one operator only."""
    assert isinstance(value, Operation)
    if len(value.signs) > 1:
        return None
    first: Expression = value
    last: Expression = value
    while isinstance(first, Operation):
        first = first.operands[0]
    while isinstance(last, Operation):
        last = last.operands[-1]
    head = prefix + value.text[: -len(last.text)]
    if isinstance(last, Call | Display) and last.items and indent + len(head) < WIDTH:
        return _broken(head, last, suffix, indent)
    if isinstance(first, Display) and first.items:
        return _broken(prefix, first, value.text[len(first.text) :] + suffix, indent)
    return None


def _names(prefix: str, value: Expression, suffix: str, indent: int) -> list[str] | None:
    assert isinstance(value, ImportedNames)
    pad = " " * indent
    return [f"{pad}{prefix}(", *[f"{pad}    {name}," for name in value.names], f"{pad}){suffix}"]


Rule = Callable[[str, Expression, str, int], "list[str] | None"]
BREAKS: dict[type[Expression], Rule] = {
    Call: _call,
    Display: _display,
    BareTuple: _bare,
    Comprehension: _generator,
    Operation: _operation,
    ImportedNames: _names,
}


def _split(value: Expression, indent: int, reserved: int = 0) -> list[str]:
    """Return the lines of an expression inside parentheses that were made or stood there for it."""
    pad = " " * indent
    if indent + len(value.text) + reserved <= WIDTH:
        return [pad + value.text]
    if isinstance(value, Operation):
        lines = inside_brackets("", value.operands[0], "", indent)
        for sign, operand in zip(value.signs, value.operands[1:], strict=True):
            lines += inside_brackets(f"{sign} ", operand, "", indent)
        return lines
    if isinstance(value, Comprehension | Choice):
        return [
            line for clause in value.clauses for line in inside_brackets("", clause, "", indent)
        ]
    if isinstance(value, Call) and _links(value) > 1:
        return _chain(value, indent)
    broken = _broken("", value, "", indent)
    return broken if broken is not None else [pad + value.text]


def _chain(value: Call, indent: int) -> list[str]:
    """Return a chain of calls with one call to the line."""
    callee = value.callee
    if isinstance(callee, Member) and isinstance(callee.owner, Call):
        before = _chain(callee.owner, indent)
        link = Call(Expression("." + callee.name), value.items)
    elif isinstance(callee, Member) and isinstance(callee.owner, Operation):
        before = inside_brackets("", held(callee.owner, Rank.ATOM), "", indent)
        link = Call(Expression("." + callee.name), value.items)
    else:
        before, link = [], value
    flat = " " * indent + link.text
    if len(flat) <= WIDTH or not link.items:
        return [*before, flat]
    return [*before, *(_call("", link, "", indent) or [flat])]
