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
]  # fmt: skip
NEAR: list[Near] = [
    *(("embedding-range", words(cut, rows=20)) for cut in PICKED),
    ("embedding-range", joined(20)),
    ("embedding-range", replaced("Tensor.masked_fill", "op.ge", 15, value=0)),
    ("embedding-range", replaced("torch.where", "op.lt", 15, other=0)),
    ("embedding-range", words(("least", "torch.amin", {"dim": 1, "keepdim": True}), rows=20)),
    ("too-few-classes", labels("op.getitem", classes=5, index=(EVERY, 0))),
]
