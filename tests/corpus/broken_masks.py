"""Masks of attention of which torch says nothing: they hide nothing, or all."""

from __future__ import annotations

import math

from tests.checking.lint_cases_shares import FILL, TRIL, multiplied, put_in
from tests.corpus import nets
from tests.corpus.broken_silent import warned
from tests.corpus.form import Layer, linear, net, nn, op

STEPS = 7


def attending(*made: Layer):  # type: ignore[no-untyped-def]  # a few layers
    """Return a classifier of series that attends with a mask made of ones."""
    ones = op("ones", "torch.ones", {}, size=(STEPS, STEPS))
    ports = dict.fromkeys(("query", "key", "value"), "x") | {"attn_mask": made[-1].name}
    return net(
        ones, *made,
        nn("see", "MultiheadAttention", ports, embed_dim=5, num_heads=1, batch_first=True),
        op("mean", "torch.mean", "see.attn_output", dim=1), linear("fc", 4),
        x=nets.SERIES, classes=4,
    )  # fmt: skip


def weighing(*made: Layer, value: float = -math.inf):  # type: ignore[no-untyped-def]  # a few layers
    """Return a classifier of series with attention by hand, and a mask made of ones."""
    return net(
        op("ones", "torch.ones", {}, size=(STEPS, STEPS)), *made,
        linear("ask", 5, "x"), op("turn", "Tensor.transpose", "x", dim0=1, dim1=2),
        op("score", "op.matmul", {"input": "ask", "other": "turn"}),
        op("hide", "Tensor.masked_fill", {"input": "score", "mask": made[-1].name},
           value=value),
        op("share", "F.softmax", dim=-1), op("see", "op.matmul", {"input": "share", "other": "x"}),
        op("mean", "torch.mean", dim=1), linear("fc", 4),
        x=nets.SERIES, classes=4,
    )  # fmt: skip


CASES = [
    warned("mask-of-floats", "mask-hides-nothing", "see", ("attn_mask", "7×7", "True"),
           "Convert attn_mask to bool", attending(op("later", "torch.triu", "ones", diagonal=1))),
    warned("mask-the-wrong-way", "mask-hides-all", "see", ("last of its 7 rows", "diagonal 0"),
           "Let true and false of attn_mask change places",
           attending(op("so_far", "torch.tril", "ones"), op("bools", "Tensor.bool"))),
    warned("mask-by-hand-of-all", "mask-hides-all", "hide", ("first of its 7 rows", "nan"),
           "Set diagonal to 1",
           weighing(op("later", "torch.triu", "ones"), op("bools", "Tensor.bool"))),
    warned("mask-by-hand-of-zeros", "mask-of-small-numbers", "hide", ("writes 0 into", "B×7×7"),
           "Set value to -inf",
           weighing(op("later", "torch.triu", "ones", diagonal=1), op("bools", "Tensor.bool"),
                    value=0)),
    warned("mask-by-hand-by-a-product", "mask-of-small-numbers", "hide", ("writes 0 into", "B×4×"),
           FILL, multiplied(TRIL)),
    warned("mask-by-hand-of-zeros-like-the-scores", "mask-of-small-numbers", "hide",
           ("where “hide” writes 0",), "Set other to -inf",
           put_in(op("none", "torch.zeros_like", "x"))),
    warned("mask-by-hand-of-a-small-number", "mask-of-small-numbers", "hide", ("1e-09",),
           "Set value to -inf",
           weighing(op("later", "torch.triu", "ones", diagonal=1), op("bools", "Tensor.bool"),
                    value=1e-9)),
]  # fmt: skip
