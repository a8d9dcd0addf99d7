"""Drawings whose labels or indices go past the last one that there is."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, FrozenMap, Node, Project
from tests.checking.drawings import FLAT, drawing, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

FIVE = ("head", "nn.Linear", {"out_features": 5})


def moved(
    spec: str, number: Arg, classes: int = 5, loss: str = "nn.CrossEntropyLoss", **args: Arg
) -> Project:
    """Return a drawing whose labels are moved by a number on their way to a loss of five scores."""
    made = drawing(FLAT, FIVE, classes=classes, loss=loss)
    node = Node(spec, args=FrozenMap({"other": number}))
    wires = {"shift.input": "data.y", "loss.target": "shift.output"}
    return with_node(more(made, {"shift": node}, wires), "loss", args=FrozenMap(args))


CASES = [
    Case("labels-out-of-range", "error", "shift", ("from 1 to 5", "“loss”", "5 scores", "0 to 4"),
         ("Switch “shift” off", "Subtract 1 from target", "Set out_features of “head” to 6"),
         moved("op.add", 1)),
    Case("labels-out-of-range", "error", "shift", ("from 0 to 8",),
         ("Switch “shift” off", "Set out_features of “head” to 9"), moved("op.mul", 2)),
    Case("labels-out-of-range", "error", "shift", ("MultiMarginLoss",),
         ("Switch “shift” off", "Subtract 1 from target", "Set out_features of “head” to 6"),
         moved("op.add", 1, loss="nn.MultiMarginLoss")),
]  # fmt: skip
NEAR: list[Near] = [
    ("labels-out-of-range", moved("op.add", 1, classes=4)),
    ("labels-out-of-range", moved("op.add", 1, ignore_index=5)),
    ("labels-out-of-range", moved("op.mod", 5, classes=9)),
    ("labels-out-of-range", moved("op.sub", 0)),
    ("labels-out-of-range", with_node(moved("op.add", 1), "shift", when=Expr("False"))),
    ("too-few-classes", moved("op.sub", 1, ignore_index=-1)),
    ("too-few-classes", moved("op.add", 0, classes=6, ignore_index=5)),
    ("too-few-classes", with_node(
        drawing(FLAT, FIVE, classes=6), "loss", args=FrozenMap({"ignore_index": 5}))),
]  # fmt: skip
