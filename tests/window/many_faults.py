"""A drawing in which a dozen branches are wrong, each in another way that has one safe fix."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, FrozenMap, Name, Node, Project
from tests.checking.drawings import project

COUNT = 12
WIDE = 16
"""How many numbers a branch ends in."""
B = Expr("B")
RGB: tuple[Arg, ...] = (B, 3, 32, 32)
Layer = tuple[str, str, dict[str, Arg]]
CONV: Layer = ("conv", "nn.Conv2d", {"out_channels": 8, "kernel_size": 3})
POOL: Layer = ("pool", "nn.AdaptiveAvgPool2d", {"output_size": 1})
FLAT: Layer = ("flat", "nn.Flatten", {})
HEAD: Layer = ("head", "nn.Linear", {"out_features": WIDE})
END = (POOL, FLAT, HEAD)


def _conv(**args: Arg) -> Layer:
    return ("conv", "nn.Conv2d", {**CONV[2], **args})


BRANCHES: dict[str, tuple[Layer, ...]] = {
    "a": (_conv(in_channels=4), *END),
    "b": (FLAT, ("head", "nn.Linear", {"in_features": 1000, "out_features": WIDE})),
    "c": (CONV, ("norm", "nn.BatchNorm1d", {}), *END),
    "d": (CONV, ("norm", "nn.BatchNorm2d", {"num_features": 16}), *END),
    "e": (_conv(groups=4), *END),
    "f": (FLAT, ("norm", "nn.BatchNorm1d", {"num_features": 100}), HEAD),
    "g": (CONV, ("norm", "nn.GroupNorm", {"num_groups": 4, "num_channels": 16}), *END),
    "h": (_conv(padding="same", stride=2), *END),
    "i": (FLAT, ("drop", "nn.Dropout", {"p": 50}), HEAD),
    "j": (FLAT, HEAD, ("norm", "nn.LayerNorm", {"normalized_shape": 17})),
    "k": (CONV, ("head", "nn.Linear", {"in_features": 7200, "out_features": WIDE})),
    "l": (_conv(kernel_size=64), *END),
}
"""The layers of each branch, the faulty one among them."""


def many_faults() -> Project:
    """Return the drawing: every branch reads the same images, and all are joined."""
    data: dict[str, Arg] = {
        "ports": FrozenMap({"x": RGB, "y": (B,)}),
        "dtypes": FrozenMap({"y": Name("int64")}),
        "classes": FrozenMap({"y": 10}),
    }
    nodes = {"data": Node("data.random", args=FrozenMap(data))}
    nodes["x"] = Node("io.input", args=FrozenMap({"shape": RGB}))
    wires = {"x.input": "data.x", "loss.target": "data.y", "adam.losses[0]": "loss.output"}
    for place, (name, layers) in enumerate(BRANCHES.items()):
        before = "x"
        for stem, spec, args in layers:
            key = f"{stem}_{name}"
            nodes[key] = Node(spec, args=FrozenMap(args))
            wires[f"{key}.input"] = f"{before}.output"
            before = key
        wires[f"join.tensors[{place}]"] = f"{before}.output"
    nodes["join"] = Node("torch.cat", args=FrozenMap({"dim": 1}))
    nodes["last"] = Node("nn.Linear", args=FrozenMap({"out_features": 10}))
    nodes |= {"out": Node("io.output"), "loss": Node("nn.CrossEntropyLoss")}
    nodes["adam"] = Node("optim.AdamW")
    wires |= {"last.input": "join.output", "out.input": "last.output", "loss.input": "out.output"}
    return project(nodes, wires, {"batch_size": 16})
