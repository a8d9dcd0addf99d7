"""Attention whose heads stand behind the places, or before them as they have to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.checking.lint_cases_axes import series
from tests.checking.lint_form import Case, Near
from tests.corpus.form import Layer, linear, nn, op, relu, two

CODE = "heads-behind-places"
RESHAPE, VIEW = "Tensor.reshape", "Tensor.view"
FUSED = "F.scaled_dot_product_attention"
NAMES = ("queries", "keys", "values")
SHARE = op("share", "torch.softmax", dim=-1)
ROWS: tuple[Layer, ...] = (op("rows", RESHAPE, args=(B, 12, 16)),)


def cut(heads: int, places: int, view: str, turned: bool, learnt: bool) -> Iterator[Layer]:
    """Yield what makes queries, keys and values, each in heads."""
    for name in NAMES:
        first = linear(f"{name}_of_all", 16, "x") if learnt else relu(f"{name}_of_all", "x")
        yield first
        yield op(f"{name}_cut" if turned else name, view, args=(B, places, heads, 16 // heads))
        if turned:
            yield op(name, "Tensor.transpose", dim0=1, dim1=2)


def taken_apart(
    dim: int = 2, parts: int = 3, turned: bool = False, heads: int = 4, spec: str = "op.add"
) -> Project:
    """Return attention whose queries, keys and values are rows of one layer, taken apart."""
    wide = 16 // heads
    shape = (B, 12, parts, heads, wide) if dim == 2 else (B, 12, heads, parts, wide)
    each = [f"parts.chunks[{number}]" for number in range(3)]
    swap = [op(name, "Tensor.transpose", part, dim0=1, dim1=2)
            for name, part in zip(NAMES, each, strict=True) if turned]  # fmt: skip
    names = NAMES if turned else each
    return series(
        linear("all", 16 * parts, "x"), op("cut", RESHAPE, args=shape),
        op("parts", "torch.unbind", dim=dim, outputs=parts), *swap,
        op("see", FUSED, dict(zip(("query", "key", "value"), names, strict=True))),
        *([op("back", "Tensor.transpose", dim0=1, dim1=2)] if turned else []), *ROWS,
        *([op("sum", spec, two("rows", "x"))] if spec else []),
        op("mean", "torch.mean", dim=1), linear("fc", 4), x=(B, 12, 16),
    )  # fmt: skip


def headed(
    *weighing: Layer,
    heads: int = 4,
    places: int = 12,
    view: str = VIEW,
    turned: bool = False,
    learnt: bool = True,
    behind: tuple[Layer, ...] = ROWS,
    read: int = 16,
    **args: Any,
) -> Project:
    """Return attention of some heads.

    Args:
        weighing: how shares are made of the scores, by hand; else it is done by one function.
        heads: how many there are.
        places: how many there are.
        view: what cuts them.
        turned: whether they are put before the places, and back.
        learnt: whether Linear layers make what is cut.
        behind: what is behind attention.
        read: how many numbers of each place the first layers read.
        args: of the function.

    """
    made = [op("see", FUSED, dict(zip(("query", "key", "value"), NAMES, strict=True)), **args)]
    if weighing:
        made = [
            op("keys_turned", "Tensor.transpose", "keys", dim0=-2, dim1=-1),
            op("scores", "op.matmul", two("queries", "keys_turned")),
            *weighing,
            op("see", "op.matmul", two(weighing[-1].name, "values")),
        ]
    back = [op("back", "Tensor.transpose", dim0=1, dim1=2)] if turned else []
    return series(
        *cut(heads, places, view, turned, learnt), *made, *back, *behind,
        op("mean", "torch.mean", dim=1), linear("fc", 4), x=(B, places, read),
    )  # fmt: skip


FIX = "Put the heads before the places, and back behind attention"
WORDS = ("B×12×4×4", "the 4 heads behind the 12 places", "B×4×12×4")
HALF = op("half", "op.truediv", other=2.0)
CASES = [
    Case(CODE, "warning", "see", ("scaled_dot_product_attention “see”", *WORDS), (FIX,), headed()),
    Case(CODE, "warning", "see", WORDS, (FIX,), headed(is_causal=True, view=RESHAPE)),
    Case(CODE, "warning", "scores", ("matmul “scores”", *WORDS), (FIX,), headed(HALF, SHARE)),
    Case(CODE, "warning", "scores", ("B×12×2×8", "the 2 heads"), (FIX,),
         headed(SHARE, nn("drop", "Dropout", p=0.1), heads=2)),
    Case(CODE, "warning", "see", WORDS, (FIX,),
         headed(behind=(op("rows", "Tensor.view", args=(B, 12, 16)),))),
    Case(CODE, "warning", "see", WORDS, (FIX,), taken_apart()),
    Case(CODE, "warning", "see", ("the 2 heads behind the 12 places",), (FIX,),
         taken_apart(dim=3, heads=2, spec="")),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, headed(turned=True)),
    (CODE, headed(HALF, SHARE, turned=True)),
    (CODE, taken_apart(turned=True)),
    (CODE, taken_apart(dim=3, turned=True)),
    (CODE, taken_apart(turned=True, spec="")),
    (CODE, taken_apart(heads=1)),
    # taken apart are the heads: each of three looks at the places by itself
    (CODE, series(linear("all", 48, "x"), op("cut", RESHAPE, args=(B, 4, 3, 3, 16)),
                  op("parts", "torch.unbind", dim=1, outputs=4),
                  op("see", FUSED, {"query": "parts.chunks[0]", "key": "parts.chunks[1]",
                                    "value": "parts.chunks[2]"}),
                  op("rows", RESHAPE, args=(B, 3, 48)),
                  op("mean", "torch.mean", dim=1), linear("fc", 4), x=(B, 12, 16))),
    # there are no others to look at
    (CODE, headed(heads=1)),
    (CODE, headed(places=1, behind=(op("rows", RESHAPE, args=(B, 1, 16)),))),
    # what is cut is data, whose parts may be meant to look at each other
    (CODE, headed(learnt=False)),
    # the parts of each place are pooled, or stay apart
    (CODE, headed(behind=(op("pooled", "torch.mean", dim=2),))),
    (CODE, headed(SHARE, behind=(op("rows", RESHAPE, args=(B, 48, 4)),))),
    # the four variables of each step look at each other
    (CODE, headed(read=4)),
    (CODE, headed(HALF, SHARE, read=4)),
    # no shares are made
    (CODE, headed(HALF)),
]  # fmt: skip
