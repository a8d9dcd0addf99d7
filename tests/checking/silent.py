"""Drawings with silent faults of axes, ranges and comparisons, and sound ones like them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from graph_editor.document.model import Arg, FrozenMap, Name, Node, Project, Repeat
from tests.checking.drawings import BATCHES, FLAT, HEAD, Args, B, Layer, drawing, project
from tests.checking.lint_cases_losses import (
    LOGARITHM,
    ONE,
    SIGMOID,
)
from tests.checking.numbered import more

LOSS: Layer = ("log", "nn.LogSoftmax", {"dim": 0})
GATE: Layer = ("gate", "nn.Softmax", {"dim": 0})
NOISE = "normal numbers, negative ones among them"
ROWS: dict[str, Any] = {"x": (B, 24), "classes": None}


def rated(spec: str, **args: Arg) -> Project:
    """Return a sound drawing whose optimizer is told this."""
    made = drawing(FLAT, HEAD)
    return more(made, {"adam": Node(f"optim.{spec}", args=FrozenMap(args))}, {})


def attended(dim: int) -> Project:
    """Return a bag of samples of which shares are taken, so that the batch is one bag."""
    wires = {
        "meet.input": "turn.output",
        "meet.other": "x.output",
        "turn.input": "soft.output",
    }
    return drawing(
        ("score", "nn.Linear", {"out_features": 1}),
        ("soft", "nn.Softmax", {"dim": dim}),
        ("turn", "Tensor.transpose", {"dim0": 0, "dim1": 1}),
        ("meet", "op.matmul", {}),
        HEAD,
        ("mean", "torch.mean", {}),
        wires=wires,
        y=(),
        loss="nn.MSELoss",
        **ROWS,
    )


def alike(dim: int) -> Project:
    """Return a table of each sample with each, along either side of which shares are taken."""
    wires = {"turn.input": "head.output", "meet.input": "head.output", "meet.other": "turn.output"}
    turn: Layer = ("turn", "Tensor.transpose", {"dim0": 0, "dim1": 1})
    layers = (HEAD, turn, ("meet", "op.matmul", {}), ("soft", "F.log_softmax", {"dim": dim}))
    return drawing(
        *layers, ("mean", "torch.mean", {}), wires=wires, y=(), loss="nn.MSELoss", **ROWS
    )


def by_hand(
    error: str = "torch.square",
    shape: tuple[Arg, ...] = (B,),
    before: tuple[Layer, ...] = (ONE,),
    args: Args | None = None,
    norm: Args | None = None,
    **wires: str,
) -> Project:
    """Return a mean error that is calculated by hand, of a prediction and the target."""
    data = {"ports": FrozenMap({"x": (B, 24), "y": shape})}
    entry: Args = {"shape": (B, 24), "dtype": Name("float32")}
    nodes = {
        "data": Node("data.random", args=FrozenMap(data)),
        "x": Node("io.input", args=FrozenMap(entry)),
        **{name: Node(spec, args=FrozenMap(said)) for name, spec, said in before},
        "out": Node("io.output"),
        "less": Node("op.sub"),
        "error": Node(error, args=FrozenMap(args or {})),
        "mean": Node("torch.mean" if norm is None else "torch.linalg.vector_norm"),
        "adam": Node("optim.AdamW"),
    }
    chain = ["x", *(name for name, _, _ in before), "out"]
    joined = {f"{b}.input": f"{a}.output" for a, b in pairwise(chain)}
    joined |= {"x.input": "data.x", "less.input": "out.output", "less.other": "data.y"}
    joined |= {"error.input": "less.output", "mean.input": "error.output"}
    joined |= {} if norm is None else {"mean.x": joined.pop("mean.input")}
    joined |= {"adam.losses[0]": "mean.output"}
    joined |= {port.replace("__", "."): source for port, source in wires.items()}
    return project(nodes, joined, BATCHES)


def apart(*turned: Layer, one: str, other: str) -> Project:
    """Return the distances of each prediction from each, whose mean is to fall."""
    row: Layer = ("row", "Tensor.squeeze", {"dim": 1})
    made = by_hand(before=(ONE, row))
    nodes = {name: Node(spec, args=FrozenMap(said)) for name, spec, said in turned}
    wires = {f"{name}.input": "out.output" for name, _, _ in turned}
    return more(made, nodes, {**wires, "less.input": one, "less.other": other})


def itself(loss: str = "nn.MSELoss", *between: str, **options: Any) -> Project:
    """Return a drawing whose loss gets the prediction as target too, through these methods."""
    made = drawing(FLAT, HEAD, loss=loss, classes=None, **{"y": (B, 10), **options})
    nodes = {f"node{k}": Node(spec) for k, spec in enumerate(between)}
    chain = ["out", *nodes]
    wires = {f"{b}.input": f"{a}.output" for a, b in pairwise(chain)}
    return more(made, nodes, {**wires, "loss.target": f"{chain[-1]}.output"})


def valued(loss: str, *between: Layer, y: tuple[Arg, ...] = (B, 1), **how: Arg) -> Project:
    """Return a drawing whose target is made-up numbers, through these functions."""
    first = (HEAD, LOGARITHM) if "KLDiv" in loss else (ONE,)
    last = (SIGMOID,) if loss == "nn.BCELoss" else ()
    made = drawing(FLAT, *first, *last, loss=loss, classes=None, y=y)
    made = more(made, {"loss": Node(loss, args=FrozenMap(how))}, {})
    nodes = {name: Node(spec, args=FrozenMap(args)) for name, spec, args in between}
    chain = ["data.y", *(f"{name}.output" for name in nodes)]
    wires = {f"{name}.input": source for name, source in zip(nodes, chain, strict=False)}
    return more(made, nodes, {**wires, "loss.target": chain[-1]})


def looked_up(*after: str, spec: str = "nn.Embedding") -> Project:
    """Return a table that is asked for made-up numbers, and methods behind it."""
    rows: Layer = ("table", spec, {"num_embeddings": 9, "embedding_dim": 4})
    behind = [(name, f"Tensor.{name}", dict[str, Arg]()) for name in after]
    return drawing(("whole", "Tensor.long", {}), rows, *behind, FLAT, HEAD, x=(B, 16))


def never_run() -> Project:
    """Return a drawing with a loss of probabilities that is repeated no time, and passed by."""
    made = drawing(FLAT, ONE, SIGMOID, y=(B, 1), loss="nn.MSELoss", classes=None)
    nodes = {
        "second": Node("nn.BCELoss", repeat=Repeat(0)),
        "mean": Node("torch.mean"),
        "both": Node("op.add"),
    }
    wires = {"second.input": "out.output", "second.target": "data.y", "mean.input": "second.output"}
    wires |= {"both.input": "loss.output", "both.other": "mean.output"}
    return more(made, nodes, {**wires, "adam.losses[0]": "both.output"})
