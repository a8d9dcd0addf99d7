"""Weights and buffers: the tensor that one begins as, and how it is filled."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.reading.formulas import Leaf
from codegen.reading.literal_values import argument, full_name
from codegen.reading.members import Layer
from codegen.reading.problems import NotRead, shown
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import Arg, FrozenMap, Name, same

PARAMETER = "torch.nn.Parameter"
FILLED = {"torch.zeros": "zeros", "torch.ones": "ones", "torch.rand": "uniform"}
SCALARS: dict[object, Arg] = {0.0: "zeros", 1.0: "ones"}
INIT = "torch.nn.init."
WAYS = ("normal", "uniform", "xavier_uniform", "kaiming_uniform")


def weight(
    value: ast.expr, names: Mapping[str, str], leaf: Leaf, lookup: Lookup, spec: str = ""
) -> Layer | None:
    """Return the weight that an expression makes; None where it makes none."""
    more: list[ast.keyword] = []
    inner = value
    if not spec:
        if not isinstance(value, ast.Call) or full_name(value.func, names) != PARAMETER:
            return None
        if len(value.args) != 1:
            raise NotRead(value, "nn.Parameter is made of one tensor here")
        spec, inner, more = "param.tensor", value.args[0], value.keywords
    args = _filled(inner, names, leaf)
    if args is None:
        return None if spec != "param.tensor" else _refuse(inner)
    for keyword in more:
        dtype = args.get("dtype")
        is_whole = isinstance(dtype, Name) and "float" not in dtype.text
        is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg != "requires_grad" or not (is_whole and is_off):
            raise NotRead(keyword.value, "a weight that is not trained is frozen: requires_grad_()")
    return Layer(spec, FrozenMap(_spoken(args, spec, lookup)), value)


def _refuse(node: ast.expr) -> Layer | None:
    raise NotRead(node, f"{shown(node)} is no tensor that a weight can begin as")


def _spoken(args: Mapping[str, Arg], spec: str, lookup: Lookup) -> dict[str, Arg]:
    """Return the arguments that are not what the spec says anyway."""
    found = lookup(spec)
    defaults = {a.name: a.default for a in found.arguments if not a.required} if found else {}
    return {k: v for k, v in args.items() if k not in defaults or not same(defaults[k], v)}


def _filled(node: ast.expr, names: Mapping[str, str], leaf: Leaf) -> dict[str, Arg] | None:
    """Return shape, way of filling and dtype of a tensor that is made anew."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _scaled(node, names, leaf)
    if not isinstance(node, ast.Call):
        return None
    whole = full_name(node.func, names)
    number = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if whole == "torch.tensor" and isinstance(number, ast.Constant) and number.value in SCALARS:
        return {"init": SCALARS[number.value], "shape": ()} if type(number.value) is float else None
    if whole == "torch.randn":
        return {"init": "normal", "std": 1.0, **_sizes(node, names, leaf)}
    if whole in FILLED:
        return {"init": FILLED[whole], **_sizes(node, names, leaf)}
    way = whole.removeprefix(INIT).removesuffix("_")
    if not whole.startswith(INIT) or way not in WAYS or len(node.args) != 1:
        return None
    empty = node.args[0]
    if not isinstance(empty, ast.Call) or full_name(empty.func, names) != "torch.empty":
        return None
    found = {"init": way, **_sizes(empty, names, leaf)}
    for keyword in node.keywords:
        if keyword.arg != "std" or way != "normal":
            raise NotRead(keyword.value, f"the drawing knows no {keyword.arg} of {whole}")
        found["std"] = argument(keyword.value, names, leaf)
    if way == "normal" and "std" not in found:
        found["std"] = 1.0
    return found


def _scaled(node: ast.BinOp, names: Mapping[str, str], leaf: Leaf) -> dict[str, Arg] | None:
    """Return ``torch.randn(...) * 0.02``, either way round, as drawn with that deviation."""
    for inner, factor in ((node.left, node.right), (node.right, node.left)):
        if isinstance(inner, ast.Call) and full_name(inner.func, names) == "torch.randn":
            scale = argument(factor, names, leaf)
            return {"init": "normal", **_sizes(inner, names, leaf), "std": scale}
    return None


def _sizes(call: ast.Call, names: Mapping[str, str], leaf: Leaf) -> dict[str, Arg]:
    values = [argument(value, names, leaf) for value in call.args]
    first = values[0] if len(values) == 1 else None
    found: dict[str, Arg] = {"shape": first if isinstance(first, tuple) else tuple(values)}
    for keyword in call.keywords:
        if keyword.arg != "dtype":
            raise NotRead(keyword.value, f"the drawing knows no {keyword.arg} of a weight")
        found["dtype"] = argument(keyword.value, names, leaf)
    return found


def is_place(node: ast.expr, names: Mapping[str, str]) -> bool:
    """Whether an expression is the empty tensor that only says where a module is."""
    return (
        isinstance(node, ast.Call)
        and full_name(node.func, names) == "torch.empty"
        and len(node.args) == 1
        and not node.keywords
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == 0
    )
