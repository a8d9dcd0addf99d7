"""What people write in other words than the generator does, in its words: same values, one form.

``len(x)`` and ``x.size()`` are said with ``x.shape``, ``math.sqrt(64)`` is a number, a value set
under a condition is ``call if test else input``, and ``a, b = f(x), g(x)`` are two statements.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from codegen.reading.literal_values import full_name
from codegen.reading.source import without_text

NUMBERS = {"math.pi": math.pi, "math.e": math.e, "math.inf": math.inf}
FUNCTIONS = {"math.sqrt": math.sqrt, "math.exp": math.exp, "math.log": math.log}
Made = TypeVar("Made", bound=ast.AST)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


def in_our_words(method: ast.FunctionDef, names: Mapping[str, str]) -> ast.FunctionDef:
    """Return a method in the generator's words; what has none is as it was."""
    return ast.fix_missing_locations(_Wording(method, names).visit(method))


class _Wording(ast.NodeTransformer):
    """Rewrites one method; every part stays at its line."""

    def __init__(self, method: ast.FunctionDef, names: Mapping[str, str]) -> None:
        self.names = names
        self.counted = set(_counted(method))
        """Names of variables that are calculated with."""
        self.depth = 0

    def visit_Call(self, call: ast.Call) -> ast.AST:  # ast's name
        """Say sizes by shape, and work out what math is asked of numbers."""
        whole = full_name(call.func, self.names)
        depth, self.depth = self.depth, 0
        self.generic_visit(call)
        self.depth = depth
        plain = len(call.args) == 1 and not call.keywords
        if isinstance(call.func, ast.Name) and call.func.id == "len" and plain:
            return _at(call, _part(_shape(call.args[0]), ast.Constant(0)))
        if whole in FUNCTIONS and plain:
            number = _worked_out(whole, call.args[0])
            return call if number is None else _at(call, number)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "size" and not whole:
            return self._size(call, call.func.value)
        return call

    def _size(self, call: ast.Call, owner: ast.expr) -> ast.AST:
        places = [*call.args, *(k.value for k in call.keywords if k.arg == "dim")]
        if not call.args and not call.keywords:
            return _at(call, _shape(owner))
        if self.depth and len(places) == 1 and len(call.args) + len(call.keywords) == 1:
            return _at(call, _part(_shape(owner), places[0]))
        return call

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # ast's name
        """Put in the numbers of math."""
        number = NUMBERS.get(full_name(node, self.names))
        if number is not None and math.isfinite(number):
            return _at(node, ast.Constant(number))
        if number is not None:
            return _at(node, ast.parse('float("inf")', mode="eval").body)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # ast's name
        """Know that what is inside is calculated with."""
        inside = isinstance(node.op, ARITHMETIC)
        self.depth += inside
        self.generic_visit(node)
        self.depth -= inside
        return node

    def visit_If(self, node: ast.If) -> ast.AST:  # ast's name
        """Say ``if test: x = f(x)`` as ``x = f(x) if test else x``."""
        self.generic_visit(node)
        made, other = _one_value(node.body), _one_value(node.orelse)
        if made is None or (node.orelse and (other is None or other[0].id != made[0].id)):
            return node
        target, value = made
        rest = other[1] if other is not None else _at(node, ast.Name(target.id, ast.Load()))
        whole = _at(node, ast.IfExp(node.test, value, rest))
        return _at(node, ast.Assign([target], whole))

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:  # ast's name
        """Take apart what sets several names at once."""
        target, value = node.targets[-1], node.value
        counts = isinstance(target, ast.Name) and target.id in self.counted
        self.depth += counts
        self.generic_visit(node)
        self.depth -= counts
        value = node.value
        if len(node.targets) > 1 and all(isinstance(t, ast.Name) for t in node.targets):
            first, *others = node.targets
            assert isinstance(first, ast.Name)
            again = [_at(node, ast.Assign([t], ast.Name(first.id, ast.Load()))) for t in others]
            return [_at(node, ast.Assign([first], value)), *again]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            return _one_by_one(node, target.elts, value.elts)
        return node


def _counted(method: ast.FunctionDef) -> Iterable[str]:
    """Yield the variables that arithmetic is done with."""
    for node in ast.walk(method):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC):
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _at(place: ast.AST, made: Made) -> Made:
    """Return a new piece of code, and all in it that has no place yet, at the place of another."""
    ast.copy_location(made, place)
    return ast.fix_missing_locations(made)


def _shape(owner: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Attribute(owner, "shape", ast.Load()), owner)


def _part(owner: ast.expr, place: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Subscript(owner, place, ast.Load()), owner)


def _worked_out(function: str, node: ast.expr) -> ast.expr | None:
    """Return what a function of math gives for a number; None for anything else."""
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return None
    number = node.value
    assert isinstance(number, int | float)
    try:
        value = FUNCTIONS[function](number)
        is_root = function == "math.sqrt" and number**0.5 == value
    except (ValueError, OverflowError):
        return None
    return ast.BinOp(node, ast.Pow(), ast.Constant(0.5)) if is_root else ast.Constant(value)


def _one_value(body: list[ast.stmt]) -> tuple[ast.Name, ast.expr] | None:
    """Return the one name that some statements set, and its value."""
    rest = without_text(body)
    only = rest[0] if len(rest) == 1 else None
    if not isinstance(only, ast.Assign) or len(only.targets) != 1:
        return None
    target = only.targets[0]
    return (target, only.value) if isinstance(target, ast.Name) else None


def _one_by_one(
    node: ast.Assign, targets: list[ast.expr], values: list[ast.expr]
) -> ast.AST | list[ast.AST]:
    """Return ``a, b = f(x), g(x)`` as two statements, where none reads what another sets."""
    names = {t.id for t in targets if isinstance(t, ast.Name)}
    plain = len(names) == len(targets) == len(values) and len(node.targets) == 1
    later = {n.id for v in values[1:] for n in ast.walk(v) if isinstance(n, ast.Name)}
    if not plain or names & later or any(isinstance(v, ast.Starred) for v in values):
        return node
    return [_at(v, ast.Assign([t], v)) for t, v in zip(targets, values, strict=True)]
