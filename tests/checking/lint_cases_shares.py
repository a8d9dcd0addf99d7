"""Shares of attention that are made along the wrong axis, or of what a mask does not hide."""

from __future__ import annotations

import math
from collections.abc import Mapping

from graph_editor.document.model import FrozenMap, Project
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
    Case(SMALL, "warning", "hide", ("where “hide” writes 0.0 into", "B×4×12×12"),
         ("Set other to -inf",), seen(-1, SEE, spec="torch.where", hidden=0.0)),
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
    # no keys are turned
    (QUERIES, seen(-2, SEE, hidden=-1e9)),
    # they are no weights of other numbers
    (SMALL, seen(-1, hidden=0.0)),
]  # fmt: skip
