"""Drawings whose labels, words or scores are picked, moved or joined on their way."""

from __future__ import annotations

from graph_editor.document.model import Arg, FrozenMap, Node, NodeId, Project, Slice
from tests.checking.drawings import FLAT, B, Layer, drawing, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

EVERY = Slice()
BUT_LAST = (EVERY, Slice(None, -1))
HEAD_OF_FIVE: Layer = ("head", "nn.Linear", {"out_features": 5})
SMALL: Arg = 3


def words(*layers: Layer, rows: int = 15, of: str = "", **wires: str) -> Project:
    """Return a drawing that looks up words from 0 to 19, after layers have handed them on."""
    made = drawing(
        *layers,
        ("table", "nn.Embedding", {"num_embeddings": rows, "embedding_dim": 4}),
        FLAT,
        HEAD_OF_FIVE,
        x=(B, 6),
        x_dtype="int64",
        classes=5,
        wires={target.replace("__", "."): source for target, source in wires.items()}
        | ({"table.input": of} if of else {}),
    )
    counts: dict[str, Arg] = {"x": 20, "y": 5}
    data = made.main.graph.nodes[NodeId("data")].args
    told = data.set("classes", FrozenMap(counts)).without("dtypes")
    return with_node(made, "data", args=told)


def replaced(spec: str, compared: str, number: Arg, **args: Arg) -> Project:
    """Return words of which those that a comparison tells are replaced."""
    port = "condition" if spec == "torch.where" else "mask"
    asked: Layer = ("asked", compared, {"other": number})
    wires = {f"kept__{port}": "asked.output", "kept__input": "x.output"}
    return words(asked, ("kept", spec, args), **wires)


def labels(spec: str, classes: int = 6, **args: Arg) -> Project:
    """Return a drawing of five scores and of several labels a sample, one of which is taken."""
    made = drawing(FLAT, HEAD_OF_FIVE, y=(B, 3), classes=classes)
    taken = {"taken.input": "data.y", "loss.target": "taken.output"}
    return more(made, {"taken": Node(spec, args=FrozenMap(args))}, taken)


def joined(rows: int) -> Project:
    """Return words with as many zeros before them."""
    both: Layer = ("both", "torch.cat", {"dim": 1})
    feeds = {"both__tensors[0]": "start.output", "both__tensors[1]": "x.output"}
    return words(("start", "torch.zeros_like", {}), both, rows=rows, **feeds)


def beside(rows: int) -> Project:
    """Return words beside the same ones, counted from 1."""
    both: Layer = ("both", "torch.cat", {"dim": 1})
    feeds = {"both__tensors[0]": "x.output", "both__tensors[1]": "shift.output"}
    return words(("shift", "op.add", {"other": 1}), both, rows=rows, **feeds)


def answered(*layers: Layer, loss: str = "nn.BCEWithLogitsLoss", width: int = 1) -> Project:
    """Return a drawing that gives one answer of yes or no, the first of those that layers give."""
    head: Layer = ("head", "nn.Linear", {"out_features": width})
    made = drawing(FLAT, head, *layers, loss=loss, classes=2)
    wires = {"told.input": "data.y", "loss.target": "told.output"}
    return more(made, {"told": Node("Tensor.float")}, wires)


def halves(right: str = "nn.Sigmoid") -> Project:
    """Return two answers, each with a curve of its own, that are joined before the loss."""
    one: Layer = ("head", "nn.Linear", {"out_features": 1})
    layers = (FLAT, one, SIG, ("other", "nn.Linear", {"out_features": 1}), ("two", right, {}))
    feeds = {"both.tensors[0]": "sig.output", "both.tensors[1]": "two.output"}
    made = drawing(*layers, ("both", "torch.cat", {"dim": 1}), y=(B, 2), classes=2,
                   loss="nn.BCEWithLogitsLoss",
                   wires={"other.input": "flat.output", **feeds})  # fmt: skip
    wires = {"told.input": "data.y", "loss.target": "told.output"}
    return more(made, {"told": Node("Tensor.float")}, wires)


def steps(*layers: Layer) -> Project:
    """Return a drawing that gives scores of ten classes at each of nine steps."""
    head: Layer = ("head", "nn.Linear", {"out_features": 10})
    return drawing(head, *layers, x=(B, 9, 5))


def pixels(*layers: Layer, loss: str = "nn.CrossEntropyLoss") -> Project:
    """Return a drawing that gives scores for the pixels of a map that is stretched."""
    conv: Layer = ("head", "nn.Conv2d", {"out_channels": 3, "kernel_size": 1})
    return drawing(conv, *layers, x=(B, 3, 8, 8), y=(B, 16, 16), classes=3, loss=loss)


HEAD_OF_TEN: Layer = ("last_head", "nn.Linear", {"out_features": 10})
SIG: Layer = ("sig", "nn.Sigmoid", {})
TO_ONE: Layer = ("first", "op.getitem", {"index": (EVERY, 0)})
LAST: Layer = ("last", "op.getitem", {"index": (EVERY, -1)})
MEAN: Layer = ("mean", "torch.mean", {"dim": 1})
SOFT: Layer = ("soft", "nn.Softmax", {"dim": -1})
SOFT_MAP: Layer = ("soft", "nn.Softmax", {"dim": 1})
TWICE: Layer = ("twice", "nn.Upsample", {"scale_factor": 2.0})
CURVED = "sigmoid-before-logits-loss"
SQUASHED = "softmax-before-cross-entropy"
BENT = "activation-on-logits"
OFF = ("Switch “soft” off",)
FIFTEEN = ("15 rows", "row 19")
MORE = ("Set num_embeddings to 20",)
PICKED: tuple[Layer, ...] = (
    ("cut", "op.getitem", {"index": BUT_LAST}),
    ("cut", "torch.flip", {"dims": (1,)}),
    ("cut", "torch.roll", {"shifts": 1, "dims": 1}),
    ("cut", "torch.amax", {"dim": 1, "keepdim": True}),
)
CASES = [
    *(Case("embedding-range", "error", "table", FIFTEEN, MORE, words(cut)) for cut in PICKED),
    Case("embedding-range", "error", "table", FIFTEEN, MORE, joined(15)),
    Case("embedding-range", "error", "table", FIFTEEN, MORE,
         words(("parts", "torch.chunk", {"chunks": 2, "dim": 1}), of="parts.chunks[1]")),
    Case("embedding-range", "error", "table", FIFTEEN, MORE,
         words(("values", "torch.sort", {"dim": 1}), of="values.values")),
    Case("embedding-range", "error", "table", FIFTEEN, MORE,
         replaced("Tensor.masked_fill", "op.lt", SMALL, value=0)),
    Case("embedding-range", "error", "table", FIFTEEN, MORE,
         replaced("torch.where", "op.gt", SMALL, other=0)),
    *(Case("too-few-classes", "error", "head", ("5 scores", "6 classes"),
           ("Set out_features of “head” to 6",), drawn) for drawn in (
        labels("op.getitem", index=(EVERY, 0)), labels("torch.amax", dim=1))),
    Case("index-past-the-end", "error", "table", ("from 0 to 19", "“shift”", "1 to 20"),
         ("Set num_embeddings to 21", "Switch “shift” off"),
         words(PICKED[0], ("shift", "op.add", {"other": 1}), rows=20)),
    Case("index-past-the-end", "error", "table", ("from 0 to 20", "“shift”"),
         ("Set num_embeddings to 21", "Switch “shift” off"), beside(20)),
    Case(CURVED, "warning", "sig", ("“sig”", "0.5 and 0.73"),
         ("Switch “sig” off", "Use BCELoss instead"), answered(SIG, TO_ONE)),
    Case(CURVED, "warning", "sig", ("“sig”", "0.5 and 0.73"),
         ("Switch “sig” off", "Use BCELoss instead"), answered(SIG, MEAN, width=4)),
    Case(CURVED, "warning", "sig", ("“sig” and “two” before it leave",),
         ("Switch “sig” and “two” off", "Use BCELoss instead"), halves()),
    *(Case(SQUASHED, "warning", "soft", ("softmax of its own", "B×10"), OFF, drawn)
      for drawn in (steps(SOFT, LAST), steps(SOFT, MEAN))),
    Case(SQUASHED, "warning", "soft", ("B×3×16×16",), OFF, pixels(SOFT_MAP, TWICE)),
    *(Case(BENT, "warning", "bent", ("BCEWithLogitsLoss", says), ("Switch “bent” off",), drawn)
      for says, drawn in (
        ("negative", answered(("bent", "nn.ReLU", {}), TO_ONE)),
        ("at random", answered(("bent", "nn.Dropout", {}), TO_ONE)),
        ("above 0.5", answered(("bent", "nn.LogSigmoid", {}), TO_ONE)),
        ("negative", answered(("bent", "torch.clamp", {"min": 0}), TO_ONE)))),
    Case(BENT, "warning", "bent", ("B×3×16×16",), ("Switch “bent” off",),
         pixels(("bent", "nn.ReLU", {}), TWICE)),
]  # fmt: skip
NEAR: list[Near] = [
    ("index-past-the-end", beside(21)),
    *(("embedding-range", words(cut, rows=20)) for cut in PICKED),
    ("embedding-range", joined(20)),
    ("embedding-range", replaced("Tensor.masked_fill", "op.ge", 15, value=0)),
    ("embedding-range", replaced("torch.where", "op.lt", 15, other=0)),
    ("embedding-range", words(("least", "torch.amin", {"dim": 1, "keepdim": True}), rows=20)),
    ("too-few-classes", labels("op.getitem", classes=5, index=(EVERY, 0))),
    (CURVED, answered(SIG, TO_ONE, loss="nn.BCELoss")),
    (CURVED, halves(right="nn.Identity")),
    (CURVED, answered(SIG, ("last", "nn.Linear", {"out_features": 1}), TO_ONE)),
    (SQUASHED, steps(SOFT, LAST, HEAD_OF_TEN)),
    (SQUASHED, steps(("soft", "nn.LogSoftmax", {"dim": -1}), LAST)),
    (SQUASHED, steps(SOFT, MEAN, ("log", "torch.log", {}))),
    (BENT, answered(("bent", "torch.clamp", {"min": -9.0, "max": 9.0}), TO_ONE)),
    (BENT, answered(("bent", "torch.clamp", {"min": -9.0}), TO_ONE)),
    # a mean of what is not negative, as SqueezeNet has it
    (BENT, steps(("bent", "nn.ReLU", {}), MEAN)),
    (BENT, pixels(TWICE, ("last", "nn.Conv2d", {"out_channels": 3, "kernel_size": 1}))),
]
