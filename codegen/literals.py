"""Arguments as Python expressions: literals from validated values, torch names from a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from codegen import emit
from codegen.emit import Expression
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Expr, FrozenMap, Hole, Name, Slice

Rename = Callable[[str, "int | None"], Expression]
"""Gives the Python expression of a name; given an axis too, that size of the port of that name."""
_WORDS = """
    bfloat16 bool cdouble cfloat chalf channels_last channels_last_3d complex128 complex32
    complex64 contiguous_format double float float16 float32 float64 float8_e4m3fn
    float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz half int int16 int32 int64 int8 jagged long
    preserve_format quint8 short sparse_bsc sparse_bsr sparse_coo sparse_csc sparse_csr strided
    uint16 uint32 uint64 uint8
"""
TORCH_NAMES = frozenset(_WORDS.split())
"""dtypes, memory formats and layouts of torch; a test holds them against torch."""


class NoLiteral(Exception):  # noqa: N818  # the writer turns it into a refusal that names the node
    """An argument that cannot be written down."""


def unknown(name: str, axis: int | None = None) -> Expression:
    """Refuse a name: the rename of a place where no name is known."""
    thing = f"the name {name}" if axis is None else f"the shape of {name}"
    raise NoLiteral(f"{thing} is not known here")


def written(
    arg: Arg,
    rename: Rename = unknown,
    holes: Mapping[str, Expression] | None = None,
    path: str = "",
) -> Expression:
    """Return the expression of an argument; holes gives what wires bring, by port path.

    Raises NoLiteral.
    """
    if holes and path in holes:
        return holes[path]
    if arg is None or isinstance(arg, bool):
        return emit.literal(arg)
    if isinstance(arg, int):
        return emit.number(arg)
    if isinstance(arg, float):
        return real(arg)
    if isinstance(arg, str):
        return emit.literal(arg)
    if isinstance(arg, Expr):
        return expression(arg.text, rename)
    if isinstance(arg, Name):
        return torch_name(arg.text)
    if isinstance(arg, Slice):
        ends = ((arg.start, "start"), (arg.stop, "stop"), (arg.step, "step"))
        return emit.slice_of(*(_end(end, rename, holes, f"{path}.{word}") for end, word in ends))
    if isinstance(arg, tuple):
        items = [written(a, rename, holes, f"{path}[{i}]") for i, a in enumerate(arg)]
        return emit.tuple_of(items)
    if isinstance(arg, FrozenMap):
        return emit.dict_of(
            {key: written(arg[key], rename, holes, f"{path}.{key}") for key in sorted(arg)}
        )
    if isinstance(arg, Hole):
        raise NoLiteral(f"no wire fills {path}")
    raise NoLiteral(f"{path or 'a mention of another node'} has no Python form here")


def _end(
    arg: Arg, rename: Rename, holes: Mapping[str, Expression] | None, path: str
) -> Expression | None:
    if arg is None and not (holes and path in holes):
        return None
    return written(arg, rename, holes, path)


def real(value: float) -> Expression:
    """Return a float: Python has no literal for infinity and not-a-number."""
    if math.isfinite(value):
        return emit.number(value)
    return emit.call(emit.name("float"), [emit.literal(repr(value))])


def torch_name(text: str) -> Expression:
    """Return a dtype or format of torch, or an ellipsis. Raises NoLiteral for any other word."""
    if text == "...":
        return emit.name("...")
    word = text.removeprefix("torch.")
    if word not in TORCH_NAMES:
        raise NoLiteral(f"{text!r} is no dtype, memory format or layout of torch")
    return emit.name(f"torch.{word}")


def expression(text: str, rename: Rename) -> Expression:
    """Return the Python form of an expression of the drawing. Raises NoLiteral."""
    try:
        return _built(tree.parse(text), rename)
    except tree.ExpressionError as error:
        raise NoLiteral(f"{text!r}: {error}") from None


def _built(node: tree.Expression, rename: Rename) -> Expression:
    match node:
        case tree.Constant():
            return written(node.value)
        case tree.Variable():
            return rename(node.name, None)
        case tree.Size():
            return rename(node.port, node.axis)
        case tree.Call():
            return emit.call(emit.name(node.function), [_built(a, rename) for a in node.arguments])
        case tree.Unary(sign="not"):
            return emit.inverted("not", _built(node.operand, rename))
        case tree.Unary():
            return emit.negated(_built(node.operand, rename))
        case tree.Comparison():
            return _comparison(node, rename)
        case _:
            return emit.operation(node.sign, _built(node.left, rename), _built(node.right, rename))


TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _comparison(node: tree.Comparison, rename: Rename) -> Expression:
    operands = [node.first, *[operand for _, operand in node.rest]]
    signs = [sign for sign, _ in node.rest]
    parts = [emit.held(_built(o, rename), emit.Rank.COMPARE + 1) for o in operands]
    if len(signs) == 1 and parts[0].text.lstrip("-")[0].isdigit():  # the number stands last
        parts, signs = parts[::-1], [TURNED[signs[0]]]
    return emit.Operation(parts, signs, emit.Rank.COMPARE)
