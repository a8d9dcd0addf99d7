"""Python expressions as the expressions of a drawing: the same small grammar, built as a tree."""

from __future__ import annotations

import ast
from collections.abc import Callable

from codegen.reading.problems import NotRead, shown
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Expr

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
Leaf = Callable[[ast.expr], "tree.Expression | None"]
"""Gives the meaning of a name, an attribute or a subscript; None where that is no number."""


def formula(node: ast.expr, leaf: Leaf) -> tree.Expression | None:
    """Return the expression that a piece of code is; None where it is none."""
    if isinstance(node, ast.Constant):
        value = node.value
        return tree.Constant(value) if isinstance(value, bool | int | float) else None
    if isinstance(node, ast.UnaryOp):
        sign = {ast.USub: "-", ast.Not: "not"}.get(type(node.op))
        inner = formula(node.operand, leaf)
        return tree.Unary(sign, inner) if sign and inner is not None else None
    if isinstance(node, ast.BinOp):
        return _binary(BINARY.get(type(node.op)), node.left, node.right, leaf)
    if isinstance(node, ast.BoolOp):
        return _logic(node, leaf)
    if isinstance(node, ast.Compare):
        return _comparison(node, leaf)
    if isinstance(node, ast.Call):
        return _choice(node, leaf)
    return leaf(node)


def _binary(
    sign: str | None, left: ast.expr, right: ast.expr, leaf: Leaf
) -> tree.Expression | None:
    if sign is None:
        return None
    first, second = formula(left, leaf), formula(right, leaf)
    return None if first is None or second is None else tree.Binary(sign, first, second)


def _logic(node: ast.BoolOp, leaf: Leaf) -> tree.Expression | None:
    sign = "and" if isinstance(node.op, ast.And) else "or"
    parts = [formula(value, leaf) for value in node.values]
    whole = parts[0]
    for part in parts[1:]:
        if whole is None or part is None:
            return None
        whole = tree.Logic(sign, whole, part)
    return whole


def _comparison(node: ast.Compare, leaf: Leaf) -> tree.Expression | None:
    first = formula(node.left, leaf)
    rest = []
    for operator, operand in zip(node.ops, node.comparators, strict=True):
        sign, value = COMPARED.get(type(operator)), formula(operand, leaf)
        if sign is None or value is None:
            return None
        rest.append((sign, value))
    return None if first is None else tree.Comparison(first, tuple(rest))


def _choice(node: ast.Call, leaf: Leaf) -> tree.Expression | None:
    is_known = isinstance(node.func, ast.Name) and node.func.id in ("min", "max")
    if not is_known or node.keywords or len(node.args) < 2:
        return None
    parts = [formula(argument, leaf) for argument in node.args]
    known = tuple(part for part in parts if part is not None)
    assert isinstance(node.func, ast.Name)
    return tree.Call(node.func.id, known) if len(known) == len(parts) else None


def as_argument(node: ast.AST, expression: tree.Expression) -> Arg:
    """Return an argument that has the value of an expression: a number where it is one."""
    if isinstance(expression, tree.Constant):
        return expression.value
    if isinstance(expression, tree.Unary) and expression.sign == "-":
        operand = expression.operand
        if isinstance(operand, tree.Constant) and not isinstance(operand.value, bool):
            return -operand.value
    return as_expr(node, expression)


def as_expr(node: ast.AST, expression: tree.Expression) -> Expr:
    """Return the text of an expression as the drawing keeps it."""
    text = tree.to_python(expression)
    try:
        tree.parse(text)
    except tree.ExpressionError as error:
        raise NotRead(node, f"{shown(node)} is too long for the drawing: {error}") from None
    return Expr(text)
