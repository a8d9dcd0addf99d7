"""Names in expressions that a module does not know, and repeated nodes with arguments of theirs."""

from __future__ import annotations

from dataclasses import replace

from graph_editor.document.model import (
    Address,
    Arg,
    Expr,
    FrozenMap,
    Node,
    Parameter,
    Project,
    Repeat,
    Weights,
)
from tests.checking.drawings import HEAD, B, Layer, drawing, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

TEXT: tuple[Arg, ...] = (B, Expr("T"), 16)
WIDE: Layer = ("wide", "nn.Linear", {"out_features": 16})
ACT: Layer = ("act", "nn.ReLU", {})
MEAN: Layer = ("mean", "torch.mean", {"dim": 1})
ENCODER: dict[str, Arg] = {"d_model": 16, "nhead": 4, "dim_feedforward": 32, "batch_first": True}


def within(*layers: Layer, x: tuple[Arg, ...] = (B, 12, 16), port: str = "input") -> Project:
    """Return a classifier of the mean of what these layers give for each step."""
    wires = {} if port == "input" else {f"{layers[-1][0]}.{port}": f"{layers[-2][0]}.output"}
    return drawing(*layers, MEAN, HEAD, x=x, wires=wires)


def twice(made: Project, name: str, count: int | Expr = 2) -> Project:
    """Return the drawing with a node repeated."""
    return with_node(made, name, repeat=Repeat(count))


def saying(made: Project, name: str) -> Project:
    """Return the drawing with a parameter of the whole model."""
    return replace(made, main=replace(made.main, parameters=(Parameter(name, "int", 2),)))


def recurrent(first: bool) -> Project:
    """Return a classifier by the mean of what a recurrence of two layers gives, as a repeat."""
    layer: Layer = ("rnn", "nn.GRU", {"hidden_size": 16, "batch_first": first})
    made = drawing(layer, MEAN, HEAD, x=(B, 12, 16), wires={"mean.input": "rnn.output"})
    return twice(made, "rnn")


def dropped(p: Arg) -> Project:
    return within(WIDE, ("drop", "nn.Dropout", {"p": p}))


def followed(
    *, decay: float | Expr = 0.99, every: int = 1, of: str = "base", **args: Arg
) -> Project:
    """Return a drawing in which a copy of a layer follows it, and what both say is compared."""
    made = drawing(("base", "nn.Linear", {"out_features": 10}), x=(B, 10))
    weights = Weights(follows=Address(of), decay=decay, every=every)
    spec = "nn.Linear" if "spec" not in args else str(args.pop("spec"))
    sizes = FrozenMap({"out_features": 10, **args} if spec == "nn.Linear" else args)
    nodes = {
        "copy": Node(spec, args=sizes, weights=weights),
        "apart": Node("nn.MSELoss"),
        "sum": Node("op.add"),
    }
    wires = {"copy.input": "x.output", "apart.input": "base.output", "apart.target": "copy.output"}
    wires |= {
        "sum.input": "loss.output",
        "sum.other": "apart.output",
        "adam.losses[0]": "sum.output",
    }
    return more(made, nodes, wires)


LOOP = "which only the training loop knows"
MADE = "before anything arrives there"
CASES = [
    Case("name-not-known", "error", "drop", ("p of Dropout", "epoch", LOOP), ("Set p to 0.1",),
         dropped(Expr("0.1 * epoch"))),
    Case("name-not-known", "error", "drop", ("hangs on step",), ("Remove when",),
         with_node(dropped(0.5), "drop", when=Expr("step > 100"))),
    Case("name-not-known", "error", "wide", ("out_features", "hangs on T", MADE), (),
         within(("wide", "nn.Linear", {"out_features": Expr("T")}), ACT, x=TEXT)),
    Case("name-not-known", "error", "wide", ("out_features", "hangs on epochs"),
         ("Set out_features to 10",),
         within(("wide", "nn.Linear", {"out_features": Expr("epochs")}), ACT)),
    Case("name-not-known", "error", "wide", ("repeat of Linear", "hangs on epochs"), (),
         twice(within(WIDE), "wide", Expr("epochs"))),
    Case("unlike-follower", "error", "copy", ("bias", "False", "“base”", "True"),
         ("Set bias to True",), followed(bias=False)),
    Case("unlike-follower", "error", "copy", ("Linear “base”", "its own kind"),
         ("Remove follows",), followed(spec="nn.LayerNorm", normalized_shape=10)),
    Case("unlike-follower", "error", "copy", ("its own weights",), ("Remove follows",),
         followed(of="copy")),
    Case("unlike-follower", "error", "copy", ("every", "0"), ("Set every to 1",),
         followed(every=0)),
    Case("unlike-follower", "warning", "copy", ("decay", "99", "without end"),
         ("Set decay to 0.99",), followed(decay=99.0)),
    Case("unlike-follower", "warning", "copy", ("decay", "nothing ever changes"),
         ("Set decay to 0.99",), followed(decay=1.0)),
    Case("time-first", "warning", "rnn", ("batch_first False", "B×12×16"),
         ("Set batch_first to True",), recurrent(False)),
    Case("dropout-percent", "warning", "drop", ("1.0",), ("Set p to 0.5",),
         twice(dropped(1.0), "drop")),
    Case("softmax-over-batch", "warning", "share", ("dim", "0", "B×12×16"), ("Set dim to -1",),
         twice(within(WIDE, ("share", "nn.Softmax", {"dim": 0})), "share")),
]  # fmt: skip
NEAR: list[Near] = [
    ("name-not-known", within(WIDE, ("more", "op.mul", {"other": Expr("1 / T")}), x=TEXT)),
    ("name-not-known", within(("wide", "nn.Linear", {"out_features": Expr("input.shape[2]")}))),
    ("name-not-known", saying(twice(within(WIDE), "wide", Expr("depth")), "depth")),
    ("name-not-known", saying(dropped(Expr("0.1 * depth")), "depth")),
    ("name-not-known", twice(dropped(Expr("0.1 * (i + 1) / n")), "drop")),
    ("name-not-known", with_node(dropped(0.5), "drop", when=Expr("training"))),
    ("name-not-known", with_node(dropped(0.5), "drop", when=Expr("B > 4"))),
    ("unlike-follower", followed()),
    ("no-such-weight", followed()),
    ("no-gradient", followed()),
    ("unlike-follower", followed(decay=0.0, every=100)),
    ("unlike-follower", followed(decay=Expr("1 - 1 / (step + 1)"))),
    ("unlike-follower", followed(in_features=10)),
    ("unlike-follower", followed(bias=True)),
    ("time-first", recurrent(True)),
    ("time-first", twice(within(WIDE, ("encode", "nn.TransformerEncoderLayer", ENCODER),
                                port="src"), "encode")),
    ("softmax-without-dim", twice(within(WIDE, ("share", "nn.Softmax", {"dim": -1})), "share")),
    ("batch-dependence", twice(within(WIDE, ("cut", "Tensor.squeeze", {"dim": -1})), "cut")),
    ("dropout-percent", twice(dropped(0.3), "drop")),
]  # fmt: skip
