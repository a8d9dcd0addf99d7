"""Drawings whose labels or indices go past the last one that there is."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, FrozenMap, Node, NodeId, Project, Slice
from tests.checking.drawings import FLAT, B, Layer, drawing, with_node
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


def asked(number: Arg, rows: int, classes: int = 20, spec: str = "nn.Embedding") -> Project:
    """Return a drawing that looks words up in a table, after their numbers were moved."""
    return behind(("shift", "op.add", {"other": number}), rows=rows, classes=classes, spec=spec)


def behind(
    *layers: Layer, rows: int, classes: int = 20, spec: str = "nn.Embedding"
) -> Project:  # fmt: skip
    """Return a drawing that looks words up in a table, behind some operations."""
    made = drawing(
        *layers,
        ("table", spec, {"num_embeddings": rows, "embedding_dim": 8}),
        ("flat", "nn.Flatten", {}),
        FIVE,
        x=(B, 6),
        x_dtype="int64",
        classes=5,
    )
    data = made.main.graph.nodes[NodeId("data")].args
    counted: dict[str, Arg] = {"x": classes, "y": 5}
    told = data.set("classes", FrozenMap(counted)).without("dtypes")
    return with_node(made, "data", args=told)


def counted(spec: str, number: Arg, whole: bool = True) -> Project:
    """Return a drawing in which an operator takes labels, whole or as floats, and a number."""
    kind = "Tensor.long" if whole else "Tensor.float"
    return drawing(
        ("kind", kind, {}), ("sum", spec, {"other": number}), ("float", "Tensor.float", {}), FIVE,
        x=(B, 6), x_dtype="int64", classes=5,
    )  # fmt: skip


def chances(*layers: Layer) -> Project:
    """Return a drawing that draws 0 or 1, by chances that layers make of noise."""
    return drawing(*layers, ("drawn", "torch.bernoulli", {}), FIVE, x=(B, 6), classes=5)


def variance(*layers: Layer) -> Project:
    """Return a drawing whose loss gets a variance from layers of its own."""
    made = drawing(("mean", "nn.Linear", {"out_features": 1}), x=(B, 6), y=(B, 1),
                   loss="nn.GaussianNLLLoss", classes=None)  # fmt: skip
    nodes: dict[str, Node] = {}
    wires, before = {}, "x"
    for name, spec, args in (*layers, ("given", "io.output", {})):
        nodes[name] = Node(spec, args=FrozenMap(args))
        wires[f"{name}.input"] = f"{before}.output"
        before = name
    return more(made, nodes, {**wires, "loss.var": "given.output"})


def cut(most: int) -> Layer:
    """Return the operation that lets words go up to a number."""
    return ("cut", "torch.clamp", {"max": most})


def padded(value: float) -> Layer:
    """Return the operation that puts a word in front of each row."""
    return ("cut", "F.pad", {"pad": (1, 0), "value": value})


def rest(spec: str, number: int) -> Layer:
    """Return an operation on words and a number."""
    return ("cut", spec, {"other": number})


def masked(asks: str, number: int, value: int, rows: int) -> Project:
    """Return a drawing in which a number stands in the place of the words that are asked for."""
    made = behind(("cut", "Tensor.masked_fill", {"value": value}), rows=rows)
    node = Node(asks, args=FrozenMap({"other": number}))
    return more(made, {"seen": node}, {"seen.input": "x.output", "cut.mask": "seen.output"})


def places(rows: int) -> Project:
    """Return a drawing that looks up how many words there are up to each one."""
    return behind(
        ("seen", "op.ne", {"other": 0}), ("cut", "torch.cumsum", {"dim": 1}), rows=rows
    )  # fmt: skip


def chosen(classes: int, dim: int, order: bool = False) -> Project:
    """Return a drawing that takes one of five numbers of each sample, as labels or chance say."""
    wide = ("wide", "nn.Linear", {"out_features": 5})
    last = (("act", "nn.ReLU", {}), ("head", "nn.Linear", {"out_features": classes}))
    made = drawing(FLAT, wide, ("picked", "torch.gather", {"dim": dim}), *last, classes=classes)
    nodes = {"column": Node("Tensor.unsqueeze", args=FrozenMap({"dim": 1}))}
    wires = {"column.input": "data.y", "picked.index": "column.output"}
    if order:
        nodes = {
            "chance": Node("torch.rand", args=FrozenMap({"size": (Expr("B"), classes)})),
            "sorted": Node("torch.argsort", args=FrozenMap({"dim": 1})),
            "column": Node("op.getitem", args=FrozenMap({"index": (Slice(), Slice(None, 2))})),
        }
        wires = {"sorted.input": "chance.output", "column.input": "sorted.output"}
        wires["picked.index"] = "column.output"
    return more(made, nodes, wires)


WIDTH = ("width", "nn.Linear", {"out_features": 1})
CASES = [
    Case("labels-out-of-range", "error", "shift", ("from 1 to 5", "“loss”", "5 scores", "0 to 4"),
         ("Switch “shift” off", "Subtract 1 from target", "Set out_features of “head” to 6"),
         moved("op.add", 1)),
    Case("labels-out-of-range", "error", "shift", ("from 0 to 8",),
         ("Switch “shift” off", "Set out_features of “head” to 9"), moved("op.mul", 2)),
    Case("labels-out-of-range", "error", "shift", ("MultiMarginLoss",),
         ("Switch “shift” off", "Subtract 1 from target", "Set out_features of “head” to 6"),
         moved("op.add", 1, loss="nn.MultiMarginLoss")),
    Case("index-past-the-end", "error", "table", ("from 0 to 19", "“shift”", "1 to 20"),
         ("Set num_embeddings to 21", "Switch “shift” off"), asked(1, 20)),
    *(Case("index-past-the-end", "error", "table", (f"from 0 to {rows - 1}", "“cut”", f"to {rows}"),
           (f"Set num_embeddings to {rows + 1}", *fixes), behind(layer, rows=rows))
      for layer, rows, fixes in (
        (cut(10), 10, ()), (rest("op.mod", 8), 7, ()), (rest("op.floordiv", 4), 4, ()),
        (padded(20.0), 20, ("Switch “cut” off",)))),
    Case("index-past-the-end", "error", "table", ("from 0 to 49", "0 to 361"),
         ("Set num_embeddings to 362", "Switch “cut” off"), behind(rest("op.pow", 2), rows=50)),
    Case("embedding-range", "error", "cut", ("20 rows", "row -1"), ("Switch “cut” off",),
         behind(padded(-1.0), rows=20)),
    Case("index-past-the-end", "warning", "picked", ("dim is 0", "B×5", "0 to 4"),
         ("Set dim to 1",), chosen(5, 0)),
    Case("index-past-the-end", "warning", "picked", ("dim is 0", "0 to 4"), ("Set dim to 1",),
         chosen(5, 0, order=True)),
    Case("index-past-the-end", "warning", "picked", ("from 0 to 4", "“sorted”", "0 to 6"), (),
         chosen(7, 1, order=True)),
    Case("labels-out-of-range", "error", "shift", ("from 0 to 5", "5 scores"),
         ("Set out_features of “head” to 6",), moved("op.mod", 6, classes=9)),
    Case("labels-out-of-range", "error", "shift", ("from 0 to 5", "5 scores"),
         ("Set out_features of “head” to 6",), moved("op.floordiv", 2, classes=12)),
    Case("impossible-number", "error", "sum", ("whole numbers", "by 0", "B×6"),
         ("Set other to 1",), counted("op.floordiv", 0)),
    Case("impossible-number", "error", "sum", ("by 0",), ("Set other to 1",),
         counted("op.mod", 0)),
    Case("impossible-number", "error", "sum", ("the power -1",), ("Convert input to float32",),
         counted("op.pow", -1)),
    Case("impossible-number", "error", "drawn", ("x of “data”", "normal numbers"),
         ("Make chances of input with a sigmoid",), chances()),
    Case("raw-variance", "warning", "loss", ("Linear “width”", "B×1", "stops"),
         ("Insert Softplus before var", "Insert exp before var"), variance(WIDTH)),
    Case("raw-variance", "warning", "loss", ("Tanh “bent”",), ("Insert Softplus before var",
         "Insert exp before var"), variance(WIDTH, ("bent", "nn.Tanh", {}))),
]  # fmt: skip
NEAR: list[Near] = [
    ("labels-out-of-range", moved("op.add", 1, classes=4)),
    ("labels-out-of-range", moved("op.add", 1, ignore_index=5)),
    ("labels-out-of-range", moved("op.mod", 5, classes=9)),
    ("labels-out-of-range", moved("op.floordiv", 2, classes=10)),
    ("labels-out-of-range", moved("op.sub", 0)),
    ("labels-out-of-range", with_node(moved("op.add", 1), "shift", when=Expr("False"))),
    ("index-past-the-end", asked(1, 21)),
    ("index-past-the-end", asked(0, 20)),
    ("index-past-the-end", asked(2, 21, classes=19)),
    ("index-past-the-end", asked(1, 21, spec="nn.EmbeddingBag")),
    ("index-past-the-end", with_node(asked(1, 20), "shift", when=Expr("False"))),
    *(("index-past-the-end", behind(layer, rows=rows)) for layer, rows in (
        (cut(9), 10), (rest("op.mod", 8), 8), (rest("op.floordiv", 4), 5), (padded(20.0), 21),
        (rest("op.pow", 2), 362))),
    ("index-past-the-end", masked("op.gt", 12, 0, 13)),
    ("index-past-the-end", masked("op.ge", 12, 0, 12)),
    ("index-past-the-end", places(7)),
    *(("index-past-the-end", chosen(5, dim, order)) for dim, order in (
        (1, False), (-1, False), (1, True))),
    ("index-past-the-end", chosen(4, 1, order=True)),
    ("embedding-range", behind(padded(19.0), rows=20)),
    ("impossible-number", counted("op.floordiv", 2)),
    ("impossible-number", counted("op.pow", 2)),
    ("impossible-number", counted("op.pow", -1, whole=False)),
    ("impossible-number", counted("op.mod", 0, whole=False)),
    ("impossible-number", with_node(counted("op.mod", 0), "sum", when=Expr("False"))),
    ("impossible-number", chances(("chance", "nn.Sigmoid", {}))),
    *(("raw-variance", variance(WIDTH, ("bent", spec, {}))) for spec in (
        "nn.Softplus", "torch.exp", "nn.ReLU", "nn.Sigmoid", "torch.square")),
    ("too-few-classes", moved("op.sub", 1, ignore_index=-1)),
    ("too-few-classes", moved("op.add", 0, classes=6, ignore_index=5)),
    ("too-few-classes", with_node(
        drawing(FLAT, FIVE, classes=6), "loss", args=FrozenMap({"ignore_index": 5}))),
]  # fmt: skip
