"""Silent faults of numbers that lie too far out, or are not what a loss takes them for."""

from __future__ import annotations

from graph_editor.document.model import Arg, Project
from tests.checking.drawings import HEAD, Layer, drawing
from tests.checking.lint_cases_flow import FLOAT, ROWS, pixels
from tests.checking.lint_cases_losses import shares
from tests.checking.lint_form import Case, Near


def times(number: float) -> Layer:
    return ("scale", "op.mul", {"other": number})


def table(*layers: Layer) -> Project:
    """Return a drawing of a table of doubles, made float32 before its first layer."""
    return drawing(*layers, FLOAT, HEAD, x_dtype="float64", **ROWS)


def wide(*layers: Layer, count: int = 20, **how: Arg) -> Project:
    """Return a drawing of so many raw scores that enter a BCELoss."""
    head: Layer = ("head", "nn.Linear", {"out_features": count, **how})
    return shares(head, *layers, count=count)


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
]  # fmt: skip

NEAR: list[Near] = [
    ("unscaled-input", table()),
    ("unscaled-input", table(times(10.0))),
    ("unscaled-input", table(times(1000.0), ("norm", "op.truediv", {"other": 1000.0}))),
    ("unscaled-input", table(times(1000.0), ("small", "nn.Tanh", {}))),
    ("unscaled-input", pixels(("base", "op.sub", {"other": 128}), times(1 / 128))),
    # noise of the network's own is no data
    ("unscaled-input", table(("noise", "torch.randn_like", {}), times(100.0))),
]  # fmt: skip
