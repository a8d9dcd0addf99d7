"""Python literals and torch's own words as arguments of a drawing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from codegen.literals import TORCH_NAMES
from codegen.reading.formulas import Leaf, as_argument, formula
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import dotted
from graph_editor.document.model import Arg, FrozenMap, Hole, Name, Slice

Fill = Callable[[str, ast.expr], bool]
"""Wires what an expression gives into a place of the argument; False where nothing can be."""


def no_wire(path: str, node: ast.expr) -> bool:
    """Say that no wire can be here: the fill of a constructor's arguments."""
    del path, node
    return False


def full_name(node: ast.AST, names: Mapping[str, str]) -> str:
    """Return what a dotted name stands for (``F.relu`` -> ``torch.nn.functional.relu``), or ""."""
    parts = dotted(node)
    if parts is None or parts[0] not in names:
        return ""
    return ".".join([names[parts[0]], *parts[1:]])


def argument(
    node: ast.expr,
    names: Mapping[str, str],
    leaf: Leaf,
    fill: Fill = no_wire,
    path: str = "",
) -> Arg:
    """Return the argument that a piece of code is. Raises NotRead.

    What is no literal and no expression is a wire: ``fill`` notes it, and a hole stands for it.
    """
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(
            argument(item, names, leaf, fill, f"{path}[{place}]")
            for place, item in enumerate(node.elts)
        )
    if isinstance(node, ast.Slice):
        ends = ((node.lower, "start"), (node.upper, "stop"), (node.step, "step"))
        return Slice(
            *(argument(e, names, leaf, fill, f"{path}.{w}") if e else None for e, w in ends)
        )
    if isinstance(node, ast.Dict):
        return _mapping(node, names, leaf, fill, path)
    word = _torch_word(node, names)
    if word is not None:
        return word
    special = special_float(node)
    if special is not None:
        return special
    if not isinstance(node, ast.Starred):
        expression = formula(node, leaf)
        if expression is not None:
            return as_argument(node, expression)
        if fill(path, node):
            return Hole()
    raise NotRead(node, f"{shown(node)} is no value that the drawing can hold here")


def _constant(node: ast.Constant) -> Arg:
    if node.value is Ellipsis:
        return Name("...")
    if node.value is None or isinstance(node.value, bool | int | float):
        return node.value
    if isinstance(node.value, str):
        if any("\ud800" <= sign <= "\udfff" for sign in node.value):
            raise NotRead(node, "half of a surrogate pair, which no file can hold")
        return node.value
    raise NotRead(node, f"{shown(node)} is no value that the drawing can hold")


def _mapping(node: ast.Dict, names: Mapping[str, str], leaf: Leaf, fill: Fill, path: str) -> Arg:
    found: dict[str, Arg] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise NotRead(node, "the keys of a dict must be strings here")
        found[key.value] = argument(value, names, leaf, fill, f"{path}.{key.value}")
    return FrozenMap(found)


def _torch_word(node: ast.expr, names: Mapping[str, str]) -> Name | None:
    whole = full_name(node, names)
    word = whole.removeprefix("torch.")
    return Name(word) if whole.startswith("torch.") and word in TORCH_NAMES else None


def special_float(node: ast.expr) -> float | None:
    """Return the value of ``float("inf")``, for which Python has no literal."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = special_float(node.operand)
        return None if inner is None else -inner
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return None
    value = node.args[0]
    is_float = isinstance(node.func, ast.Name) and node.func.id == "float"
    if not is_float or not isinstance(value, ast.Constant):
        return None
    known = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}
    return known.get(value.value) if isinstance(value.value, str) else None
