"""Layers that run along the wrong axis of what is sound in itself."""

from __future__ import annotations

import math
from typing import Any

from graph_editor.document.model import Expr, Name, Project
from tests.checking.drawings import BATCHES, B
from tests.checking.lint_form import Case, Near
from tests.corpus import nets
from tests.corpus.form import Layer, conv, flat, having, linear, net, nn, op, relu, two

CODE = "axes-not-turned"
HIDDEN = "softmax-of-hidden"
TURN = "Let axes 1 and 2 change places before it"
PERMUTE = "Let axes change places before it with permute(0, 3, 1, 2)"
WORDS: dict[str, Any] = {"x": (B, 9), "tokens": 50, "classes": 4, "run": BATCHES}
TABLE = nn("table", "Embedding", num_embeddings=50, embedding_dim=16)
RNN = nn("rnn", "LSTM", hidden_size=12, batch_first=True)
ACROSS = op("turn", "Tensor.transpose", dim0=1, dim1=2)
HIGHEST = (op("highest", "torch.amax", dim=2), linear("fc", 4))
LAST = (op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1)), linear("fc", 4))


def along(at: str = "", kernel: int = 3, **args: Any) -> Layer:
    return nn("conv", "Conv1d", at, out_channels=8, kernel_size=kernel, **args)


def text(*layers: Layer, **options: Any) -> Project:
    """Return a classifier of texts: a table, these layers, the highest along axis 2."""
    return net(TABLE, *layers, *HIGHEST, **{**WORDS, **options})


def series(*layers: Layer, x: tuple[Any, ...] = (B, 6, 20)) -> Project:
    return net(*layers, x=x, classes=4, run=BATCHES)


def picture(*before: Layer, x: tuple[Any, ...] = (B, 16, 16, 3), **args: Any) -> Project:
    """Return a classifier of pictures with one convolution."""
    return series(*before, conv("conv", 8, **args), relu("act"), flat(), linear("fc", 4), x=x)


def seen(dim: int, *behind: Layer, size: Any = (12, 12), spec: str = "Tensor.masked_fill",
         hidden: float = -math.inf, cut: bool = True, curve: str = "nn.Softmax",
         ) -> Project:  # fmt: skip
    """Return attention of four heads, whose scores a mask hides, and what is made of its shares."""
    ports = {"input": "x", "mask": "mask"}
    said: dict[str, Any] = {"value": hidden}
    if spec == "torch.where":
        ports, said = {"input": "x", "condition": "mask"}, {"other": hidden}
    return series(
        op("ones", "torch.ones", {}, size=size, dtype=Name("bool")),
        op("mask", "torch.triu", "ones", diagonal=1) if cut else op("mask", "Tensor.bool", "ones"),
        op("hide", spec, ports, **said),
        op("shares", curve, dim=dim), *behind, flat(), linear("fc", 4),
        x=(B, 4, 12, 12),
    )  # fmt: skip


def added(dim: int, hidden: float = -math.inf) -> Project:
    """Return attention of four heads, to whose scores a triangle of one number is added."""
    return series(
        op("far", "torch.full", {}, size=(12, 12), fill_value=hidden),
        op("mask", "torch.triu", "far", diagonal=1),
        op("hide", "op.add", two("x", "mask")),
        nn("shares", "Softmax", dim=dim), flat(), linear("fc", 4), x=(B, 4, 12, 12),
    )  # fmt: skip


CASES = [
    Case(CODE, "warning", "conv", ("takes axis 1 of B×9×16", "16 features", "9 steps"),
         (TURN,), text(along())),
    Case(CODE, "warning", "conv", ("Embedding “table”",), (TURN,), text(along(in_channels=9))),
    Case(CODE, "warning", "conv", ("LSTM “rnn”", "12 features", "20 steps"), (TURN,),
         series(RNN, along("rnn.output"), *HIGHEST, x=(B, 20, 6))),
    Case(CODE, "warning", "conv", ("Embedding “table”",), (TURN,),
         text(nn("norm", "LayerNorm"), nn("drop", "Dropout"), along(padding=1))),
    Case(CODE, "warning", "rnn", ("LSTM “rnn” takes axis 1 of B×8×18", "Conv1d “conv”",
         "8 channels"), (TURN,), series(along(), relu("act"), RNN, *LAST)),
    Case(CODE, "warning", "rnn", ("B×8×9",), (TURN,),
         series(along(), nn("pool", "MaxPool1d", kernel_size=2), RNN, *LAST)),
    Case(CODE, "warning", "rnn", ("B×16×9", "16 features", "9 steps", "“turn” lets them"), (TURN,),
         net(TABLE, ACROSS, RNN, *LAST, **WORDS)),
    Case("channels-last", "warning", "conv", ("B×16×16×3", "16 rows", "3 channels as columns"),
         (PERMUTE,), picture()),
    Case("channels-last", "warning", "conv", ("its 1 channel as columns",), (PERMUTE,),
         picture(op("scale", "op.truediv", other=2.0), x=(B, 28, 28, 1))),
    Case(HIDDEN, "warning", "shares", ("along axis 1 of B×4×12×12", "the mask 12×12", "nan"),
         ("Set dim to -1",), seen(1)),
    Case(HIDDEN, "warning", "shares", ("“hide”",), ("Set dim to -1",),
         seen(-3, spec="torch.where", curve="F.softmax")),
    Case(HIDDEN, "warning", "shares", ("the mask 12×12", "“hide”"), ("Set dim to -1",), added(1)),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, text(ACROSS, along())),
    # a kernel of 1 mixes the steps of a text, feature by feature
    (CODE, text(along(kernel=1))),
    # the features of a table are the channels of what it is turned into
    (CODE, net(nn("table", "Embedding", num_embeddings=50, embedding_dim=16),
               op("wide", "Tensor.unsqueeze", dim=1), along(), *HIGHEST, **{**WORDS, "x": (B,)})),
    # two things put beside each other are no sequence
    (CODE, text(along(), x=(B, 2))),
    (CODE, series(along(), relu("act"), *HIGHEST)),
    # resized along its axis by a layer, a series is still one
    (CODE, series(linear("fewer", 10), along(), *HIGHEST)),
    (CODE, series(along(), ACROSS, RNN, *LAST)),
    (CODE, series(along(kernel=1), RNN, *LAST)),
    (CODE, series(nn("rnn", "LSTM", hidden_size=12, batch_first=True),
                  op("turn", "Tensor.transpose", "rnn.output", dim0=1, dim1=2), along(),
                  *HIGHEST)),
    (CODE, net(TABLE, RNN, *LAST, **WORDS)),
    (CODE, net(TABLE, ACROSS, op("back", "Tensor.permute", args=(0, 2, 1)), RNN, *LAST, **WORDS)),
    (CODE, series(ACROSS, RNN, *LAST)),
    (CODE, net(TABLE, op("turn", "Tensor.transpose", dim0=0, dim1=1),
               nn("rnn", "LSTM", hidden_size=12),
               op("last", "op.getitem", "rnn.output", index=-1), linear("fc", 4), **WORDS)),
    ("channels-last", picture(x=(B, 3, 16, 16))),
    ("channels-last", picture(op("turn", "Tensor.permute", args=(0, 3, 1, 2)))),
    # as many channels as are typed are meant
    ("channels-last", picture(in_channels=16)),
    # no square, or too small a one, for a picture
    ("channels-last", picture(x=(B, 16, 20, 3))),
    ("channels-last", picture(x=(B, 8, 8, 3))),
    ("channels-last", picture(x=(B, 16, 16, 16))),
    ("channels-last", picture(conv("first", 16, in_channels=16))),
    (HIDDEN, seen(-1)),
    # along the other side of the triangle nothing is hidden throughout but what is meant
    (HIDDEN, seen(2)),
    (HIDDEN, seen(1, hidden=-1e9)),
    (HIDDEN, added(-1)),
    (HIDDEN, added(1, hidden=-1e9)),
    (HIDDEN, seen(1, op("mend", "Tensor.masked_fill", {"input": "shares", "mask": "mask"},
                        value=0.0))),
    (HIDDEN, seen(1, size=(4, 12, 12))),
    (HIDDEN, seen(-1, size=(4, 1, 12))),
    (HIDDEN, having(seen(1), "hide", when=Expr("False"))),
]  # fmt: skip
