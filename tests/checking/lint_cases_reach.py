"""Silent faults of numbers that lie too far out, or are not what a loss takes them for."""

from __future__ import annotations

from graph_editor.document.addresses import HERE
from graph_editor.document.model import Arg, FrozenMap, Node, Project
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing, with_node
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


def halves(*after: Layer, left: str = "nn.Softmax", right: str = "nn.Softmax") -> Project:
    """Return a drawing whose scores are joined of two halves, each with something behind it."""
    joined = {"join.tensors[0]": "a_s.output", "join.tensors[1]": "b_s.output"}
    made = drawing(FLAT, ("join", "torch.cat", {"dim": 1}), *after, wires=joined)
    nodes, wires = {}, {}
    for name, spec in (("a", left), ("b", right)):
        nodes[name] = Node("nn.Linear", args=FrozenMap[str, Arg]({"out_features": 5}))
        curved = FrozenMap[str, Arg]({"dim": 1} if "oftmax" in spec else {})
        nodes[f"{name}_s"] = Node(spec, args=curved)
        wires |= {f"{name}.input": "flat.output", f"{name}_s.input": f"{name}.output"}
    return more(made, nodes, wires)


def by_hand(
    *after: Layer, loss: str = "nn.CrossEntropyLoss", of: str = "power", dim: int = 1
) -> Project:
    """Return a drawing with a softmax of exponentials that are divided by their sum."""
    total: Layer = ("total", "torch.sum", {"dim": dim, "keepdim": True})
    return drawing(FLAT, HEAD, ("power", "torch.exp", {}), total, ("share", "op.truediv", {}),
                   *after, loss=loss,
                   wires={"total.input": f"{of}.output", "share.input": "power.output",
                          "share.other": "total.output"})  # fmt: skip


def diverging(given: str, target: str, *, log_target: bool = False) -> Project:
    """Return a drawing that compares two networks by their divergence."""
    made = drawing(FLAT, HEAD, loss="nn.KLDivLoss", classes=None, y=(B, 10))
    nodes = {
        "mine": Node(given, args=FrozenMap[str, Arg]({"dim": 1})),
        "theirs": Node(target, args=FrozenMap[str, Arg]({"dim": 1})),
        "teacher": Node("nn.Linear", args=FrozenMap[str, Arg]({"out_features": 10})),
        "loss": Node("nn.KLDivLoss", args=FrozenMap[str, Arg]({"log_target": log_target})),
    }
    wires = {
        "mine.input": "out.output",
        "loss.input": "mine.output",
        "teacher.input": "flat.output",
    }
    return more(
        made, nodes, {**wires, "theirs.input": "teacher.output", "loss.target": "theirs.output"}
    )


def normed(*layers: Layer, turn: tuple[int, ...] = (0, 3, 1, 2), **norm: Arg) -> Project:
    """Return a drawing of pictures whose axes are turned, and then normed by groups."""
    group: Layer = ("norm", "nn.GroupNorm", {"num_groups": 2, **norm})
    turned: Layer = ("turned", "Tensor.permute", {"args": turn})
    return drawing(turned, *layers, group, FLAT, HEAD, x=(B, 6, 6, 4))


HEAD_AGAIN: Layer = ("last", "nn.Linear", {"out_features": 10})
MINUS: Layer = ("minus", "op.neg", {})
SOFT, LOG = "nn.Softmax", "nn.LogSoftmax"
ODDS: Layer = ("odds", "torch.exp", {})
STOPS = ("stops at the first one outside",)
MAY_STOP = ("stops as soon as one lies outside",)
CASES = [
    Case("crashing-norm", "error", "norm", ("“norm”", "B×4×6×6", "ends the whole process"),
         ("Make a copy in one piece before it",), normed()),
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
             (f"Use BCEWithLogitsLoss instead{also}", f"Insert Sigmoid before it{also}"), drawn)
        for severity, says, also, drawn in (
            ("error", ("B×20", *STOPS), "", wide()),
            ("error", ("B×24", *STOPS), "", wide(("row", "nn.Flatten", {}), count=24)),
            ("warning", MAY_STOP, "", wide(count=19)),
            ("warning", MAY_STOP, "", wide(bias=False)),  # rows of 0 give 0
            ("warning", MAY_STOP, ", and switch “cut” off", wide(("cut", "nn.ReLU", {}))),
        )
    ],
    Case("logits-into-probability-loss", "warning", "loss",
         ("exp “odds” gives numbers from 0 upwards", "B×20", *MAY_STOP), ("Use sigmoid instead",),
         wide(ODDS)),
    Case("logits-into-probability-loss", "warning", "loss", ("“half” gives numbers from 0 up",),
         ("Use BCEWithLogitsLoss instead", "Insert Sigmoid before it"),
         wide(ODDS, ("half", "op.truediv", {"other": 2.0}))),
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
    Case("softmax-before-cross-entropy", "warning", "a_s", ("“a_s” and “b_s”", "B×10"),
         ("Switch “a_s” and “b_s” off",), halves()),
    Case("softmax-before-cross-entropy", "warning", "share", ("a softmax by hand", "B×10"),
         ("Insert log before “loss”",), by_hand()),
    Case("logits-into-probability-loss", "warning", "loss", ("“share”, a softmax by hand", "B×10"),
         ("Insert log before it",), by_hand(loss="nn.NLLLoss")),
    *[
        Case("logits-into-probability-loss", "warning", "loss", (gives, "B×10"),
             ("Use LogSoftmax instead",),
             drawing(FLAT, HEAD, ("bent", spec, {}), loss="nn.NLLLoss"))
        for spec, gives in (
            ("nn.LogSigmoid", "all may rise to 0 at once"),
            ("nn.Sigmoid", "between 0 and 1, each by itself"),
            ("torch.sigmoid", "between 0 and 1, each by itself"),
        )
    ],
    Case("divergence-target", "warning", "loss", ("LogSoftmax “theirs”", "loss is nan", "B×10"),
         ("Swap input and target",), diverging(SOFT, LOG)),
    Case("divergence-target", "warning", "loss", ("LogSoftmax “theirs”", "loss is nan"),
         ("Set log_target to True",), diverging(LOG, LOG)),
    Case("divergence-target", "warning", "loss", ("log_target is True", "probabilities themselves"),
         ("Set log_target to False",), diverging(LOG, SOFT, log_target=True)),
]  # fmt: skip

NEAR: list[Near] = [
    ("crashing-norm", normed(("copy", "Tensor.contiguous", {}))),
    ("crashing-norm", normed(("conv", "nn.Conv2d", {"out_channels": 4, "kernel_size": 1}))),
    ("crashing-norm", normed(turn=(0, 2, 1, 3))),
    ("crashing-norm", normed(("row", "Tensor.flatten", {"start_dim": 2}))),
    ("crashing-norm", normed(affine=False)),
    ("crashing-norm", with_node(normed(), "norm", freeze=(HERE,))),
    ("softmax-before-cross-entropy", halves(HEAD)),
    ("softmax-before-cross-entropy", halves(left="nn.Softmax", right="nn.ReLU")),
    ("softmax-before-cross-entropy", halves(left="nn.Tanh", right="nn.Tanh")),
    ("softmax-before-cross-entropy", by_hand(("log", "torch.log", {}))),
    ("softmax-before-cross-entropy", by_hand(HEAD_AGAIN)),
    # shares of other numbers, as of a temperature
    ("softmax-before-cross-entropy", by_hand(of="head")),
    ("logits-into-probability-loss", by_hand(("log", "torch.log", {}), loss="nn.NLLLoss")),
    ("logits-into-probability-loss", diverging(SOFT, LOG), "divergence-target"),  # another lint's
    ("logits-into-probability-loss", diverging(LOG, LOG), "divergence-target"),
    ("logits-into-probability-loss", wide(("log", "nn.LogSigmoid", {}), ODDS)),
    ("logits-into-probability-loss", wide(("log", LOG, {"dim": 1}), ODDS)),
    ("logits-into-probability-loss", wide(("log", "nn.Softplus", {}), MINUS, ODDS)),
    ("logits-into-probability-loss", wide(("far", "torch.square", {}), MINUS, ODDS)),
    ("logits-into-probability-loss", wide(("log", "torch.clamp", {"max": 0.0}), ODDS)),
    ("logits-into-probability-loss", wide(ODDS, ("most", "torch.clamp", {"max": 1.0}))),
    ("divergence-target", diverging(LOG, SOFT)),
    ("divergence-target", diverging(LOG, LOG, log_target=True)),
    ("divergence-target", diverging("nn.Softmin", SOFT)),
    ("divergence-target", drawing(FLAT, HEAD, ("soft", LOG, {"dim": 1}), loss="nn.KLDivLoss",
                                  classes=None, y=(B, 10)), "target-range"),
    ("divergence-target", drawing(FLAT, HEAD, ("soft", LOG, {"dim": 1}), **NUMBERS, y=(B, 10))),
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
