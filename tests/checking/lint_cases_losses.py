"""Silent faults of losses, scores and targets, and what only looks like them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_editor.document.model import Arg, Expr, FrozenMap, Name, Node, NodeId, Project
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

ONE: Layer = ("head", "nn.Linear", {"out_features": 1})
FIVE: Layer = ("head", "nn.Linear", {"out_features": 5})
RELU: Layer = ("relu", "nn.ReLU", {})
DROP: Layer = ("drop", "nn.Dropout", {})
SOFTMAX: Layer = ("soft", "nn.Softmax", {"dim": 1})
LOGARITHM: Layer = ("soft", "nn.LogSoftmax", {"dim": 1})
SIGMOID: Layer = ("sig", "nn.Sigmoid", {})
CUT: Layer = ("cut", "torch.clamp", {"min": 1e-6, "max": 1.0})
FIRST: Layer = ("first", "Tensor.unsqueeze", {"dim": 0})
SAME: Layer = ("same", "nn.Identity", {})
SEQUENCE = (B, 16, 24)
NUMBERS: Mapping[str, Any] = {"loss": "nn.MSELoss", "classes": None}


def tokens(rows: int, classes: int | None = 65, spec: str = "nn.Embedding") -> Project:
    """Return a table of embeddings for token numbers that the data names."""
    table: Layer = ("table", spec, {"num_embeddings": rows, "embedding_dim": 4})
    made = drawing(table, FLAT, HEAD, x=(B, 16), x_dtype="int64")
    known = FrozenMap[str, Arg]({"y": 10} if classes is None else {"x": classes, "y": 10})
    args = made.main.graph.nodes[NodeId("data")].args
    return with_node(made, "data", args=args.set("classes", known))


def shares(*layers: Layer, count: int = 1, loss: str = "nn.BCELoss") -> Project:
    """Return a drawing whose last layer enters a BCELoss, held against yes and no."""
    made = drawing(FLAT, *layers, loss=loss, classes=2, y=(B, count))
    wires = {"told.input": "data.y", "loss.target": "told.output"}
    return more(made, {"told": Node("Tensor.float")}, wires)


def scored(*layers: Layer, count: int = 1, loss: str = "nn.BCEWithLogitsLoss") -> Project:
    """Return the same with a loss that takes scores."""
    return shares(*layers, count=count, loss=loss)


def spread(*layers: Layer) -> Project:
    """Return a drawing whose last layer enters a KLDivLoss, held against shares."""
    made = drawing(FLAT, *layers, loss="nn.KLDivLoss", classes=None, y=(B, 10))
    wires = {"told.input": "data.y", "loss.target": "told.output"}
    return more(made, {"told": Node("nn.Softmax", args=FrozenMap({"dim": 1}))}, wires)


def against_constant() -> Project:
    """Return a drawing whose ten numbers a sample are held against ten that stay."""
    made = drawing(FLAT, HEAD, y=(B, 10), **NUMBERS)
    zeros = Node("torch.zeros", args=FrozenMap({"size": (10,)}))
    return more(made, {"zeros": zeros}, {"loss.target": "zeros.output"})


def along_steps(dim: int) -> Project:
    """Return a tagger with a log-softmax along an axis before the classes are moved."""
    tagged: tuple[Layer, ...] = (
        ("head", "nn.Linear", {"out_features": 10}),
        ("soft", "nn.LogSoftmax", {"dim": dim}),
        ("turn", "Tensor.transpose", {"dim0": 1, "dim1": 2}),
    )
    return drawing(*tagged, x=(B, 6, 24), y=(B, 6))


def squeezed(shape: tuple[Arg, ...] = (B, 1, 24), **how: Arg) -> Project:
    return drawing(("squeeze", "Tensor.squeeze", how), FLAT, HEAD, x=shape)


def summed(spec: str = "op.sub") -> Project:
    """Return a drawing whose row of numbers meets a column of weights, on purpose."""
    wires = {"meet.input": "head.output", "meet.other": "row.output", "row.input": "head.output"}
    row: Layer = ("row", "Tensor.transpose", {"dim0": 0, "dim1": 1})
    return drawing(FLAT, ONE, row, ("meet", spec, {}), ("mean", "torch.mean", {}),
                   wires=wires, y=(), loss="nn.MSELoss", classes=None)  # fmt: skip


CASES = [
    Case("softmax-before-cross-entropy", "warning", "soft", ("B×10", "softmax of its own"),
         ("Switch “soft” off",), drawing(FLAT, HEAD, SOFTMAX)),
    Case("softmax-before-cross-entropy", "info", "soft", ("B×10", "does nothing"),
         ("Switch “soft” off",), drawing(FLAT, HEAD, LOGARITHM)),
    Case("softmax-before-cross-entropy", "warning", "soft",
         ("axis 1 of B×6×10", "not of the classes"), ("Switch “soft” off",), along_steps(1)),
    Case("softmax-before-cross-entropy", "info", "soft", ("does nothing",), ("Switch “soft” off",),
         along_steps(-1)),
    Case("softmax-before-cross-entropy", "warning", "soft", ("B×10",), ("Switch “soft” off",),
         drawing(FLAT, HEAD, ("soft", "F.softmax", {"dim": 1}), SAME)),
    Case("sigmoid-before-logits-loss", "warning", "sig", ("B×1", "0.5 and 0.73"),
         ("Switch “sig” off", "Use BCELoss instead"), scored(ONE, SIGMOID)),
    Case("sigmoid-before-logits-loss", "warning", "soft", ("B×10", "0.5 and 0.73"),
         ("Switch “soft” off",), scored(HEAD, SOFTMAX, count=10)),
    Case("sigmoid-before-logits-loss", "warning", "sig", ("MultiLabelSoftMarginLoss", "B×10"),
         ("Switch “sig” off", "Use BCELoss instead"),
         scored(HEAD, SIGMOID, count=10, loss="nn.MultiLabelSoftMarginLoss")),
    Case("logits-into-probability-loss", "warning", "loss",
         ("log-probabilities", "raw scores", "B×10"),
         ("Use CrossEntropyLoss instead", "Insert LogSoftmax before it"),
         drawing(FLAT, HEAD, loss="nn.NLLLoss")),
    Case("logits-into-probability-loss", "warning", "loss",
         ("log-probabilities", "gives probabilities"), ("Use LogSoftmax instead",),
         drawing(FLAT, HEAD, SOFTMAX, loss="nn.NLLLoss")),
    Case("logits-into-probability-loss", "warning", "loss",
         ("between 0 and 1", "B×1", "as soon as one lies outside"),
         ("Use BCEWithLogitsLoss instead", "Insert Sigmoid before it"),
         shares(ONE)),
    Case("logits-into-probability-loss", "warning", "loss", ("ReLU “relu” gives raw scores",),
         tuple(f"{way}, and switch “relu” off"
               for way in ("Use BCEWithLogitsLoss instead", "Insert Sigmoid before it")),
         shares(ONE, RELU)),
    Case("logits-into-probability-loss", "error", "loss", ("gives log-probabilities", "stops at"),
         ("Use Sigmoid instead",), shares(HEAD, LOGARITHM, count=10)),
    Case("logits-into-probability-loss", "warning", "cut", ("BCELoss", "“head”", "no gradient"),
         ("Use sigmoid instead",), shares(ONE, CUT)),
    Case("logits-into-probability-loss", "warning", "loss", ("KLDivLoss", "raw scores"),
         ("Insert LogSoftmax before it",), spread(HEAD)),
    Case("logits-into-probability-loss", "warning", "loss", ("KLDivLoss", "gives probabilities"),
         ("Use log_softmax instead",),
         spread(HEAD, ("soft", "torch.softmax", {"dim": 1}))),
    Case("target-stretched", "warning", "loss", ("input B×1", "target B:", "B×B"),
         ("Add an axis of size 1 to target", "Drop the last axis of input"),
         drawing(FLAT, ONE, **NUMBERS)),
    Case("target-stretched", "warning", "loss", ("input B and", "target B×1", "B×B"),
         ("Drop the last axis of target", "Add an axis of size 1 to input"),
         drawing(FLAT, ONE, ("drop", "Tensor.squeeze", {"dim": 1}), y=(B, 1), **NUMBERS)),
    Case("target-stretched", "warning", "loss", ("input B×10", "target B×1", "several predictions"),
         ("Set out_features of “head” to 1",), drawing(FLAT, HEAD, y=(B, 1), **NUMBERS)),
    Case("target-stretched", "warning", "loss", ("input B×1", "target B×4", "several targets"),
         ("Set out_features of “head” to 4",), drawing(FLAT, ONE, y=(B, 4), **NUMBERS)),
    # an axis of size 1 before the batch: each sample still meets its own target
    Case("target-stretched", "info", "loss", ("1×B×1", "target B×1", "its own target"),
         ("Drop axis 0 of input",), drawing(FLAT, ONE, FIRST, y=(B, 1), **NUMBERS)),
    Case("target-stretched", "info", "loss", ("1×B×10", "target B×10", "its own target"),
         ("Drop axis 0 of input",), drawing(FLAT, HEAD, FIRST, y=(B, 10), **NUMBERS)),
    Case("activation-on-logits", "warning", "relu", ("B×10", "negative"), ("Switch “relu” off",),
         drawing(FLAT, HEAD, RELU)),
    Case("activation-on-logits", "warning", "drop", ("B×1", "at random"), ("Switch “drop” off",),
         scored(ONE, DROP)),
    Case("activation-on-logits", "warning", "relu", ("NLLLoss", "negative"), ("Switch “relu” off",),
         drawing(FLAT, HEAD, RELU, LOGARITHM, loss="nn.NLLLoss")),
    Case("activation-on-logits", "warning", "relu", ("BCELoss", "negative"), ("Switch “relu” off",),
         shares(ONE, RELU, SIGMOID)),
    Case("activation-on-logits", "warning", "relu", ("MultiMarginLoss", "B×10"),
         ("Switch “relu” off",), drawing(FLAT, HEAD, RELU, loss="nn.MultiMarginLoss")),
    *[
        Case("activation-on-logits", grade, "bent", ("B×10", *says), ("Switch “bent” off",), drawn)
        for grade, says, drawn in (
            ("warning", ("between 0 and 1", "above 0.23", "above 1.46"),
             drawing(FLAT, HEAD, ("bent", "nn.Sigmoid", {}))),
            ("warning", ("between -1 and 1", "above 0.45", "above 0.80"),
             drawing(FLAT, HEAD, ("bent", "torch.tanh", {}), SAME)),
            ("warning", ("between -1 and 1", "above 0.73", "above 0.31"),
             scored(HEAD, ("bent", "nn.Tanh", {}), count=10)),
            ("warning", ("between -1 and 1",),
             drawing(FLAT, HEAD, ("bent", "nn.Hardtanh", {}), LOGARITHM, loss="nn.NLLLoss")),
            ("warning", ("hardly any negative",), drawing(FLAT, HEAD, ("bent", "nn.GELU", {}))),
            ("warning", ("hardly any negative",), drawing(FLAT, HEAD, ("bent", "F.silu", {}))),
            ("warning", ("no negative ones",), drawing(FLAT, HEAD, ("bent", "F.softplus", {}))),
            ("info", ("negative ones smaller",), drawing(FLAT, HEAD, ("bent", "nn.LeakyReLU", {}))),
            ("info", ("negative ones smaller",), drawing(FLAT, HEAD, ("bent", "nn.ELU", {}))),
        )
    ],
    Case("too-few-classes", "error", "head", ("5 scores", "10 classes", "B×5"),
         ("Set out_features of “head” to 10",), drawing(FLAT, FIVE, ("bent", "nn.LogSigmoid", {}))),
    Case("embedding-range", "error", "table", ("10 rows", "row 64", "B×16"),
         ("Set num_embeddings to 65",), tokens(10)),
    Case("embedding-range", "error", "table", ("64 rows", "row 64"),
         ("Set num_embeddings to 65",), tokens(64, spec="nn.EmbeddingBag")),
    Case("batch-dependence", "warning", "squeeze", ("Without dim", "axis B", "B×1×24"),
         ("Set dim to 1",), squeezed()),
    Case("batch-dependence", "warning", "squeeze", ("With dim 0", "axis B", "B×1×24"),
         ("Set dim to 1",), squeezed(dim=0)),
    Case("batch-dependence", "warning", "squeeze", ("With dim (0, 1)", "axis B"),
         ("Set dim to 1",), squeezed(dim=(0, 1))),
    *[
        Case("softmax-without-dim", "warning", "soft", ("not told", shown, guess), fixes, drawn)
        for shown, guess, fixes, drawn in (
            ("B×3072", "axis 1.", ("Set dim to 1",),
             drawing(FLAT, ("soft", "nn.Softmax", {}), HEAD)),
            ("B×10", "axis 1.", ("Set dim to 1",),
             drawing(FLAT, HEAD, ("soft", "F.log_softmax", {}), loss="nn.NLLLoss")),
            ("B×3×32×32", "axis 1.", ("Set dim to 1", "Set dim to -1"),
             drawing(("soft", "F.softmax", {}), FLAT, HEAD)),
            ("B×16×24", "axis 0, which is the batch.", ("Set dim to -1",),
             drawing(("soft", "nn.LogSoftmax", {}), FLAT, HEAD, x=SEQUENCE)),
        )
    ],
]  # fmt: skip
NEAR: list[Near] = [
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD)),
    # inside the network, as in an attention
    ("softmax-before-cross-entropy", drawing(FLAT, SOFTMAX, HEAD)),
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD, SOFTMAX, y=(B, 10), **NUMBERS)),
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    (
        "softmax-before-cross-entropy",
        drawing(FLAT, HEAD, ("bent", "nn.Softplus", {})),
        "activation-on-logits",
    ),
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD, ("sharp", "op.mul", {"other": 2.0}))),
    ("sigmoid-before-logits-loss", scored(SIGMOID, ONE)),
    ("sigmoid-before-logits-loss", shares(ONE, SIGMOID)),
    ("sigmoid-before-logits-loss", scored(ONE, ("t", "nn.Tanh", {})), "activation-on-logits"),
    ("sigmoid-before-logits-loss", scored(ONE, ("t", "nn.LogSigmoid", {})), "activation-on-logits"),
    ("sigmoid-before-logits-loss", drawing(FLAT, ONE, SIGMOID, y=(B, 1), **NUMBERS)),
    (
        "sigmoid-before-logits-loss",
        drawing(FLAT, HEAD, ("gate", "nn.SiLU", {})),
        "activation-on-logits",
    ),
    ("logits-into-probability-loss", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    (
        "logits-into-probability-loss",
        drawing(FLAT, HEAD, SOFTMAX, ("log", "torch.log", {}), loss="nn.NLLLoss"),
    ),
    ("logits-into-probability-loss", shares(ONE, SIGMOID)),
    ("logits-into-probability-loss", shares(ONE, SIGMOID, CUT)),
    ("logits-into-probability-loss", shares(HEAD, SOFTMAX, count=10)),
    ("logits-into-probability-loss", drawing(FLAT, HEAD)),
    ("logits-into-probability-loss", spread(HEAD, LOGARITHM)),
    (
        "logits-into-probability-loss",
        spread(HEAD, SOFTMAX, ("log", "torch.log", {})),
    ),
    ("target-stretched", drawing(FLAT, ONE, y=(B, 1), **NUMBERS)),
    ("target-stretched", drawing(FLAT, HEAD, y=(B, 10), **NUMBERS)),
    ("target-stretched", drawing(FLAT, ONE, ("drop", "Tensor.squeeze", {"dim": 1}), **NUMBERS)),
    ("target-stretched", drawing(FLAT, ONE, ("mean", "torch.mean", {}), y=(), **NUMBERS)),
    ("target-stretched", against_constant()),
    ("target-stretched", drawing(FLAT, HEAD)),  # a row of scores for one label
    ("target-stretched", summed()),
    ("activation-on-logits", drawing(FLAT, RELU, HEAD)),
    ("activation-on-logits", drawing(FLAT, ONE, RELU, y=(B, 1), **NUMBERS)),
    ("activation-on-logits", drawing(FLAT, DROP, HEAD)),
    ("activation-on-logits", drawing(FLAT, HEAD, ("bent", "nn.LogSigmoid", {}))),
    # bounds that are meant: scores are held between -30 and 30
    (
        "activation-on-logits",
        drawing(FLAT, HEAD, ("t", "nn.Tanh", {}), ("wide", "op.mul", {"other": 30.0})),
    ),
    (
        "activation-on-logits",
        drawing(FLAT, HEAD, ("t", "nn.Hardtanh", {"min_val": -20.0, "max_val": 20.0})),
    ),
    ("activation-on-logits", drawing(FLAT, ("t", "nn.Tanh", {}), HEAD)),
    ("activation-on-logits", drawing(FLAT, ONE, ("t", "nn.Tanh", {}), y=(B, 1), **NUMBERS)),
    ("activation-on-logits", shares(ONE, SIGMOID)),
    ("activation-on-logits", scored(ONE, SIGMOID), "sigmoid-before-logits-loss"),  # another lint's
    ("activation-on-logits", drawing(FLAT, RELU, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    # counts, which are never negative
    (
        "activation-on-logits",
        drawing(FLAT, ONE, RELU, loss="nn.PoissonNLLLoss", classes=None, y=(B, 1)),
        "target-range",
    ),
    # scores of pixels, of which the mean is taken after the ReLU
    (
        "activation-on-logits",
        drawing(
            ("conv", "nn.Conv2d", {"out_channels": 10, "kernel_size": 3}),
            RELU,
            ("pool", "nn.AdaptiveAvgPool2d", {"output_size": 1}),
            FLAT,
        ),
    ),
    ("too-few-classes", drawing(FLAT, ("head", "nn.Linear", {"out_features": 12}))),
    ("too-few-classes", drawing(FLAT, FIVE, classes=5)),
    ("too-few-classes", drawing(FLAT, FIVE, y=(B, 5), **NUMBERS)),
    (
        "too-few-classes",
        drawing(FLAT, FIVE, y=(B, 5), classes=None),
        "target-range",
    ),  # shares, no labels
    ("too-few-classes", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    ("too-few-classes", drawing(FLAT, FIVE, classes=None, y_dtype="int64")),
    ("embedding-range", tokens(65)),
    ("embedding-range", tokens(66)),
    ("embedding-range", tokens(65, spec="nn.EmbeddingBag")),
    ("embedding-range", tokens(10, classes=None)),
    (
        "embedding-range",
        drawing(
            ("rest", "op.mod", {"other": 4}),
            ("table", "nn.Embedding", {"num_embeddings": 4, "embedding_dim": 4}),
            FLAT,
            HEAD,
            x=(B, 16),
            x_dtype="int64",
        ),
    ),
    ("batch-dependence", squeezed(dim=1)),
    ("batch-dependence", squeezed(dim=-2)),
    ("batch-dependence", squeezed(dim=(1,))),
    ("batch-dependence", squeezed((B, 1, 24, 1), dim=(1, -1))),
    # sizes that are written down
    (
        "batch-dependence",
        drawing(("cut", "Tensor.squeeze", {}), HEAD, x=(16, 1, 24), y=(16, 10), **NUMBERS),
    ),
    (
        "batch-dependence",
        drawing(("up", "Tensor.unsqueeze", {"dim": 0}), HEAD, x=(4, 24), y=(1, 4, 10), **NUMBERS),
    ),
    ("softmax-without-dim", drawing(FLAT, SOFTMAX, HEAD)),
    (
        "softmax-without-dim",
        drawing(("soft", "nn.Softmax", {"dim": 0}), FLAT, HEAD),
        "softmax-over-batch",
    ),
    ("softmax-without-dim", drawing(FLAT, ("soft", "F.softmax", {"dim": -1}), HEAD)),
    ("softmax-without-dim", drawing(("soft", "nn.Softmax2d", {}), FLAT, HEAD)),
    ("softmax-without-dim", drawing(FLAT, ("soft", "nn.Softmax", {"dim": Expr("2 - 1")}), HEAD)),
    (
        "softmax-without-dim",
        drawing(
            FLAT,
            ("wide", "Tensor.to", {"dtype": Name("float64")}),
            ("soft", "torch.softmax", {"dim": 1}),
            ("float", "Tensor.float", {}),
            HEAD,
        ),
    ),
]
