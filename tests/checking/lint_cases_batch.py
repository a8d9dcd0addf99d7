"""Sums over the batch before a loss, and what only looks like them."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Project
from tests.checking.drawings import B
from tests.checking.lint_form import Case, Near
from tests.corpus.form import Layer, adding, drawn, having, linear, net, nn, op, two

CODE = "batch-summed"
RUN = {"batch_size": 16}


def predicted(*layers: Layer, more: tuple[Layer, ...] = (), **changes: Any) -> Project:
    """Return a network of two layers that predicts a number, with these between."""
    ends = {"x": (B, 5), "y": (B, 1), "loss": "MSELoss", "run": RUN, **changes}
    return adding(net(linear("a", 8), *layers, linear("fc", 1), **ends), *more)


LONG = "normalize-over-batch"


def lengthened(dim: int, *behind: Layer, x: tuple[Any, ...] = (B, 5), **changes: Any) -> Project:
    """Return a classifier of features that are divided by their length along an axis."""
    ends = {"x": x, "classes": 4, "run": RUN, **changes}
    last = (*behind, linear("fc", 4))
    return net(linear("a", 8), op("length", "F.normalize", dim=dim), *last, **ends)


def compared(*behind: Layer, other: str = "length") -> Project:
    """Return a training in which features are to hang together as little as may be."""
    return drawn(
        op("data", "data.random", ports={"x": (B, 5)}, samples=40), linear("a", 8, "data.x"),
        op("length", "F.normalize", dim=0), *behind,
        op("turn", "Tensor.transpose", "length", dim0=0, dim1=1),
        op("meet", "op.matmul", two("turn", other)), op("square", "torch.square"),
        op("mean", "torch.mean"), op("adam", "optim.AdamW", {"losses[0]": "mean"}), run=RUN,
    )  # fmt: skip


CASES = [
    Case(LONG, "warning", "length", ("dim of normalize “length” is 0", "the batch of B×8"),
         ("Set dim to 1",), lengthened(0)),
    Case(LONG, "warning", "length", ("is -2, the batch of B×8",), ("Set dim to 1",),
         lengthened(-2, nn("drop", "Dropout", p=0.1), linear("b", 6), nn("act", "ReLU"))),
    Case(LONG, "warning", "length", ("the batch of B×7×8",), ("Set dim to -1",),
         lengthened(0, linear("b", 6), op("mean", "torch.mean", dim=1), x=(B, 7, 5))),
    Case(CODE, "warning", "sum", ("axis 0 of B×8", "1 with target B×1"),
         ("Switch “sum” off", "Set dim to 1 and keepdim to True"),
         predicted(op("sum", "torch.sum", dim=0))),
    Case(CODE, "warning", "mean", ("axis 0 of B×8", "1×1 with target B×1"),
         ("Switch “mean” off", "Set dim to 1 and keepdim to True"),
         predicted(op("mean", "torch.mean", dim=0, keepdim=True))),
]  # fmt: skip
CENTRED = (op("mean", "torch.mean", "a", dim=0), op("less", "op.sub", two("a", "mean")))
SCALED = (
    op("spread", "torch.std", "a", dim=0, keepdim=True),
    op("by", "op.truediv", two("a", "spread")),
)
OWN = drawn(
    op("data", "data.random", ports={"x": (B, 5), "y": (B, 1)}, samples=40),
    linear("fc", 1, "data.x"),
    op("less", "op.sub", two("fc", "data.y")),
    op("square", "torch.square"),
    op("mean", "torch.mean"),
    op("adam", "optim.AdamW", {"losses[0]": "mean"}),
    run=RUN,
)
MEANS = predicted(
    loss=nn("loss", "MSELoss", {"input": "given", "target": "wanted"}),
    more=(op("given", "torch.mean", "out", dim=0), op("wanted", "torch.mean", "data.y", dim=0)),
)
NEAR: list[Near] = [
    (LONG, lengthened(1)),
    (LONG, lengthened(-1)),
    (LONG, lengthened(1, op("mean", "torch.mean", dim=1), x=(B, 7, 5))),
    # the features of all samples are compared with one another
    (LONG, compared()),
    (LONG, compared(linear("again", 4, "length"), other="again")),
    # a norm of the batch behind it does the same once more
    (LONG, lengthened(0, nn("norm", "BatchNorm1d"))),
    (LONG, having(lengthened(0), "length", when=Expr("False"))),
    (CODE, predicted(*CENTRED)),
    (CODE, predicted(*SCALED)),
    (CODE, predicted(op("sum", "torch.sum", dim=1, keepdim=True))),
    (CODE, predicted(op("mean", "torch.mean", dim=1), x=(B, 7, 5))),
    (CODE, OWN),
    (CODE, MEANS),
    (CODE, predicted(nn("norm", "BatchNorm1d"))),
    (CODE, predicted(op("most", "torch.amax", dim=-2), x=(B, 7, 5))),
]
