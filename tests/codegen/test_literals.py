"""Arguments become the expressions that evaluate to them, and nothing else."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen import emit
from codegen.literals import TORCH_NAMES, NoLiteral, expression, torch_name, written
from graph_editor.document.model import At, Expr, FrozenMap, Hole, Name, Slice

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20)
)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=8)


def known(name: str, axis: int | None) -> emit.Expression:
    """Write names as they are, and sizes of ports."""
    found = emit.name(name)
    if axis is None:
        return found
    return emit.subscript(emit.attribute(found, "shape"), emit.number(axis))


@settings(derandomize=True, database=None, max_examples=300)
@given(TREES)
def test_literals_evaluate_to_what_they_say(value: Any) -> None:
    text = written(value).text
    assert text.isascii()
    found = eval(text, {"__builtins__": {"float": float}})  # noqa: S307  # our own text
    assert _same(found, value)


def _same(left: Any, right: Any) -> bool:
    if isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(right, float):
        return (math.isnan(left) and math.isnan(right)) or (
            left == right and math.copysign(1, left) == math.copysign(1, right)
        )
    return type(left) is type(right) and left == right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4*dim", "4 * dim"),
        ("2**i", "2**i"),
        ("2 ** (i + 1)", "2 ** (i + 1)"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("-a**2", "-(a**2)"),
        ("max(n - 1, 1)", "max(n - 1, 1)"),
        ("input.shape[-1]//2", "input.shape[-1] // 2"),
        ("not (a and b) or c", "not (a and b) or c"),
        ("1 != stride", "stride != 1"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    found = expression(text, known).text
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(expected))


@pytest.mark.parametrize(
    "text", ["__import__('os')", "a.b", "a[0]", "lambda: 1", "a; b", "a(1)", ""]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NoLiteral):
        expression(text, known)


@pytest.mark.parametrize("text", ["os.system", "load", "hub", "float32; x", "..", "Tensor"])
def test_only_names_of_the_table_are_written(text: str) -> None:
    with pytest.raises(NoLiteral):
        torch_name(text)


def test_the_table_of_names_is_torchs() -> None:
    kinds = (torch.dtype, torch.memory_format, torch.layout)
    assert all(isinstance(getattr(torch, name), kinds) for name in TORCH_NAMES)
    assert torch_name("...").text == "..."


def test_slices_and_holes() -> None:
    index = (Slice(), Slice(None, Hole(), 2), Slice(Expr("a + 1")))
    found = written(index, known, {"index[1].stop": emit.name("n")}, "index")
    assert isinstance(found, emit.Display)
    assert [item.text for item in found.items] == [":", ":n:2", "a + 1 :"]
    with pytest.raises(NoLiteral):
        written((Hole(),))
    with pytest.raises(NoLiteral):
        written(At("conv"))  # type: ignore[arg-type]  # an address
    assert written(FrozenMap({"b": 1, "a": Name("int64")})).text == '{"a": torch.int64, "b": 1}'
