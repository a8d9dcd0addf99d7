"""Silent faults of numbers that lie too far out, or are not what a loss takes them for."""

from __future__ import annotations

from graph_editor.document.model import Arg, FrozenMap, Node, Project
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing
from tests.checking.lint_cases_flow import FLOAT, ROWS, pixels
from tests.checking.lint_cases_losses import NUMBERS, ONE, shares
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more


def times(number: float) -> Layer:
    return ("scale", "op.mul", {"other": number})


def table(*layers: Layer) -> Project:
    """Return a drawing of a table of doubles, made float32 before its first layer."""
    return drawing(*layers, FLOAT, HEAD, x_dtype="float64", **ROWS)


def wide(*layers: Layer, count: int = 20, **how: Arg) -> Project:
    """Return a drawing of so many raw scores that enter a BCELoss."""
    head: Layer = ("head", "nn.Linear", {"out_features": count, **how})
    return shares(head, *layers, count=count)


def uncertain(*layers: Layer, y: tuple[Arg, ...] = (B, 1)) -> Project:
    """Return a drawing whose predictions come with a variance."""
    made = drawing(FLAT, ONE, *layers, y=y, loss="nn.GaussianNLLLoss", classes=None)
    nodes = {"width": Node("nn.Linear", args=FrozenMap[str, Arg]({"out_features": 1}))}
    nodes["above"] = Node("nn.Softplus")
    wires = {"width.input": "flat.output", "above.input": "width.output"}
    return more(made, nodes, {**wires, "loss.var": "above.output"})


def steps(*layers: Layer, loss: str = "nn.MSELoss") -> Project:
    """Return a drawing of one number for each step of a sequence, held against one for all."""
    return drawing(*layers, ONE, x=(B, 9, 5), y=(B,), loss=loss, classes=None)


POOLED: tuple[Layer, ...] = (
    ("conv", "nn.Conv2d", {"out_channels": 10, "kernel_size": 3}),
    ("pool", "nn.AdaptiveAvgPool2d", {"output_size": 1}),
)
STOPS = ("stops at the first one outside",)
MAY_STOP = ("stops as soon as one lies outside",)
CASES = [
    Case("unscaled-input", "warning", "head", ("and beyond", "through “scale”", "B×24"),
         ("Switch “scale” off", "Divide by 2840"), table(times(1000.0))),
    Case("unscaled-input", "warning", "head", ("from 1997 to 2003", "through “base”"),
         ("Switch “base” off",), table(("base", "op.add", {"other": 2000.0}))),
    Case("unscaled-input", "warning", "head", ("from 0 to 510", "through “scale”"),
         ("Divide by 510",), pixels(times(2.0))),
    Case("unscaled-input", "warning", "head", ("from -128 to 127", "through “base”"),
         ("Divide by 128",), pixels(("base", "op.sub", {"other": 128}))),
    *[
        Case("logits-into-probability-loss", severity, "loss", says,
             ("Use BCEWithLogitsLoss instead", "Insert Sigmoid before it"), drawn)
        for severity, says, drawn in (
            ("error", ("B×20", *STOPS), wide()),
            ("error", ("B×24", *STOPS), wide(("row", "nn.Flatten", {}), count=24)),
            ("warning", MAY_STOP, wide(count=19)),
            ("warning", MAY_STOP, wide(bias=False)),  # rows of 0 give 0
            ("warning", MAY_STOP, wide(("cut", "nn.ReLU", {}))),
        )
    ],
    Case("target-stretched", "warning", "loss", ("GaussianNLLLoss", "input B×1", "B×B"),
         ("Add an axis of size 1 to target",), uncertain(y=(B,))),
    Case("target-stretched", "warning", "loss", ("HingeEmbeddingLoss", "input B×1", "B×B"),
         ("Add an axis of size 1 to target", "Drop the last axis of input"),
         drawing(FLAT, ONE, loss="nn.HingeEmbeddingLoss", classes=None)),
    Case("target-stretched", "warning", "loss", ("B×10×1×1", "B×10×B×10"),
         ("Drop axes 2 and 3 of input",), drawing(*POOLED, **NUMBERS, y=(B, 10))),
    Case("target-stretched", "warning", "loss", ("input B×10", "target B×1×10", "B×B×10"),
         ("Drop axis 1 of target",), drawing(FLAT, HEAD, **NUMBERS, y=(B, 1, 10))),
    Case("target-stretched", "warning", "loss", ("B×9×1", "B×9×B"),
         ("Take the last step of input", "Take the mean over the 9 steps of input"), steps()),
]  # fmt: skip

NEAR: list[Near] = [
    ("target-stretched", uncertain()),
    ("target-stretched", drawing(*POOLED, FLAT, **NUMBERS, y=(B, 10))),
    ("target-stretched", drawing(*POOLED, **NUMBERS, y=(B, 10, 1, 1))),
    ("target-stretched", drawing(ONE, x=(B, 9, 5), **NUMBERS, y=(B, 9, 1))),
    ("target-stretched", drawing(FLAT, ONE, loss="nn.HingeEmbeddingLoss", classes=None, y=(B, 1))),
    ("unscaled-input", table()),
    ("unscaled-input", table(times(10.0))),
    ("unscaled-input", table(times(1000.0), ("norm", "op.truediv", {"other": 1000.0}))),
    ("unscaled-input", table(times(1000.0), ("small", "nn.Tanh", {}))),
    ("unscaled-input", pixels(("base", "op.sub", {"other": 128}), times(1 / 128))),
    # noise of the network's own is no data
    ("unscaled-input", table(("noise", "torch.randn_like", {}), times(100.0))),
]  # fmt: skip
