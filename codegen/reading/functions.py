"""Functions and methods of torch that the catalogue has under another name, or as a layer."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from codegen.reading.constructor import no_name
from codegen.reading.literal_values import argument
from codegen.reading.passing import bound
from codegen.reading.problems import shown
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import FrozenMap, Node, same

OPERATORS = {
    "add": "op.add", "sub": "op.sub", "subtract": "op.sub", "mul": "op.mul", "multiply": "op.mul",
    "div": "op.truediv", "divide": "op.truediv", "true_divide": "op.truediv",
    "floor_divide": "op.floordiv", "remainder": "op.mod", "pow": "op.pow", "neg": "op.neg",
    "negative": "op.neg", "matmul": "op.matmul", "mm": "op.matmul", "eq": "op.eq", "ne": "op.ne",
    "lt": "op.lt", "le": "op.le", "gt": "op.gt", "ge": "op.ge",
}  # fmt: skip
"""Functions and methods that are operators."""
ALIASES = {
    "concat": "torch.cat", "concatenate": "torch.cat", "clip": "torch.clamp",
    "swapaxes": "Tensor.transpose", "absolute": "torch.abs",
    "nn.functional.sigmoid": "torch.sigmoid", "nn.functional.tanh": "torch.tanh",
}  # fmt: skip
MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
AVERAGE = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
IN_PLACE = ("inplace",)
LAYERS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{f"max_pool{n}d": (f"nn.MaxPool{n}d", MAX) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": (f"nn.AvgPool{n}d", AVERAGE) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": (f"nn.AdaptiveAvgPool{n}d", ("output_size",)) for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": (f"nn.AdaptiveMaxPool{n}d", ("output_size",)) for n in (1, 2, 3)},
    "elu": ("nn.ELU", ("alpha", "inplace")),
    "celu": ("nn.CELU", ("alpha", "inplace")),
    "selu": ("nn.SELU", IN_PLACE),
    "relu6": ("nn.ReLU6", IN_PLACE),
    "hardswish": ("nn.Hardswish", IN_PLACE),
    "hardsigmoid": ("nn.Hardsigmoid", IN_PLACE),
    "mish": ("nn.Mish", IN_PLACE),
    "hardtanh": ("nn.Hardtanh", ("min_val", "max_val", "inplace")),
    "glu": ("nn.GLU", ("dim",)),
    "logsigmoid": ("nn.LogSigmoid", ()),
    "softsign": ("nn.Softsign", ()),
    "tanhshrink": ("nn.Tanhshrink", ()),
    "pixel_shuffle": ("nn.PixelShuffle", ("upscale_factor",)),
    "pixel_unshuffle": ("nn.PixelUnshuffle", ("downscale_factor",)),
}
"""Functions of ``torch.nn.functional`` without weights -> the layer, and what comes after input."""
BY_SIZES = ("torch.ones", "torch.zeros", "torch.rand", "torch.randn")
"""Functions whose shape may be given size by size."""


def spec_of(whole: str, lookup: Lookup) -> Spec | None:
    """Return what the catalogue has for a function of torch, if anything."""
    short = whole.removeprefix("torch.")
    if whole == "torch.tensor":
        return lookup("const.tensor")
    names = [f"torch.{short}", ALIASES.get(short, ""), OPERATORS.get(short, ""), f"Tensor.{short}"]
    if short.startswith("nn.functional."):
        names = [f"F.{short.removeprefix('nn.functional.')}", ALIASES.get(short, "")]
    return next((spec for name in names if name and (spec := lookup(name)) is not None), None)


def layer_of(
    call: ast.Call, whole: str, names: Mapping[str, str], lookup: Lookup
) -> tuple[Node, Spec, ast.expr] | None:
    """Return the layer that a function without weights is, and what goes into it. Raises NotRead.

    None for any other function.
    """
    name, wanted = LAYERS.get(whole.removeprefix("torch.nn.functional."), ("", ()))
    spec = lookup(name) if whole.startswith("torch.nn.functional.") else None
    if spec is None:
        return None
    known = {a.name: a for a in spec.arguments}
    arguments = [Argument("input", "tensor", required=True)]
    arguments += [replace(known[each], style="positional") for each in wanted if each in known]
    found = bound(call, arguments, what=shown(call.func))
    source = found.pop("input")
    assert isinstance(source, ast.expr)
    args = {}
    for key, value in found.items():
        assert isinstance(value, ast.expr)
        said = argument(value, names, no_name)
        if known[key].required or not same(said, known[key].default):
            args[key] = said
    return Node(name, args=FrozenMap(args)), spec, source


def by_shape(call: ast.Call, whole: str) -> ast.Call:
    """Return ``torch.ones(2, 3)`` as ``torch.ones((2, 3))``; any other call as it is."""
    if whole not in BY_SIZES or not call.args:
        return call
    is_one = len(call.args) == 1 and not (
        isinstance(call.args[0], ast.Constant) and type(call.args[0].value) is int
    )
    if is_one or any(isinstance(a, ast.Starred | ast.Tuple | ast.List) for a in call.args):
        return call
    shape = ast.copy_location(ast.Tuple(list(call.args), ast.Load()), call.args[0])
    return ast.copy_location(ast.Call(call.func, [shape], call.keywords), call)


def method_as_function(call: ast.Call, function: ast.Attribute) -> ast.Call | None:
    """Return a method as the function that it is, where its object is no first argument.

    ``x.where(test, other)`` is ``where(test, x, other)``, and ``x.flip(0, 1)`` is
    ``x.flip((0, 1))``. None for any other method.
    """
    if function.attr == "where" and call.args:
        test, *others = call.args
        return _with(call, [test, function.value, *others])
    plain = not any(isinstance(a, ast.Starred | ast.Tuple | ast.List) for a in call.args)
    if function.attr == "flip" and call.args and plain:
        dims = ast.copy_location(ast.Tuple(list(call.args), ast.Load()), call.args[0])
        return _with(call, [function.value, dims])
    return None


def _with(call: ast.Call, args: list[ast.expr]) -> ast.Call:
    return ast.copy_location(ast.Call(call.func, args, call.keywords), call)


def by_end(call: ast.Call, whole: str) -> ast.Call:
    """Return ``torch.arange(5)`` as ``torch.arange(end=5)``; any other call as it is."""
    if whole != "torch.arange" or len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
        return call
    end = ast.copy_location(ast.keyword("end", call.args[0]), call.args[0])
    return ast.copy_location(ast.Call(call.func, [], [end, *call.keywords]), call)
