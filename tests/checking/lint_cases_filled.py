"""Attention by hand, whose shares are made where -inf hides the rest."""

from __future__ import annotations

import math
from itertools import pairwise

from graph_editor.document.model import Arg, FrozenMap, Node, Project
from tests.checking.drawings import FLAT, HEAD, Layer, drawing
from tests.checking.lint_cases_masks import AS_BOOL, CHANGE, STEPS, TURNED, lower, upper
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

CODE = "mask-hides-all"
FIRST = ("“hide” writes -inf", "the first of its 20 rows", "triu with diagonal 0", "nan")
LAST = ("“hide” writes -inf", "the last of its 20 rows", "nan")


def by_hand(
    *mask: Layer, value: Arg = -math.inf, dim: int = -1, size: int = 20, between: str = ""
) -> Project:
    """Return attention by hand, with a mask made of ones by these layers."""
    layers: list[Layer] = [
        ("ask", "nn.Linear", {"out_features": 32}),
        ("key", "nn.Linear", {"out_features": 32}),
        ("turn", "Tensor.transpose", {"dim0": 1, "dim1": 2}),
        ("score", "op.matmul", {}),
        ("hide", "Tensor.masked_fill", {"value": value}),
        ("share", "torch.softmax", {"dim": dim}),
        ("see", "op.matmul", {}),
        FLAT,
        HEAD,
    ]
    wires = {"key.input": "x.output", "turn.input": "key.output", "score.input": "ask.output"}
    wires |= {"score.other": "turn.output", "hide.input": "score.output"}
    wires |= {"see.input": "share.output", "see.other": "x.output"}
    made = drawing(*layers, x=STEPS, wires=wires)
    nodes = {"ones": Node("torch.ones", args=FrozenMap({"size": (size, 20)}))}
    nodes |= {name: Node(kind, args=FrozenMap(said)) for name, kind, said in mask}
    joined = {f"{new}.input": f"{old}.output" for old, new in pairwise(nodes)}
    joined["hide.mask"] = f"{[*nodes][-1]}.output"
    if between:
        nodes["mend"] = Node(between, args=FrozenMap({"value": 0.0}))
        joined |= {"mend.input": "share.output", "mend.mask": f"{mask[-1][0]}.output"}
        joined |= {"see.input": "mend.output"}
    return more(made, nodes, joined)


IS_0: Layer = ("is_0", "op.eq", {"other": 0})
CASES = [
    Case(CODE, "warning", "hide", FIRST, ("Set diagonal to 1",), by_hand(upper(0), AS_BOOL)),
    Case(CODE, "warning", "hide", LAST, (CHANGE.format("mask"),),
         by_hand(upper(1), AS_BOOL, TURNED)),
    Case(CODE, "warning", "hide", LAST, (CHANGE.format("mask"),), by_hand(lower(), AS_BOOL)),
    Case(CODE, "warning", "hide", LAST, (CHANGE.format("mask"),), by_hand(upper(1), IS_0)),
    Case(CODE, "warning", "hide", ("the first", "tril with diagonal -1"), ("Set diagonal to 0",),
         by_hand(lower(-1), IS_0)),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, by_hand(upper(1), AS_BOOL)),
    (CODE, by_hand(lower(), AS_BOOL, TURNED)),
    (CODE, by_hand(lower(), IS_0)),
    # what is left is no nan: equal shares of all
    (CODE, by_hand(upper(0), AS_BOOL, value=-1e9)),
    # along the other axis something is left to see
    (CODE, by_hand(upper(1), AS_BOOL, TURNED, dim=1), "softmax-of-queries"),
    # where it is nan, 0 is written
    (CODE, by_hand(upper(0), AS_BOOL, between="Tensor.masked_fill")),
    # only ones that are not 1
    (CODE, by_hand(upper(0), ("is_2", "op.eq", {"other": 2}))),
]
