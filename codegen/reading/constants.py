"""Where two texts that are alike but for their values differ: constants and keyword arguments."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.reading.constructor import no_name
from codegen.reading.literal_values import argument
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import dotted, without_text
from graph_editor.document.model import Arg

MISSING: Any = object()
"""Stands for a keyword argument that one of the two texts does not have."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that differs."""

    line: int
    column: int
    name: str
    """The keyword or the field that it is given for, where there is one."""
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called, where another thing was."""

    path: str
    given: Mapping[str, Arg]
    """The keyword arguments that are literals."""


def changed_values(before: ast.AST, after: ast.AST) -> list[Changed]:
    """Return the values that differ. Raises NotRead where more than values does."""
    found: list[Changed] = []
    _walk(before, after, "", found)
    return found


def _walk(before: ast.AST, after: ast.AST, name: str, found: list[Changed]) -> None:
    values = literal_of(before), literal_of(after)
    if values[0] is not MISSING and values[1] is not MISSING:
        if not _equal(values[0], values[1]):
            found.append(_changed(after, name, *values))
        return
    if type(before) is not type(after):
        raise NotRead(after, f"{shown(after)} stands where {shown(before)} was written")
    if isinstance(before, ast.Call) and isinstance(after, ast.Call):
        _call(before, after, found)
        return
    if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
        name = before.target.id
    for field in before._fields:
        _field(after, getattr(before, field, None), getattr(after, field, None), name, found)


def _field(node: ast.AST, one: object, two: object, name: str, found: list[Changed]) -> None:
    if isinstance(one, list) and isinstance(two, list):
        _listed(node, one, two, name, found)
    elif isinstance(one, ast.AST) and isinstance(two, ast.AST):
        _walk(one, two, name, found)
    elif one != two or type(one) is not type(two):
        raise NotRead(node, f"{shown(node)} is not what was written, and is no value")


def _listed(
    node: ast.AST, one: Sequence[ast.AST], two: Sequence[ast.AST], name: str, found: list[Changed]
) -> None:
    if all(isinstance(each, ast.stmt) for each in (*one, *two)):
        one = without_text([each for each in one if isinstance(each, ast.stmt)])
        two = without_text([each for each in two if isinstance(each, ast.stmt)])
    for before, after in zip(one, two, strict=False):
        if isinstance(before, ast.AST) and isinstance(after, ast.AST):
            _walk(before, after, name, found)
        elif before != after:
            raise NotRead(node, f"{shown(node)} is not what was written")
    if len(one) != len(two):
        more = two[len(one)] if len(two) > len(one) else node
        raise NotRead(more, "there is more, or less, here than was written")


def _call(before: ast.Call, after: ast.Call, found: list[Changed]) -> None:
    """Compare two calls; keyword arguments may come and go."""
    paths = dotted(before.func), dotted(after.func)
    if all(paths) and paths[0] != paths[1]:
        found.append(_changed(after, "", _callee(before), _callee(after)))
    else:
        _walk(before.func, after.func, "", found)
    _listed(after, before.args, after.args, "", found)
    one = {k.arg: k.value for k in before.keywords}
    two = {k.arg: k.value for k in after.keywords}
    for name in dict.fromkeys((*one, *two)):
        if name in one and name in two and not _becomes_a_value(one[name], two[name]):
            _walk(one[name], two[name], name or "", found)
            continue
        node = two.get(name, after)
        values = [literal_of(side[name]) if name in side else MISSING for side in (one, two)]
        if name is None or (name in two and values[1] is MISSING):
            raise NotRead(node, f"{shown(node)} is not what was written, and is no value")
        found.append(_changed(node, name, *values))


def _becomes_a_value(one: ast.AST, two: ast.AST) -> bool:
    """Whether a literal stands where something was worked out."""
    return literal_of(one) is MISSING and literal_of(two) is not MISSING


def _callee(call: ast.Call) -> Callee:
    given = {k.arg: literal_of(k.value) for k in call.keywords if k.arg}
    said = {name: value for name, value in given.items() if value is not MISSING}
    return Callee(".".join(dotted(call.func) or []), said)


def _changed(node: ast.AST, name: str, before: object, after: object) -> Changed:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    return Changed(line, column, name, before, after)


def literal_of(node: ast.AST) -> Arg:
    """Return the value of a literal; MISSING for anything else."""
    if not isinstance(node, ast.Constant | ast.UnaryOp | ast.Tuple | ast.List):
        return MISSING
    try:
        return argument(node, {}, no_name)
    except NotRead:
        return MISSING


def _equal(one: object, two: object) -> bool:
    """Whether the second value is as good as the first: 1 is for 1.0, but 1.0 is not for a count.

    Nor is True for 1.
    """
    if isinstance(one, int) and isinstance(two, float):
        return False
    return isinstance(one, bool) == isinstance(two, bool) and one == two
