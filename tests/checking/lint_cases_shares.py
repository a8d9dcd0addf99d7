"""Shares of attention that are made along the wrong axis, or of what a mask does not hide."""

from __future__ import annotations

import math

from tests.checking.lint_cases_axes import seen
from tests.checking.lint_cases_filled import by_hand
from tests.checking.lint_cases_masks import AS_BOOL, lower, upper
from tests.checking.lint_form import Case, Near
from tests.corpus.form import op, two

SMALL = "mask-of-small-numbers"
SEE = op("see", "op.matmul", two("shares", "x"))
HIDE = "Set value to -inf"
CASES = [
    Case(SMALL, "warning", "hide", ("“hide” writes 0 into", "“share”", "is 1,"),
         (HIDE,), by_hand(upper(1), AS_BOOL, value=0)),
    Case(SMALL, "warning", "hide", ("writes 1e-09 into", "is 1,", "B×20×20"), (HIDE,),
         by_hand(upper(1), AS_BOOL, value=1e-9)),
    # there the mask is to be mended first
    Case(SMALL, "warning", "hide", ("writes -1.0 into", "0.368"), (),
         by_hand(lower(), AS_BOOL, value=-1.0)),
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
    # they are no weights of other numbers
    (SMALL, seen(-1, hidden=0.0)),
]  # fmt: skip
