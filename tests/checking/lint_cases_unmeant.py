"""Axes that are mixed, masks that hide nothing, labels and rates that are not what is meant."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, FrozenMap, Node, Project, Slice
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more, rated

STEPS: tuple[Arg, ...] = (B, 20, 32)


def cut(*sizes: Arg, spec: str = "Tensor.reshape") -> Layer:
    return ("cut", spec, {"args": sizes})


def over(*layers: Layer, x: tuple[Arg, ...] = STEPS) -> Project:
    """Return a classifier of what comes out of these layers, steps first where B is axis 1."""
    return drawing(*layers, FLAT, HEAD, x=x)


def over_time(*sizes: Arg, spec: str = "Tensor.reshape") -> Project:
    """Return a classifier by the last step of a GRU that is given the steps first."""
    last: Layer = ("last", "op.getitem", {"index": (-1,)})
    wires = {"last.input": "rnn.output"}
    rnn: Layer = ("rnn", "nn.GRU", {"hidden_size": 8})
    return drawing(cut(*sizes, spec=spec), rnn, last, HEAD, x=STEPS, wires=wires)


def filmed(*sizes: Arg, turned: bool = False) -> Project:
    """Return a classifier of steps that a layer looks at one by one, merged with the samples."""
    turn: Layer = ("turn", "Tensor.permute", {"args": (1, 0, 2)})
    merged: Layer = ("merged", "Tensor.flatten", {"start_dim": 0, "end_dim": 1})
    each: Layer = ("each", "nn.Linear", {"out_features": 8})
    first = sizes[0] == B
    rnn: Layer = ("rnn", "nn.GRU", {"hidden_size": 8, "batch_first": first})
    index: Arg = (Slice(), -1) if first else (-1,)
    last: Layer = ("last", "op.getitem", {"index": index})
    layers = (*((turn,) if turned else ()), merged, each, cut(*sizes), rnn, last, HEAD)
    return drawing(*layers, x=STEPS, wires={"last.input": "rnn.output"})


def rows(*sizes: Arg, x: tuple[Arg, ...] = (B, 3, 8, 8), turned: bool = False) -> Project:
    """Return scores of each place as rows of classes, as a loss takes them."""
    turn: Layer = ("turn", "Tensor.permute", {"args": (0, 2, 3, 1)})
    score: Layer = ("map", "nn.Conv2d", {"out_channels": 5, "kernel_size": 1})
    layers = (score, turn, cut(*sizes)) if turned else (score, cut(*sizes))
    wires = {"one.input": "data.y", "loss.target": "one.output"}
    made = drawing(*layers, x=x, y=(B, 8, 8), classes=5)
    return more(made, {"one": Node("Tensor.flatten")}, wires)


def planned(schedule: str, **of: Arg) -> Project:
    """Return a training of ten epochs, whose schedule goes a step in each."""
    return rated("SGD", schedule, of={"interval": "epoch", **of}, lr=0.01)


def told(
    loss: str, *layers: Layer, classes: int | None = 2, shape: tuple[Arg, ...] = (B, 1)
) -> Project:
    """Return a training whose labels go through these layers on their way to the loss."""
    scores: Layer = ("score", "nn.Linear", {"out_features": 1})
    made = drawing(FLAT, scores, y=shape, classes=classes, loss=loss)
    nodes = {name: Node(spec, args=FrozenMap(args)) for name, spec, args in layers}
    chain = ["data.y", *(f"{name}.output" for name in nodes)]
    fed = [*(f"{name}.input" for name in nodes), "loss.target"]
    return more(made, nodes, dict(zip(fed, chain, strict=True)))


SIGNED: tuple[Layer, ...] = (
    ("twice", "op.mul", {"other": 2}),
    ("less", "op.sub", {"other": 1}),
)
SIGN = "Make -1 and 1 of target"
CASES = [
    Case("axes-mixed", "warning", "cut", ("20×B×32 of B×20×32", "in another order"),
         ("Use permute(1, 0, 2) instead",), over_time(20, B, 32)),
    Case("axes-mixed", "warning", "cut", ("view “cut”", "B×32×20 of B×20×32"),
         ("Use permute(0, 2, 1) instead",), over(cut(B, 32, 20, spec="Tensor.view"))),
    Case("axes-mixed", "warning", "cut", ("B×3×8×8 of B×8×8×3",),
         ("Use permute(0, 3, 1, 2) instead",), over(cut(B, 3, 8, 8), x=(B, 8, 8, 3))),
    Case("axes-mixed", "warning", "cut", ("B×4×20×8 of B×20×32", "axis 2", "4 times 8"),
         ("Cut axis 2 alone, then let the axes change places",), over(cut(B, 4, 20, 8))),
    Case("axes-mixed", "warning", "cut", ("B×20×32 of B×4×20×8", "4 times 8"),
         ("Let axes change places before it with permute(0, 2, 1, 3)",),
         over(cut(B, 20, 32, spec="Tensor.view"), x=(B, 4, 20, 8))),
    Case("axes-mixed", "warning", "cut", ("20×B×8 of 20*B×8", "made of B×20"),
         ("Set args to (B, 20, -1), and let the two axes change places behind it",),
         filmed(20, B, -1)),
    Case("axes-mixed", "warning", "cut", ("the 5 classes are axis 1", "CrossEntropyLoss “loss”"),
         ("Let axes change places before it with permute(0, 2, 3, 1)",), rows(-1, 5)),
    Case("labels-not-signed", "warning", "loss", ("SoftMarginLoss “loss”", "-1 and 1", "log 2"),
         (SIGN,), told("nn.SoftMarginLoss")),
    Case("labels-not-signed", "warning", "loss", ("the margin",), (SIGN,),
         told("nn.HingeEmbeddingLoss", ("told", "Tensor.float", {}))),
    Case("momentum", "warning", "adam", ("alpha of RMSprop “adam” is 1.5", "nan"),
         ("Set alpha to 0.99",), rated("RMSprop", alpha=1.5)),
    Case("momentum", "warning", "adam", ("alpha", "is 1:", "next to 0"),
         ("Set alpha to 0.99",), rated("RMSprop", alpha=1)),
    Case("schedule-rate", "warning", "plan", ("gamma of ExponentialLR “plan” is -0.9", "climb"),
         ("Set gamma to 0.9",), rated("SGD", "ExponentialLR", of={"gamma": -0.9}, lr=0.1)),
    Case("schedule-rate", "warning", "plan",
         ("ExponentialLR “plan” is 0.0", "rate 0.1 of SGD “adam”", "9 times in 10 epochs"),
         ("Set gamma to 0.95",), rated("SGD", "ExponentialLR", of={"gamma": 0.0}, lr=0.1)),
    Case("schedule-rate", "warning", "plan", ("StepLR “plan” is 0", "by it once in 10 epochs"),
         ("Set gamma to 0.1",), rated("SGD", "StepLR", of={"gamma": 0, "step_size": 5}, lr=0.1)),
    Case("schedule-rate", "warning", "plan", ("is 10.0", "SGD “adam”", "9 times in 10 epochs"),
         ("Set gamma to 0.1",), rated("SGD", "ExponentialLR", of={"gamma": 10.0}, lr=0.1)),
    Case("schedule-rate", "warning", "plan", ("StepLR", "3 times in 10 epochs", "beyond 50 "),
         ("Set gamma to 0.1",),
         rated("SGD", "StepLR", of={"gamma": 10.0, "step_size": 3}, lr=0.1, momentum=0.9)),
    Case("schedule-rate", "warning", "plan", ("StepLR", "beyond 1 "), ("Set gamma to 0.1",),
         rated("AdamW", "StepLR", of={"gamma": 10, "step_size": 2}, lr=0.001)),
    Case("schedule-rate", "warning", "plan",
         ("factor of ConstantLR “plan” is 0 for 20 steps", "takes 10 (10 epochs)", "rate 0.01"),
         ("Set factor to 0.1",), planned("ConstantLR", factor=0, total_iters=20)),
    Case("schedule-rate", "warning", "plan", ("is 0.0 for 10 steps", "SGD “adam” is 0 in all"),
         ("Set factor to 0.1",), planned("ConstantLR", factor=0.0, total_iters=10)),
    Case("schedule-breaks", "error", "plan", ("=1 / (epoch - 3)", "step 3 of 10 (10 epochs)"), (),
         planned("LambdaLR", lr_lambda=Expr("1 / (epoch - 3)"))),
    Case("schedule-breaks", "error", "plan", ("MultiplicativeLR", "step 10 of 10"), (),
         planned("MultiplicativeLR", lr_lambda=Expr("1 / (epochs - epoch)"))),
    Case("schedule-breaks", "error", "plan", ("power", "-1.0", "at step 8", "takes 10 steps"),
         ("Set power to 1.0",), planned("PolynomialLR", total_iters=8, power=-1.0)),
]  # fmt: skip
NEAR: list[Near] = [
    ("schedule-breaks", planned("LambdaLR", lr_lambda=Expr("1 / (epoch + 1)"))),
    ("schedule-breaks", planned("LambdaLR", lr_lambda=Expr("1 / (epoch - 11)"))),
    ("schedule-breaks", planned("LambdaLR", lr_lambda=Expr("1 - epoch / epochs"))),
    ("schedule-breaks", planned("LambdaLR", lr_lambda=0.5)),
    ("schedule-breaks", planned("PolynomialLR", total_iters=11, power=-1.0)),
    ("schedule-breaks", planned("PolynomialLR", total_iters=5, power=2.0)),
    ("axes-mixed", over(cut(B, 20, 4, 8))),
    ("axes-mixed", over(cut(B, 4, 5, 32))),
    ("axes-mixed", over(cut(B, 640))),
    ("axes-mixed", over(cut(B, 40, 16))),
    ("axes-mixed", over(cut(B, 1, 20, 32))),
    ("axes-mixed", over(cut(B, 32, 1), x=(B, 1, 32))),
    ("axes-mixed", over(cut(B, 8, 4, 8), x=(B, 8, 32))),
    ("axes-mixed", over(cut(B, 20, 32), x=(B, 20, 4, 8))),
    ("axes-mixed", rows(-1, 5, turned=True)),
    ("axes-mixed", filmed(B, 20, 8)),
    ("axes-mixed", filmed(20, B, 8, turned=True)),
    # each row is a piece of the last axis
    ("axes-mixed", over(cut(-1, 32), ("back", "Tensor.reshape", {"args": (-1, 640)}))),
    ("labels-not-signed", told("nn.SoftMarginLoss", *SIGNED)),
    ("labels-not-signed", told("nn.SoftMarginLoss", classes=None)),
    ("labels-not-signed", told("nn.BCEWithLogitsLoss", ("told", "Tensor.float", {}))),
    ("labels-not-signed", told("nn.SoftMarginLoss", classes=3)),
    ("labels-not-signed", told("nn.HingeEmbeddingLoss", *SIGNED)),
    ("labels-not-signed", told("nn.MSELoss", ("told", "Tensor.float", {}))),
    ("momentum", rated("RMSprop", alpha=0.9)),
    ("momentum", rated("ASGD", alpha=1.0)),
    ("schedule-rate", rated("SGD", "ExponentialLR", of={"gamma": 0.9}, lr=0.1)),
    ("schedule-rate", rated("SGD", "StepLR", of={"gamma": 0.1, "step_size": 3}, lr=0.1)),
    # the training ends before it
    ("schedule-rate", rated("SGD", "StepLR", of={"gamma": 0.0, "step_size": 10}, lr=0.1)),
    ("schedule-rate", rated("SGD", "MultiStepLR", of={"gamma": 0.0, "milestones": (30,)}, lr=0.1)),
    # a little more each epoch, and a search for the best rate
    ("schedule-rate", rated("SGD", "ExponentialLR", of={"gamma": 1.05}, lr=0.01)),
    ("schedule-rate", rated("SGD", "ExponentialLR", of={"gamma": 3.0}, lr=0.001)),
    # the rate is 0 at first alone
    ("schedule-rate", planned("ConstantLR", factor=0.0, total_iters=9)),
    ("schedule-rate", planned("ConstantLR", factor=0.0)),
    ("schedule-rate", planned("ConstantLR", factor=0.1, total_iters=20)),
    ("schedule-rate", planned("ConstantLR", factor=0.0, total_iters=0)),
    ("schedule-rate", planned("ConstantLR", total_iters=20)),
    # never multiplied
    ("schedule-rate", rated("SGD", "StepLR", of={"gamma": 10.0, "step_size": 30}, lr=0.1)),
    ("schedule-rate", rated("SGD", "MultiStepLR", of={"gamma": 10.0, "milestones": (3,)}, lr=0.01)),
]
