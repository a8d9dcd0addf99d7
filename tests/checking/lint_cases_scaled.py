"""Large numbers before layers with weights, and what takes their scale away again."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Arg, Project
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing
from tests.checking.lint_cases_flow import FLOAT
from tests.checking.lint_form import Case, Near

CODE = "unscaled-input"
CONV: Layer = ("conv", "nn.Conv2d", {"out_channels": 4, "kernel_size": 3})


def pixels(*layers: Layer, ends: tuple[Layer, ...] = (FLAT, HEAD), **options: Any) -> Project:
    """Return a classifier of images in bytes."""
    return drawing(FLOAT, *layers, *ends, x=(B, 3, 8, 8), x_dtype="uint8", **options)


def beside(*layers: Layer) -> Project:
    """Return images in bytes beside what these layers make of them, along the channels."""
    first, both = layers[0][0], {"tensors[0]": "float.output", "tensors[1]": "last.output"}
    last: Layer = ("last", "nn.Identity", {})
    wires = {f"both.{port}": source for port, source in both.items()}
    wires |= {f"{first}.input": "float.output"}
    return pixels(*layers, last, ("both", "torch.cat", {"dim": 1}), CONV, wires=wires)


def norm(kind: str, **args: Arg) -> Layer:
    return ("norm", f"nn.{kind}", args)


CASES = [
    *[
        Case(CODE, "warning", "conv", (says, "B×3"), (fix,), pixels(layer, CONV))
        for says, fix, layer in (
            ("from 0 to 255", "Divide by 255", ("pool", "nn.AvgPool2d", {"kernel_size": 2})),
            ("from 0 to 255", "Divide by 255", ("pool", "nn.MaxPool2d", {"kernel_size": 2})),
            ("from -128 to 127", "Divide by 128", ("base", "op.sub", {"other": 128})),
        )
    ],
    Case(CODE, "warning", "conv", ("from 0 to 255", "B×6×8×8"), ("Divide by 255",),
         beside(("curve", "nn.Tanh", {}))),
    # another layer looks at the same numbers
    Case(CODE, "warning", "conv", ("from 0 to 255",), ("Divide by 255",),
         pixels(CONV, ("act", "nn.ReLU", {}), norm("BatchNorm2d"))),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, pixels(CONV, norm("BatchNorm2d"))),
    (CODE, pixels(CONV, norm("InstanceNorm2d"))),
    (CODE, pixels(CONV, norm("GroupNorm", num_groups=2, num_channels=4))),
    (
        CODE,
        pixels(FLAT, ("line", "nn.Linear", {"out_features": 8}), norm("BatchNorm1d"), ends=(HEAD,)),
    ),
    (
        CODE,
        pixels(("base", "op.sub", {"other": 128}), ("less", "op.truediv", {"other": 128.0}), CONV),
    ),
    (CODE, pixels(("pool", "nn.AvgPool2d", {"kernel_size": 2}), norm("BatchNorm2d"), CONV)),
    (CODE, pixels(("curve", "nn.Sigmoid", {}), ("pool", "nn.MaxPool2d", {"kernel_size": 2}), CONV)),
]
