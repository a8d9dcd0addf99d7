"""In-place layers that spoil what another node needs, and what only looks like them."""

from __future__ import annotations

from graph_editor.checking.lints.in_place import WRITERS
from graph_editor.document.model import Address, Arg, At, FrozenMap, Project
from tests.checking.drawings import (
    HEAD,
    B,
    Layer,
    drawing,
    with_node,
)
from tests.checking.lint_form import Case, Near
from tests.engine.drawings import node, project

IN_PLACE: dict[str, Arg] = {"inplace": True}
DENSE: Layer = ("a", "nn.Linear", {"out_features": 8})
LINE: tuple[Arg, ...] = (B, 4, 8)
IMAGE: tuple[Arg, ...] = (B, 4, 8, 8)
SHAPES: dict[str, tuple[Arg, ...]] = {
    **{f"nn.{name}": LINE for name in ("Conv1d", "LSTM")},
    **{f"nn.{name}2d": IMAGE for name in ("Conv", "ConvTranspose", "Softmax")},
    **{f"nn.{name}2d": IMAGE for name in ("BatchNorm", "InstanceNorm")},
}
PORTS = {"nn.RMSNorm": "x"}
KEEP: dict[str, Arg] = {"dim": 1, "keepdim": True}
AXIS: dict[str, Arg] = {"dim": 1}
SAME: dict[str, Arg] = {"out_channels": 4, "kernel_size": 3, "padding": 1}
ARGS: dict[str, dict[str, Arg]] = {
    "nn.Threshold": {"threshold": 0.1, "value": 0.0},
    "nn.Linear": {"out_features": 8},
    "nn.LSTM": {"hidden_size": 8},
    "nn.LayerNorm": {"normalized_shape": 8},
    "nn.RMSNorm": {"normalized_shape": 8},
    "nn.GroupNorm": {"num_groups": 2},
    "torch.clamp": {"min": -0.5, "max": 0.5},
    **{f"nn.{name}": SAME for name in ("Conv1d", "Conv2d", "ConvTranspose2d")},
    **{f"nn.{name}": AXIS for name in ("Softmax", "Softmin", "LogSoftmax")},
    **{f"F.{name}": AXIS for name in ("softmax", "log_softmax")},
    **{f"torch.{name}": AXIS for name in ("softmax", "cumprod", "cumsum")},
    **{f"torch.{name}": KEEP for name in ("logsumexp", "std", "var", "prod", "amax", "amin")},
    **{f"torch.{name}": KEEP for name in ("mean", "sum")},
}
OTHERS = [
    *(f"nn.{name}" for name in ("Dropout", "Tanhshrink", "Identity", "AlphaDropout")),
    *(f"torch.{name}" for name in ("floor", "sign", "mean", "sum", "cumsum")),
    "F.dropout",
    "op.neg",
]
"""Nodes of which torch keeps nothing that is written over."""
KEEPING = [
    *(f"nn.{name}" for name in (
        "BatchNorm1d", "BatchNorm2d", "CELU", "Conv1d", "Conv2d", "ConvTranspose2d", "ELU",
        "GELU", "GroupNorm", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh",
        "InstanceNorm2d", "LSTM", "LayerNorm", "LeakyReLU", "Linear", "LogSigmoid",
        "LogSoftmax", "Mish", "PReLU", "RMSNorm", "RReLU", "ReLU", "ReLU6", "SELU", "SiLU",
        "Sigmoid", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softshrink", "Softsign",
        "Tanh", "Threshold",
    )),
    *(f"torch.{name}" for name in (
        "abs", "amax", "amin", "clamp", "cos", "cumprod", "erf", "exp", "log", "log1p",
        "logsumexp", "prod", "relu", "rsqrt", "sigmoid", "sin", "softmax", "sqrt", "square",
        "std", "tanh", "var",
    )),
    *(f"F.{name}" for name in (
        "gelu", "leaky_relu", "log_softmax", "normalize", "relu", "silu", "softmax",
        "softplus",
    )),
]  # fmt: skip
"""Nodes of which torch keeps what arrives, or what they give."""
SPECS = [*KEEPING, *OTHERS]
BESIDE = [spec for spec in SPECS if spec != "nn.LSTM"]
"""What may read a wire beside a writer in these drawings."""
ALONE = sorted(WRITERS - {f"nn.Dropout{n}d" for n in (1, 2, 3)})


def drawn(spec: str, *layers: Layer, wires: dict[str, str] | None = None) -> Project:
    shape = SHAPES.get(spec, (B, 24))
    options = {"x": shape, "y": (*shape[:-1], 10), "loss": "nn.MSELoss", "classes": None}
    return drawing(DENSE, *layers, HEAD, wires=wires or {}, **options)  # type: ignore[arg-type]  # all of them by name


def after(spec: str, writer: str = "nn.ReLU", **more: Arg) -> Project:
    """Return a drawing in which an in-place layer stands behind a node."""
    maker: Layer = ("made", spec, {**ARGS.get(spec, {}), **more})
    wires = {f"made.{PORTS.get(spec, 'input')}": "a.output"}
    return drawn(spec, maker, ("writer", writer, {**ARGS.get(writer, {}), **IN_PLACE}), wires=wires)


def beside(spec: str, first: bool, writer: str = "nn.SiLU") -> Project:
    """Return a drawing in which a node reads the wire that a layer writes over, before or after."""
    other: Layer = ("made", spec, ARGS.get(spec, {}))
    order = ("made", "writer") if first else ("writer", "made")
    wires = {"writer.input": "a.output", f"made.{PORTS.get(spec, 'input')}": "a.output"}
    wires |= {f"sum.{p}": f"{n}.output" for p, n in zip(("input", "other"), order, strict=True)}
    layers = (other, ("writer", writer, IN_PLACE), ("sum", "op.add", {}))
    return drawn(spec, *layers, wires=wires)


def scaled(turned: bool = False, copied: bool = False, **args: Arg) -> Project:
    """Return a drawing in which the weight of an embedding is read before rows are looked up.

    With ``turned`` it is read behind them, and with ``copied`` what is read is changed first.
    """
    ports = {"t": ["=B", 5], "p": ["=B", 4], "goal": ["=B", 10]}
    ends = ("deep", "read") if turned else ("read", "deep")
    of = "double" if copied else "weight"
    return project(
        {
            "d": node("data.random", ports=ports, classes={"t": 10}),
            "x": node("io.input", "d.t", shape=["=B", 5]),
            "x2": node("io.input", "d.p", shape=["=B", 4]),
            "table": node("nn.Embedding", "x", num_embeddings=10, embedding_dim=4, **args),
            "mean": node("torch.mean", "table", dim=1),
            "deep": node("nn.Linear", "mean", out_features=10),
            "first": node("nn.Linear", "x2", out_features=4),
            "act": node("nn.Tanh", "first"),
            "weight": node("param.of", of={"$at": "table"}, parameter="weight"),
            **({"double": node("op.mul", "weight", other=2.0)} if copied else {}),
            "read": node("F.linear", {"input": "act", "weight": of}),
            "sum": node("op.add", {"input": ends[0], "other": ends[1]}),
            "y": node("io.output", "sum"),
            "loss": node("nn.MSELoss", {"input": "sum", "target": "d.goal"}),
            "adam": node("optim.Adam", {"losses[0]": "loss"}),
        }
    )


STOPS = "training stops in the first step"
MOST: dict[str, Arg] = {"max_norm": 1.0}
CASES = [
    Case("in-place", "error", "writer", ("ReLU “writer”", "Sigmoid “made” gave", STOPS),
         ("Set inplace to False",), after("nn.Sigmoid")),
    Case("in-place", "error", "writer", ("Dropout “writer”", "ReLU “made” gave", STOPS),
         ("Set inplace to False",), after("nn.ReLU", "nn.Dropout", inplace=True)),
    Case("in-place", "error", "writer", ("GELU “made” reads too", STOPS),
         ("Set inplace to False",), beside("nn.GELU", first=True)),
    Case("in-place", "warning", "writer", ("neg “made”", "its result instead of what is drawn"),
         ("Set inplace to False",), beside("op.neg", first=False)),
    Case("renormalised-weight", "error", "table",
         ("Embedding “table”", "norm of 1", "linear “read” has read", STOPS),
         ("Take max_norm away",), scaled(**MOST)),
]  # fmt: skip
NEAR: list[Near] = [
    ("in-place", after("nn.LayerNorm")),
    ("in-place", after("nn.GELU")),
    ("in-place", after("nn.SiLU", "nn.Dropout", inplace=True)),
    ("in-place", with_node(after("nn.Sigmoid"), "writer", args=FrozenMap({}))),
    ("in-place", after("nn.Sigmoid", "nn.AlphaDropout")),
    ("in-place", with_node(after("nn.Sigmoid"), "a", freeze=(Address("."),))),
    ("in-place", beside("op.neg", first=True)),
    ("in-place", with_node(beside("nn.Linear", first=True), "made", freeze=(Address("."),))),
    ("renormalised-weight", scaled()),
    ("renormalised-weight", scaled(norm_type=1.0)),
    ("renormalised-weight", scaled(turned=True, **MOST)),
    ("renormalised-weight", scaled(copied=True, **MOST)),
    ("renormalised-weight", with_node(scaled(**MOST), "weight", args=FrozenMap({
        "of": At(Address("deep")), "parameter": "weight"}))),
]  # fmt: skip
