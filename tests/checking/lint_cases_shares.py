"""Shares of attention that are made along the wrong axis, or of what a mask does not hide."""

from __future__ import annotations

import math
from collections.abc import Mapping

from graph_editor.document.model import FrozenMap, Name, Project
from tests.checking.drawings import B
from tests.checking.lint_cases_axes import seen, series
from tests.checking.lint_cases_filled import by_hand
from tests.checking.lint_cases_masks import AS_BOOL, lower, upper
from tests.checking.lint_form import Case, Near
from tests.corpus.form import Layer, flat, linear, nn, op, two

SMALL = "mask-of-small-numbers"
SEE = op("see", "op.matmul", two("shares", "x"))
HIDE = "Set value to -inf"
QUERIES = "softmax-of-queries"
LAST = "Set dim to -1"


def attending(
    dim: int,
    *changed: Layer,
    behind: tuple[Layer, ...] = (),
    turned: bool = True,
    see: Mapping[str, str] = FrozenMap({"input": "share", "other": "values"}),
) -> Project:
    """Return attention of four heads by hand, with what is between scores and shares, and after.

    Args:
        dim: axis of the softmax.
        changed: what is done to the scores.
        behind: what is done to the shares, the last of which is called ``share`` then.
        turned: whether the keys are; else the queries are, and keys come first.
        see: what the last product is made of.

    """
    split = {
        name: (
            linear(f"{name}_of_all", 16, "x"),
            op(f"{name}_parts", "Tensor.unflatten", dim=-1, sizes=(4, 4)),
            op(name, "Tensor.transpose", dim0=1, dim1=2),
        )
        for name in ("queries", "keys", "values")
    }
    turn = "keys" if turned else "queries"
    pair = {"input": "queries", "other": "turn"} if turned else {"input": "keys", "other": "turn"}
    shares = op("soft" if behind else "share", "torch.softmax", dim=dim)
    return series(
        *split["queries"], *split["keys"], *split["values"],
        op("turn", "Tensor.transpose", turn, dim0=-2, dim1=-1), op("scores", "op.matmul", pair),
        *changed, shares, *behind, op("see", "op.matmul", see),
        op("back", "Tensor.transpose", dim0=1, dim1=2), flat(), linear("fc", 4), x=(B, 12, 6),
    )  # fmt: skip


def multiplied(*mask: Layer, factor: str = "", behind: tuple[Layer, ...] = (),
               over: tuple[str, str] = ("x", "mask"), size: int = 12) -> Project:  # fmt: skip
    """Return attention of four heads, whose scores are multiplied by a mask made of ones."""
    return series(
        op("ones", "torch.ones", {}, size=(size, 12)), *mask,
        op("hide", "op.mul", two(*over)), *behind, op("shares", "torch.softmax", dim=-1),
        op("see", "op.matmul", two("shares", factor or "x")), flat(), linear("fc", 4),
        x=(B, 4, 12, 12),
    )  # fmt: skip


def put_in(*other: Layer) -> Project:
    """Return attention of four heads, in whose scores numbers of a tensor hide what comes later."""
    return series(
        op("ones", "torch.ones", {}, size=(12, 12), dtype=Name("bool")),
        op("mask", "torch.tril", "ones"), *other,
        op("hide", "torch.where", {"condition": "mask", "input": "x", "other": other[-1].name}),
        op("shares", "torch.softmax", dim=-1), SEE, flat(), linear("fc", 4), x=(B, 4, 12, 12),
    )  # fmt: skip


TRIL, TRIU = op("mask", "torch.tril", "ones"), op("mask", "torch.triu", "ones", diagonal=1)
FILL = "Fill with -inf where the triangle is 0, instead of multiplying"


def shared_out(*asked: Layer, dim: int = 1) -> Project:
    """Return places that are shared out among five prototypes, which are weights."""
    return series(
        linear("rows", 16, "x"), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        op("five", "param.tensor", shape=(5, 16), init="normal"), *asked,
        op("scores", "op.matmul", two(asked[-1].name if asked else "five", "turn")),
        op("share", "torch.softmax", dim=dim), op("see", "op.matmul", two("share", "rows")),
        op("unit", "F.normalize", dim=2), flat(), linear("fc", 4), x=(B, 12, 6),
    )  # fmt: skip


CASES = [
    Case(SMALL, "warning", "hide", ("“hide” writes 0 into", "“share”", "is 1,"),
         (HIDE,), by_hand(upper(1), AS_BOOL, value=0)),
    Case(SMALL, "warning", "hide", ("writes 1e-09 into", "is 1,", "B×20×20"), (HIDE,),
         by_hand(upper(1), AS_BOOL, value=1e-9)),
    # there the mask is to be mended first
    Case(SMALL, "warning", "hide", ("writes -1.0 into", "0.368"), (),
         by_hand(lower(), AS_BOOL, value=-1.0)),
    Case(QUERIES, "warning", "share", ("along axis 2 of B×4×12×12, the queries", "“scores”"),
         (LAST,), attending(-2)),
    Case(QUERIES, "warning", "share", ("along axis 1 of B×4×12×12, the heads",), (LAST,),
         attending(1, op("half", "op.truediv", other=2.0))),
    Case(QUERIES, "warning", "soft", ("the queries of the scores",), (LAST,),
         attending(2, behind=(nn("share", "Dropout", p=0.1),))),
    Case(QUERIES, "warning", "share", ("along axis 1 of B×20×20, the queries",), (LAST,),
         by_hand(upper(1), AS_BOOL, dim=1, value=-1e9)),
    # what a layer makes of weights are queries
    Case(QUERIES, "warning", "share", ("along axis 1 of B×5×12, the queries",), (LAST,),
         shared_out(linear("asked", 16, "five"))),
    Case(SMALL, "warning", "hide", ("where “hide” writes 0.0 into", "B×4×12×12"),
         ("Set other to -inf",), seen(-1, SEE, spec="torch.where", hidden=0.0)),
    Case(SMALL, "warning", "hide", ("mul “hide” writes 0 into", "B×4×12×12", "is 1,"), (FILL,),
         multiplied(TRIL)),
    Case(SMALL, "warning", "hide", ("mul “hide” writes 0 into",), (FILL,),
         multiplied(TRIL, over=("mask", "x"))),
    # there the mask is to be mended first
    Case(SMALL, "warning", "hide", ("mul “hide” writes 0 into",), (), multiplied(TRIU)),
    Case(SMALL, "warning", "hide", ("where “hide” writes 0 into",), ("Set other to -inf",),
         put_in(op("none", "torch.zeros_like", "x"))),
    Case(SMALL, "warning", "hide", ("where “hide” writes 0.5 into", "1.65"),
         ("Set other to -inf",),
         put_in(op("none", "torch.full", {}, size=(12, 12), fill_value=0.5))),
]  # fmt: skip
NEAR: list[Near] = [
    (SMALL, by_hand(upper(1), AS_BOOL)),
    (SMALL, by_hand(upper(1), AS_BOOL, value=-1e9)),
    (SMALL, by_hand(upper(1), AS_BOOL, value=-1e4)),
    (SMALL, seen(-1, SEE, hidden=-math.inf)),
    # the shares of what is hidden are taken away
    (SMALL, by_hand(upper(1), AS_BOOL, value=0, between="Tensor.masked_fill")),
    (SMALL, seen(-1, op("mend", "Tensor.masked_fill", {"input": "shares", "mask": "mask"},
                        value=0.0), op("see", "op.matmul", two("mend", "x")), hidden=0.0)),
    (QUERIES, attending(-1)),
    (QUERIES, attending(3, op("half", "op.truediv", other=2.0))),
    # the shares are turned, or stand on the right
    (QUERIES, attending(-2, behind=(op("share", "Tensor.transpose", dim0=-2, dim1=-1),),
                        turned=False)),
    (QUERIES, attending(-2, behind=(op("share", "Tensor.transpose", dim0=-2, dim1=-1),))),
    # slots: each place is shared out among them, and then a mean is taken
    (QUERIES, attending(
        -2, behind=(op("total", "torch.sum", "soft", dim=-1, keepdim=True),
                    op("share", "op.truediv", two("soft", "total"))))),
    # places are shared out among prototypes that are weights
    (QUERIES, shared_out()),
    (QUERIES, shared_out(op("unit_five", "F.normalize", dim=1))),
    (QUERIES, shared_out(op("sharp", "op.mul", other=4.0))),
    (QUERIES, shared_out(dim=-1)),
    # no keys are turned
    (QUERIES, seen(-2, SEE, hidden=-1e9)),
    (SMALL, put_in(op("none", "torch.full", {}, size=(12, 12), fill_value=-1e9))),
    (SMALL, put_in(op("none", "torch.full_like", "x", fill_value=-math.inf))),
    # scores that are changed otherwise where they are not to count
    (SMALL, put_in(op("none", "op.mul", "x", other=0.5))),
    # -inf is added behind it
    (SMALL, multiplied(TRIL, behind=(
        op("far", "torch.full", {}, size=(12, 12), fill_value=-1e9),
        op("later", "torch.triu", "far", diagonal=1), op("both", "op.add", two("hide", "later"))))),
    # the triangle is of the whole, or of numbers that are learnt
    (SMALL, multiplied(op("mask", "torch.tril", "ones", diagonal=11))),
    (SMALL, multiplied(op("learnt", "param.tensor", shape=(12, 12), init="normal"),
                       op("mask", "torch.tril", "learnt"))),
    # the shares are multiplied once more
    (SMALL, series(op("ones", "torch.ones", {}, size=(12, 12)), TRIL,
                   op("hide", "op.mul", two("x", "mask")), op("shares", "torch.softmax", dim=-1),
                   op("kept", "op.mul", two("shares", "mask")),
                   op("total", "torch.sum", "kept", dim=-1, keepdim=True),
                   op("again", "op.truediv", two("kept", "total")),
                   op("see", "op.matmul", two("again", "x")), flat(), linear("fc", 4),
                   x=(B, 4, 12, 12))),
    # values, and no scores
    (SMALL, series(op("ones", "torch.ones", {}, size=(12, 12)), TRIL,
                   op("hide", "op.mul", two("x", "mask")), flat(), linear("fc", 4),
                   x=(B, 4, 12, 12))),
    # they are no weights of other numbers
    (SMALL, seen(-1, hidden=0.0)),
]  # fmt: skip
