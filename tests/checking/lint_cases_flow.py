"""Silent faults of what flows where: gradients, time and batch, and what only looks like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from graph_editor.document.model import (
    Address,
    Arg,
    At,
    FrozenMap,
    Name,
    Node,
    NodeId,
    Project,
    Repeat,
    RuleId,
    Slice,
    Weights,
)
from tests.checking.drawings import (
    FLAT,
    HEAD,
    B,
    Layer,
    drawing,
    with_node,
)
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more, saying
from tests.checking.said import staged as in_block

SEQUENCE = (B, 16, 24)
ROWS = {"x": (B, 24), "loss": "nn.MSELoss", "classes": None, "y": (B, 10)}
FLOAT: Layer = ("float", "Tensor.float", {})
BENT: Layer = ("bent", "nn.ReLU", {})
WHOLE = (Slice(), -1)


def dense(name: str, width: int = 8) -> Layer:
    return (name, "nn.Linear", {"out_features": width})


def cut(spec: str, args: Mapping[str, Arg] | None = None, *, port: str = "output") -> Project:
    """Return a drawing with a node between two layers, whose numbers go on as float32."""
    wires = {"float.input": f"cut.{port}"}
    if spec == "Tensor.type_as":
        wires |= {"cut.input": "before.output", "cut.other": "data.y"}
    if spec in ("torch.zeros_like", "torch.ones_like", "torch.full_like"):
        wires |= {"cut.input": "before.output"}
    layers = (dense("before"), ("cut", spec, args or {}), FLOAT, HEAD)
    y_dtype = "int64" if spec == "Tensor.type_as" else "float32"
    loss = "nn.CrossEntropyLoss" if spec == "Tensor.type_as" else "nn.MSELoss"
    y = (B,) if spec == "Tensor.type_as" else (B, 10)
    classes = 10 if spec == "Tensor.type_as" else None
    return drawing(
        *layers, x=(B, 24), y=y, loss=loss, y_dtype=y_dtype, classes=classes, wires=wires
    )


def critic(wanted: str) -> Project:
    """Return a critic whose score is held against one that only has the shape of its own."""
    layers = (dense("make"), ("cut", "Tensor.detach", {}), dense("judge"), BENT, HEAD)
    made = drawing(*layers, **ROWS)
    nodes = {"wanted": Node(wanted)}
    return more(made, nodes, {"wanted.input": "out.output", "loss.target": "wanted.output"})


INT = Name("int64")
TAKEN = "Take “loss” from before “cut”, and set out_features of “head” to 1 and"
CUTS: list[tuple[str, dict[str, Arg], str, Callable[[Tensor], Tensor]]] = [
    ("Tensor.detach", {}, "output", lambda x: x.detach()),
    ("Tensor.long", {}, "output", lambda x: x.long()),
    ("Tensor.bool", {}, "output", lambda x: x.bool()),
    ("Tensor.to", {"dtype": INT}, "output", lambda x: x.to(torch.int64)),
    ("Tensor.type_as", {}, "output", lambda x: x.type_as(torch.zeros(1, dtype=torch.int64))),
    ("torch.argmax", {"dim": -1, "keepdim": True}, "output", lambda x: x.argmax(-1, True)),
    ("torch.argmin", {"dim": -1, "keepdim": True}, "output", lambda x: x.argmin(-1, True)),
    ("torch.argsort", {}, "output", lambda x: x.argsort()),
    ("torch.sort", {}, "indices", lambda x: x.sort().indices),
    ("torch.topk", {"k": 3}, "indices", lambda x: x.topk(3).indices),
    *[
        (f"op.{name}", {"other": 0.5}, "output", lambda x, name=name: getattr(x, name)(0.5))
        for name in ("eq", "ne", "lt", "le", "gt", "ge")
    ],
    ("torch.all", {"dim": 1, "keepdim": True}, "output", lambda x: torch.all(x, 1, True)),
    ("torch.any", {"dim": 1, "keepdim": True}, "output", lambda x: torch.any(x, 1, True)),
    ("torch.isnan", {}, "output", torch.isnan),
    ("torch.zeros_like", {}, "output", torch.zeros_like),
    ("torch.ones_like", {}, "output", torch.ones_like),
    ("torch.full_like", {"fill_value": 0.5}, "output", lambda x: torch.full_like(x, 0.5)),
    ("torch.rand_like", {}, "output", torch.rand_like),
    ("torch.randn_like", {}, "output", torch.randn_like),
    ("torch.sign", {}, "output", torch.sign),
    ("torch.round", {}, "output", torch.round),
    ("torch.floor", {}, "output", torch.floor),
    ("torch.ceil", {}, "output", torch.ceil),
    ("torch.bernoulli", {}, "output", lambda x: torch.bernoulli(x.sigmoid())),
]
"""Nodes that pass no gradient: spec, arguments, the output that is used, and the same in torch."""
PASSES: list[tuple[str, dict[str, Arg], str, Callable[[Tensor], Tensor]]] = [
    ("torch.abs", {}, "output", torch.abs),
    ("torch.clamp", {"min": -1.0, "max": 1.0}, "output", lambda x: x.clamp(-1, 1)),
    ("torch.sigmoid", {}, "output", torch.sigmoid),
    ("torch.sort", {}, "values", lambda x: x.sort().values),
    ("torch.topk", {"k": 3}, "values", lambda x: x.topk(3).values),
    ("torch.amax", {"dim": 1, "keepdim": True}, "output", lambda x: x.amax(1, True)),
    ("Tensor.to", {"dtype": Name("float64")}, "output", lambda x: x.to(torch.float64)),
    ("op.mod", {"other": 0.5}, "output", lambda x: x % 0.5),
    ("op.truediv", {"other": 0.5}, "output", lambda x: x / 0.5),
]
"""Nodes that pass one, although they look like those."""


def rnn(*layers: Layer, port: str = "h_n", spec: str = "nn.LSTM", **args: Arg) -> Project:
    """Return a drawing in which a recurrent layer's state goes through layers to the head."""
    first = layers[0][0] if layers else "head"
    made: Layer = ("rnn", spec, {"hidden_size": 8, "batch_first": True, **args})
    return drawing(made, *layers, HEAD, x=SEQUENCE, wires={f"{first}.input": f"rnn.{port}"})


def over(spec: str, *ports: str, time_first: bool = False, **args: Arg) -> Project:
    """Return a drawing in which a sequence layer reads B×16×24, or 16×B×24."""
    source = "turned.output" if time_first else "x.output"
    turned: Layer = ("turned", "Tensor.transpose", {"dim0": 0, "dim1": 1})
    mean: Layer = ("mean", "torch.mean", {"dim": 0 if time_first else 1})
    out = {"nn.MultiheadAttention": "attn_output"}.get(spec, "output")
    wires = {**{f"layer.{port}": source for port in ports}, "mean.input": f"layer.{out}"}
    return drawing(
        *([turned] if time_first else []),
        ("layer", spec, args),
        mean,
        HEAD,
        x=SEQUENCE,
        wires=wires,
    )


def branched(*layers: Layer, into: str, wires: Mapping[str, str] | None = None) -> Project:
    """Return a drawing in which layers stand beside a wire and are added to it."""
    add: Layer = (into, "op.add", {})
    ends = {"beside.input": "before.output", f"{into}.input": "before.output"}
    ends |= {f"{into}.other": f"{layers[-1][0]}.output", "head.input": f"{into}.output"}
    return drawing(dense("before"), *layers, add, HEAD, wires={**ends, **(wires or {})}, **ROWS)


def frozen(made: Project, *names: str) -> Project:
    for name in names:
        made = with_node(made, name, freeze=(Address("."),))
    return made


def staged(repeat: Repeat | None = None) -> Project:
    """Return a drawing with a layer before a block of a sign and a ReLU."""
    stage = in_block().blocks["stage"]
    nodes = stage.graph.nodes.set(NodeId("first"), Node("torch.sign"))
    stage = replace(stage, graph=replace(stage.graph, nodes=nodes))
    block: Layer = ("stage", "block.stage", {})
    wires = {"stage.x": "before.output", "head.input": "stage.y"}
    made = drawing(dense("before"), block, HEAD, wires=wires, **ROWS)
    return with_node(made.with_block("stage", stage), "stage", repeat=repeat)


def alone(**args: Arg) -> Project:
    """Return a drawing in which an LSTM gets one row for each sample."""
    return drawing(
        ("rnn", "nn.LSTM", {"hidden_size": 8, **args}), HEAD,
        wires={"head.input": "rnn.output"}, **ROWS,
    )  # fmt: skip


def pixels(*layers: Layer, values: int = 256) -> Project:
    """Return a drawing whose data gives whole numbers, and layers that begin with float32."""
    made = drawing(FLOAT, *layers, HEAD, x=(B, 24), x_dtype="int64")
    args = made.main.graph.nodes[NodeId("data")].args
    known = FrozenMap[str, Arg]({"x": values, "y": 10})
    return with_node(made, "data", args=args.set("classes", known))


def normalized(**args: Arg) -> Project:
    """Return a drawing whose data goes through a transform before it enters the model."""
    nodes = {
        "bytes": Node("Tensor.float"),
        "scale": Node("transform.normalize", args=FrozenMap(args)),
    }
    wires = {"bytes.input": "data.x", "scale.input": "bytes.output", "x.input": "scale.output"}
    return saying(more(pixels(), nodes, wires), "x", {"shape": (B, 24)})


def in_bytes(*layers: Layer, channels: int = 3, dtype: str = "uint8") -> Project:
    """Return a drawing of images of that dtype."""
    conv: Layer = ("conv", "nn.Conv2d", {"out_channels": 4, "kernel_size": 3})
    return drawing(FLOAT, *layers, conv, FLAT, HEAD, x=(B, channels, 8, 8), x_dtype=dtype)


ATTENTION = ("nn.MultiheadAttention", "query", "key", "value")
HEADS: dict[str, Arg] = {"num_heads": 2}
LAYER: dict[str, Arg] = {"nhead": 2, "dim_feedforward": 8}
STATE = "the last state of LSTM “rnn” is"
TURN, LAST = "Put the batch first (axes 0 and 1)", "Take the state of the last layer"
DEEP = [dense("a"), ("r", "nn.ReLU", {}), dense("b"), ("s", "nn.Tanh", {}), dense("c")]

CASES = [
    Case("no-gradient", "warning", "cut", ("sign “cut”", "1 layer before it (“before”) gets no"),
         ("Use tanh instead", "Switch “cut” off"), cut("torch.sign")),
    Case("no-gradient", "warning", "cut", ("3 layers before it (“c”, “b”, “a”) get no", "detach"),
         ("Switch “cut” off",), drawing(*DEEP, ("cut", "Tensor.detach", {}), HEAD, **ROWS)),
    Case("no-gradient", "warning", "cut", ("4 layers before it get no", "int64 has none"),
         ("Switch “cut” off",),
         drawing(*DEEP, ("t", "nn.ELU", {}), dense("d"), ("cut", "Tensor.long", {}), FLOAT, HEAD,
                 **ROWS)),
    Case("no-gradient", "warning", "stage/first", ("sign “first”", "1 layer before it (“before”)"),
         ("Use tanh instead", "Switch “first” off"), staged()),
    Case("no-gradient", "warning", "cut", ("detach “cut”", "1 layer before it (“make”)"),
         ("Switch “cut” off",), critic("torch.zeros_like")),
    Case("no-gradient", "warning", "cut", ("detach “cut”", "1 layer before it (“make”)"),
         ("Switch “cut” off",), critic("torch.ones_like")),
    Case("no-gradient", "error", "cut", ("argmax “cut”", "(“head”)", "torch refuses"),
         (f"{TAKEN} drop the last axis of input", f"{TAKEN} add an axis of size 1 to target"),
         drawing(HEAD, ("cut", "torch.argmax", {"dim": 1}), FLOAT,
                 **{**ROWS, "y": (B,)})),  # type: ignore[arg-type]  # a table of all options
    Case("no-gradient", "error", "cut", ("detach “cut”", "2 layers", "torch refuses"),
         ("Switch “cut” off",), drawing(dense("a"), HEAD, ("cut", "Tensor.detach", {}), **ROWS)),
    Case("no-derivative", "error", "cut", ("floordiv (//) “cut”", "first step"),
         ("Use truediv instead",), cut("op.floordiv", {"other": 0.5})),
    Case("recurrent-state", "error", "flat", ("Flatten “flat”", "B·8", STATE, "1×B×8"),
         (LAST, TURN), rnn(FLAT)),
    Case("recurrent-state", "error", "flat", ("flatten “flat”", "B·8", STATE, "2×B×8"),
         (LAST, TURN), rnn(("flat", "Tensor.flatten", {"start_dim": 1}), num_layers=2)),
    Case("recurrent-state", "error", "pick", ("takes sample -1", STATE, "1×B×8"),
         ("Set index to -1",), rnn(("pick", "op.getitem", {"index": WHOLE}))),
    Case("recurrent-state", "warning", "wide", ("B×16", "several samples", STATE, "2×B×8"),
         (TURN,), rnn(("wide", "Tensor.reshape", {"args": (B, 16)}), bidirectional=True)),
    Case("recurrent-state", "warning", "wide", ("B×16", "GRU “rnn”", "2×B×8"),
         (LAST, TURN),
         rnn(("wide", "Tensor.view", {"args": (B, -1)}), num_layers=2, spec="nn.GRU")),
    Case("recurrent-state", "warning", "wide", ("B×16", STATE), (LAST, TURN),
         rnn(("wide", "Tensor.reshape", {"args": (B, -1)}), num_layers=2, port="c_n")),
    Case("recurrent-state", "error", "mean", ("takes the mean of all samples", "1×B×8"),
         ("Set dim to 0",), rnn(("mean", "torch.mean", {"dim": 1}))),
    *[
        Case("time-first", "warning", "layer", ("batch_first False", "axis 0 of B×16×24", "(16)"),
             ("Set batch_first to True",), over(spec, *ports, **args))
        for spec, ports, args in (
            ("nn.LSTM", ("input",), {"hidden_size": 8}),
            ("nn.GRU", ("input",), {"hidden_size": 8, "batch_first": False}),
            ("nn.RNN", ("input",), {"hidden_size": 8}),
            ("nn.MultiheadAttention", ATTENTION[1:], HEADS),
            ("nn.TransformerEncoderLayer", ("src",), LAYER),
            ("nn.TransformerDecoderLayer", ("tgt", "memory"), LAYER),
        )
    ],
    *[
        Case("time-first", "warning", "layer", ("batch_first True", "axis 1 of 16×B×24 (B)"),
             ("Set batch_first to False",),
             over(spec, *ports, time_first=True, batch_first=True, **args))
        for spec, ports, args in (
            ("nn.LSTM", ("input",), {"hidden_size": 8}),
            ("nn.MultiheadAttention", ATTENTION[1:], HEADS),
            ("nn.TransformerEncoderLayer", ("src",), LAYER),
        )
    ],
    Case("time-first", "warning", "rnn", ("LSTM “rnn”", "B×24", "3 axes"),
         ("Make every sample a sequence of one step",
          "Make every sample a sequence of 24 steps with one feature, and take the last one"),
         alone()),
    Case("unscaled-input", "warning", "head", ("Linear “head”", "from 0 to 255", "B×24"),
         ("Divide by 255",), pixels()),
    Case("unscaled-input", "warning", "head", ("from 0 to 255",), ("Divide by 255",),
         pixels(("drop", "nn.Dropout", {"p": 0.1}))),
    Case("unscaled-input", "warning", "head", ("from 0 to 255",), ("Divide by 255",),
         pixels(("edge", "nn.ZeroPad1d", {"padding": 1}))),
    Case("unscaled-input", "warning", "conv", ("Conv1d “conv”", "from 0 to 99", "B×1×24"),
         ("Divide by 99",),
         pixels(("row", "Tensor.unsqueeze", {"dim": 1}),
                ("conv", "nn.Conv1d", {"out_channels": 2, "kernel_size": 3}), FLAT, values=100)),
    Case("unscaled-input", "warning", "head", ("from 0 to 999",), ("Divide by 999",),
         pixels(("exact", "Tensor.to", {"dtype": Name("float64")}), ("f", "Tensor.float", {}),
                values=1000)),
    Case("unscaled-input", "warning", "head", ("from 0 to 255",), ("Divide by 255",),
         normalized()),
    Case("unscaled-input", "warning", "head", ("from -127.5 to 127.5",), ("Divide by 127.5",),
         normalized(mean=127.5)),
    Case("unscaled-input", "warning", "conv", ("Conv2d “conv”", "from 0 to 255", "B×3×8×8"),
         ("Divide by 255",), in_bytes()),
]  # fmt: skip

NEAR: list[Near] = [
    *[("no-gradient", cut(spec, args, port=port)) for spec, args, port, _ in PASSES[:2]],
    # past the node there is another way, as in a straight-through estimate
    ("no-gradient", branched(("beside", "torch.round", {}), into="sum")),
    ("no-gradient", branched(("beside", "Tensor.detach", {}), into="sum")),
    ("no-gradient", frozen(cut("Tensor.detach"), "before")),
    ("no-gradient", drawing(("cut", "torch.sign", {}), HEAD, **ROWS)),
    ("no-gradient", drawing(("r", "nn.ReLU", {}), ("cut", "Tensor.detach", {}), HEAD, **ROWS)),
    ("no-gradient", with_node(cut("Tensor.detach"), "before", silence=(RuleId("no-gradient"),))),
    ("no-gradient", with_node(cut("torch.sign"), "adam",
                              args=FrozenMap({"trains": (At(Address("head")),)}))),
    ("no-gradient", with_node(drawing(dense("a", 24), ("cut", "torch.sign", {}),
                                      dense("again", 24), ("r", "nn.ReLU", {}), HEAD, **ROWS),
                              "again", weights=Weights(same_as=NodeId("a")))),
    ("no-gradient", staged(Repeat(2))),
    ("no-derivative", cut("op.truediv", {"other": 2.0})),
    ("no-derivative", drawing(("cut", "op.floordiv", {"other": 2.0}), HEAD, **ROWS)),
    ("no-derivative", branched(("beside", "Tensor.detach", {}),
                               ("cut", "op.floordiv", {"other": 2.0}), into="sum")),
    ("no-derivative", branched(("beside", "op.floordiv", {"other": 2.0}),
                               ("cut", "Tensor.detach", {}), into="sum")),
    ("no-derivative", frozen(cut("op.floordiv", {"other": 2.0}), "before")),
    ("recurrent-state", rnn(("last", "op.getitem", {"index": -1}))),
    ("recurrent-state", rnn(("last", "op.getitem", {"index": -1}), FLAT)),
    ("recurrent-state", rnn(("first", "Tensor.squeeze", {"dim": 0}))),
    ("recurrent-state", rnn(("turn", "Tensor.transpose", {"dim0": 0, "dim1": 1}), FLAT)),
    ("recurrent-state", rnn(("flat", "Tensor.flatten", {"end_dim": 1}))),
    ("recurrent-state", rnn(("wide", "Tensor.reshape", {"args": (B, 8)}))),
    ("recurrent-state", rnn(("wide", "Tensor.reshape", {"args": (2, B, 8)}),
                            ("mean", "torch.mean", {"dim": 0}), bidirectional=True)),
    ("recurrent-state", rnn(("pick", "op.getitem", {"index": WHOLE}), port="output")),
    ("recurrent-state", rnn(FLAT, port="output")),
    ("recurrent-state", rnn(("mean", "torch.mean", {"dim": 0}))),
    ("recurrent-state", rnn(("mean", "torch.mean", {"dim": 1}), port="output")),
    ("recurrent-state", rnn(("turn", "Tensor.transpose", {"dim0": 0, "dim1": 1}),
                            ("mean", "torch.mean", {"dim": 1}))),
    ("time-first", over("nn.LSTM", "input", hidden_size=8, batch_first=True)),
    ("time-first", over("nn.LSTM", "input", hidden_size=8, time_first=True)),
    ("time-first", over(*ATTENTION, batch_first=True, **HEADS)),
    ("time-first", over(*ATTENTION, time_first=True, **HEADS)),
    ("time-first", over("nn.TransformerEncoderLayer", "src", time_first=True, **LAYER)),
    ("time-first", drawing(("rnn", "nn.GRU", {"hidden_size": 8}), HEAD, x=(4, 5, 6), y=(4, 5, 10),
                           loss="nn.MSELoss", classes=None, wires={"head.input": "rnn.output"})),
    ("time-first", drawing(("rnn", "nn.GRU", {"hidden_size": 8}), HEAD, x=(7, 24), y=(7, 10),
                           loss="nn.MSELoss", classes=None, wires={"head.input": "rnn.output"})),
    # attention over the samples of a batch is a thing that is done
    ("time-first", drawing(("layer", ATTENTION[0], HEADS), HEAD, **ROWS,
                           wires={**{f"layer.{p}": "x.output" for p in ATTENTION[1:]},
                                  "head.input": "layer.attn_output"})),
    ("unscaled-input", pixels(("scale", "op.truediv", {"other": 255.0}))),
    ("unscaled-input", pixels(("scale", "op.mul", {"other": 0.004}))),
    ("unscaled-input", pixels(("norm", "nn.BatchNorm1d", {}))),
    ("unscaled-input", pixels(("norm", "nn.LayerNorm", {"normalized_shape": 24}))),
    ("unscaled-input", pixels(values=17)),
    ("unscaled-input", pixels(("drop", "nn.Dropout", {"p": 0.1}), values=17)),
    ("unscaled-input", drawing(dense("a"), ("r", "nn.ReLU", {}), HEAD, **ROWS)),
    ("unscaled-input", normalized(mean=127.5, std=127.5)),
    ("unscaled-input", normalized(std=255.0)),
    ("unscaled-input", in_bytes(("scale", "op.truediv", {"other": 255.0}))),
    ("unscaled-input", in_bytes(("norm", "nn.BatchNorm2d", {}))),
    ("unscaled-input", in_bytes(channels=7)),  # planes of marks, as of a board game
    ("unscaled-input", in_bytes(dtype="bool")),
]  # fmt: skip
