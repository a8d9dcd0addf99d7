"""One mistake made alike in several places, and errors whose cure has to be looked for."""

from __future__ import annotations

from graph_editor.document.model import Address, At, Project
from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import drawn, linear, net, nn, op, relu, two

SERIES = (B, 20, 6)


def heads(*asked: int) -> Project:
    """Return attention by hand, with the number of heads that queries, keys and values ask for."""
    width = 16 // max(asked)
    parts = []
    for name, count in zip("qkv", asked, strict=True):
        parts += [
            linear(name, 16, "x"),
            op(f"{name}h", "Tensor.view", args=(B, 20, count, width)),
            op(f"{name}t", "Tensor.transpose", dim0=1, dim1=2),
        ]
    return net(
        *parts, op("turned", "Tensor.transpose", "kt", dim0=-2, dim1=-1),
        op("scores", "op.matmul", two("qt", "turned")), op("soft", "torch.softmax", dim=-1),
        op("mixed", "op.matmul", two("soft", "vt")),
        op("back", "Tensor.transpose", dim0=1, dim1=2),
        op("merged", "Tensor.reshape", args=(B, 20, 16)), op("mean", "torch.mean", dim=1),
        linear("head", 3), x=SERIES, classes=3,
    )  # fmt: skip


def two_steps(first: str, second: str) -> Project:
    """Return a classifier whose two layers two optimizers train, given what these name."""
    named = [(At(Address(first)),), (At(Address(second)),)]
    return drawn(
        op("data", "data.random", ports={"x": (B, 12), "y": (B,)}, classes={"y": 4}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 12)), linear("body", 16), relu("relu"),
        linear("head", 4), op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}, trains=named[0]),
        op("sgd", "optim.SGD", {"losses[0]": "loss"}, trains=named[1], lr=0.01),
    )  # fmt: skip


CASES = [
    # --- what optimizers name ------------------------------------------------------------------
    Broken("second-step-of-a-relu", "nothing-to-train", "sgd", ("trains names “relu”",),
           "Take relu out of trains", two_steps("body", "relu")),
    # --- the same at queries, keys and values --------------------------------------------------
    Broken("three-heads-of-sixteen", "reshape-size", "qh", ("15", "16", "“kh” and “vh”"),
           "Set args to (B, 20, 4, 4) at “qh”, “kh” and “vh”", heads(3, 3, 3)),
]  # fmt: skip
