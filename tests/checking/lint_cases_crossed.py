"""Losses by hand in which samples meet samples, and tables of samples that are meant."""

from __future__ import annotations

from graph_editor.document.model import Arg, FrozenMap, Node, Project
from tests.checking.drawings import B, Layer, with_node
from tests.checking.lint_cases_losses import ONE
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more
from tests.checking.silent import by_hand

CODE = "difference-stretched"
ADD, DROP = "Add an axis of size 1 to", "Drop the axis of size 1 of"
COLUMN: tuple[Arg, ...] = (B, 1)


def _node(spec: str, **args: Arg) -> Node:
    return Node(spec, args=FrozenMap(args))


def quantile(shape: tuple[Arg, ...] = (B,)) -> Project:
    """Return the loss of the nine tenths: whichever is larger of two shares of a difference."""
    nodes = {"low": _node("op.mul", other=-0.1)}
    wires = {"error.input": "less.output", "low.input": "less.output", "most.input": "error.output"}
    return more(
        by_hand("op.mul", shape, args={"other": 0.9}),
        {**nodes, "most": _node("torch.maximum")},
        {**wires, "most.other": "low.output", "mean.input": "most.output"},
    )


def weighed(shape: tuple[Arg, ...] = COLUMN) -> Project:
    """Return a loss of each sample times a weight from the data."""
    made = by_hand("op.neg", shape, before=(("out_of", "nn.Linear", {"out_features": 4}),))
    nodes = {"none": _node("torch.logsumexp", dim=1), "less": _node("op.mul")}
    return more(made, nodes, {"none.input": "out_of.output", "less.input": "none.output"})


def agreed(shape: tuple[Arg, ...] = COLUMN) -> Project:
    """Return how often the largest score is that of the label, beside a loss."""
    made = by_hand(before=(("out_of", "nn.Linear", {"out_features": 4}),), shape=shape)
    nodes = {
        "best": _node("torch.argmax", dim=1),
        "less": _node("op.eq"),
        "error": _node("Tensor.float"),
        "loss": _node("nn.MSELoss"),
        "flat": _node("torch.mean", dim=1, keepdim=True),
        "same": _node("Tensor.view", args=(B, 1)),
        "seen": _node("io.output"),
    }
    wires = {"best.input": "out_of.output", "less.input": "best.output"}
    wires |= {"flat.input": "out_of.output", "same.input": "data.y", "seen.input": "mean.output"}
    wires |= {"loss.input": "flat.output", "loss.target": "same.output"}
    return more(made, nodes, {**wires, "adam.losses[0]": "loss.output"})


def overlap(shape: tuple[Arg, ...] = (B,)) -> Project:
    """Return a product whose sum is to grow, of a share and the truth."""
    made = by_hand("op.neg", shape, before=(ONE, ("share", "nn.Sigmoid", {})))
    return more(made, {"less": _node("op.mul"), "mean": _node("torch.sum")}, {})


def entropy(shape: tuple[Arg, ...] = (B,)) -> Project:
    """Return the entropy of yes and no, written with two logarithms."""
    made = by_hand("op.neg", shape, before=(ONE, ("share", "nn.Sigmoid", {})))
    nodes = {
        "yes": _node("torch.log"),
        "less": _node("op.mul"),
        "rest": _node("op.neg"),
        "one": _node("op.add", other=1.0),
        "no": _node("torch.log"),
        "wrong": _node("op.neg"),
        "left": _node("op.add", other=1.0),
        "other": _node("op.mul"),
        "both": _node("op.add"),
    }
    wires = {"yes.input": "share.output", "less.input": "yes.output"}
    wires |= {"rest.input": "share.output", "one.input": "rest.output", "no.input": "one.output"}
    wires |= {"wrong.input": "data.y", "left.input": "wrong.output", "other.input": "no.output"}
    wires |= {"other.other": "left.output", "both.input": "less.output"}
    return more(made, nodes, {**wires, "both.other": "other.output", "error.input": "both.output"})


def _read(by: Node) -> Project:
    """Return a table of differences that something else reads too."""
    made = by_hand("torch.exp")
    nodes = {"by": by, "lost": _node("torch.mean"), "all": _node("op.add")}
    wires = {"by.input": "less.output", "lost.input": "by.output", "all.other": "lost.output"}
    return more(made, nodes, {**wires, "all.input": "mean.output", "adam.losses[0]": "all.output"})


def of_two_heads() -> Project:
    """Return how much better each good score is than each bad one, both of the network."""
    bad: Layer = ("bad", "nn.Linear", {"out_features": 1})
    return more(
        by_hand("nn.ReLU", before=(ONE, bad)),
        {"row": _node("Tensor.squeeze", dim=1)},
        {"bad.input": "x.output", "row.input": "bad.output", "less.input": f"{ONE[0]}.output"}
        | {"less.other": "row.output"},
    )


def by_squares() -> Project:
    """Return squared distances of each from each: a square, another, less twice the product."""
    nodes = {
        "own": _node("torch.sum", dim=1, keepdim=True),
        "less": _node("op.add"),
        "error": _node("nn.ReLU"),
    }
    made = by_hand("nn.ReLU", before=(("out_of", "nn.Linear", {"out_features": 4}),))
    return more(made, nodes, {"own.input": "out_of.output", "less.input": "own.output"})


CASES = [
    Case(CODE, "warning", "less", ("B×1", "B×B", "all other samples"),
         (f"{DROP} input", f"{ADD} other"), quantile()),
    Case(CODE, "warning", "less", ("Mul “less” gets B×1 as other", "B×B"),
         (f"{DROP} other", f"{ADD} input"), weighed()),
    Case(CODE, "warning", "less", ("Eq “less”", "B×B"),
         (f"{DROP} other", f"{ADD} input"), agreed()),
    Case(CODE, "warning", "less", ("Mul “less”", "B×B"),
         (f"{DROP} input", f"{ADD} other"), overlap()),
    Case(CODE, "warning", "less", ("Mul “less”", "B×B"),
         (f"{DROP} input of “share”",
          f"{ADD} other, and add an axis of size 1 to other of “other”"), entropy()),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, quantile(COLUMN)),
    (CODE, weighed((B,))),
    (CODE, agreed((B,))),
    (CODE, overlap(COLUMN)),
    (CODE, entropy(COLUMN)),
    # shares of each row, and the nearest of each
    (CODE, _read(_node("F.softmax", dim=1))),
    (CODE, _read(_node("torch.amax", dim=1))),
    # how thick predictions lie about each target
    (CODE, with_node(by_hand("torch.exp"), "mean", args=FrozenMap({"dim": (0, 1)}))),
    (CODE, of_two_heads()),
    (CODE, by_squares()),
    # the table is what the drawing gives
    (CODE, more(by_hand("torch.exp"), {"by": _node("io.output")}, {"by.input": "less.output"})),
]
