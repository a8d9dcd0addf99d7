"""Every diagnoser through the real judge: what it says, of which node, and that a fix cures."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from graph_editor.checking import diagnosers
from graph_editor.checking.explain import modules_of
from graph_editor.document.model import Expr, FrozenMap, Node, NodeId, Project
from tests.checking.drawings import FLAT, HEAD, B, cured, drawing, errors, judged, one, with_node
from tests.checking.numbered import more
from tests.corpus.broken import corpus

CONV = ("conv", "nn.Conv2d", {"out_channels": 8, "kernel_size": 3})
SEQUENCE = (B, 16, 24)
SWAP = ("swap", "Tensor.transpose", {"dim0": 1, "dim1": 2})
HALF = {"out.input": "head.output", "half.input": "loss.output", "adam.losses[0]": "half.output"}
"""A number of its own between the loss and the optimizer."""
REAL = {"loss": "nn.MSELoss", "classes": None}
"""A regression in place of a classification."""


@dataclass(frozen=True)
class Case:
    """A drawing with one fault, and what has to be said of it."""

    code: str
    node: str
    says: tuple[str, ...]
    """Pieces of the message; the two numbers or shapes that do not fit among them."""
    fixes: tuple[str, ...]
    """Titles of fixes that have to be there, each of which leaves no error."""
    project: Project = field(repr=False)
    argument: str = ""


CASES = [
    Case(
        "linear-in-features",
        "b",
        ("100", "64", "B×64"),
        (
            "Set in_features to 64",
            "Let in_features follow what arrives",
            "Set out_features of “a” to 100",
        ),
        drawing(
            FLAT,
            ("a", "nn.Linear", {"out_features": 64}),
            ("relu", "nn.ReLU", {}),
            ("b", "nn.Linear", {"in_features": 100, "out_features": 10}),
        ),
        "in_features",
    ),
    Case(
        "missing-flatten",
        "head",
        ("B×8×30×30", "7200", "30 values"),
        ("Insert Flatten before it",),
        drawing(CONV, HEAD),
    ),
    Case(
        "missing-flatten",
        "head",
        ("B×8×30×30", "7200"),
        ("Insert Flatten before it",),
        drawing(CONV, ("head", "nn.Linear", {"in_features": 7200, "out_features": 10})),
    ),
    Case(
        "missing-flatten",
        "head",
        ("B×8×30×30", "7200", "in_features is 512"),
        ("Insert Flatten and set in_features to 7200",),
        drawing(CONV, ("head", "nn.Linear", {"in_features": 512, "out_features": 10})),
    ),
    Case(
        "missing-flatten",
        "a",
        ("B×8×30×30", "7200"),
        ("Insert Flatten before it",),
        drawing(CONV, ("a", "nn.Linear", {"out_features": 20}), ("relu", "nn.ReLU", {}), HEAD),
    ),
    Case(
        "flatten-merges-batch",
        "flat",
        ("B×3×32×32", "3072*B", "axis 0"),
        ("Set start_dim to 1", "Use Flatten instead"),
        drawing(("flat", "Tensor.flatten", {}), HEAD),
        "start_dim",
    ),
    Case(
        "conv-in-channels",
        "c",
        ("in_channels", "is 1", "3 channels arrive", "B×3×32×32"),
        ("Set in_channels to 3", "Let in_channels follow what arrives"),
        drawing(
            ("c", "nn.Conv2d", {"in_channels": 1, "out_channels": 4, "kernel_size": 3}), FLAT, HEAD
        ),
        "in_channels",
    ),
    Case(
        "conv-in-channels",
        "c",
        ("is 3", "32 channels", "B×32×32×3"),
        ("Move the channels from the last axis to the second",),
        drawing(
            ("c", "nn.Conv2d", {"in_channels": 3, "out_channels": 4, "kernel_size": 3}),
            FLAT,
            HEAD,
            x=(B, 32, 32, 3),
        ),
        "in_channels",
    ),
    Case(
        "conv-in-channels",
        "up",
        ("is 5", "8 channels", "B×8×30×30"),
        ("Set in_channels to 8", "Set out_channels of “conv” to 5"),
        drawing(
            CONV,
            ("up", "nn.ConvTranspose2d", {"in_channels": 5, "out_channels": 4, "kernel_size": 2}),
            FLAT,
            HEAD,
        ),
        "in_channels",
    ),
    Case(
        "wrong-number-of-axes",
        "norm",
        ("B×C or B×C×L", "4 axes", "B×8×30×30"),
        ("Use BatchNorm2d instead",),
        drawing(CONV, ("norm", "nn.BatchNorm1d", {}), FLAT, HEAD),
    ),
    Case(
        "wrong-number-of-axes",
        "norm",
        ("B×C×H×W", "2 axes", "B×64"),
        ("Use BatchNorm1d instead",),
        drawing(
            FLAT, ("a", "nn.Linear", {"out_features": 64}), ("norm", "nn.BatchNorm2d", {}), HEAD
        ),
    ),
    Case(
        "norm-num-features",
        "norm",
        ("num_features", "is 16", "8 channels", "B×8×30×30"),
        (
            "Set num_features to 8",
            "Let num_features follow what arrives",
            "Set out_channels of “conv” to 16",
        ),
        drawing(CONV, ("norm", "nn.BatchNorm2d", {"num_features": 16}), FLAT, HEAD),
        "num_features",
    ),
    Case(
        "not-divisible",
        "norm",
        ("num_channels", "is 8", "num_groups is 3"),
        ("Set num_groups to 2", "Set num_groups to 4"),
        drawing(CONV, ("norm", "nn.GroupNorm", {"num_groups": 3, "num_channels": 8}), FLAT, HEAD),
        "num_groups",
    ),
    Case(
        "not-divisible",
        "c",
        ("out_channels", "is 10", "groups is 3"),
        ("Set groups to 1", "Set out_channels to 9", "Set out_channels to 12"),
        drawing(
            ("c", "nn.Conv2d", {"out_channels": 10, "kernel_size": 3, "groups": 3}), FLAT, HEAD
        ),
        "groups",
    ),
    Case(
        "kernel-too-large",
        "c",
        ("7×7", "4×4", "B×3×4×4"),
        ("Set padding to 3", "Set kernel_size to 4"),
        drawing(
            ("c", "nn.Conv2d", {"out_channels": 8, "kernel_size": 7}), FLAT, HEAD, x=(B, 3, 4, 4)
        ),
        "kernel_size",
    ),
    Case(
        "kernel-too-large",
        "last",
        ("5×5", "3×3", "B×3×3×3"),
        ("Set kernel_size to 3", "Switch “last” off", "Switch “first” off"),
        drawing(
            ("first", "nn.MaxPool2d", {"kernel_size": 2}),
            ("relu", "nn.ReLU", {}),
            ("last", "nn.MaxPool2d", {"kernel_size": 5}),
            FLAT,
            HEAD,
            x=(B, 3, 6, 6),
        ),
        "kernel_size",
    ),
    Case(
        "flattened-too-early",
        "flat",
        ("B×8×30×30", "B×7200", "B×C×H×W"),
        ("Switch “flat” off", "Lay the rows out as 8×30×30 before “late”"),
        drawing(CONV, FLAT, ("late", *CONV[1:]), ("end", "nn.Flatten", {}), HEAD),
    ),
    Case(
        "wrong-number-of-axes",
        "c",
        ("B×C×H×W", "B×28×28", "3 axes", "B channels"),
        ("Add an axis for one channel: B×1×H×W",),
        drawing(("c", *CONV[1:]), FLAT, HEAD, x=(B, 28, 28)),
    ),
    Case(
        "pool-padding",
        "pool",
        ("padding", "is 2", "kernel_size, which is 2"),
        ("Set padding to 1", "Set padding to 0"),
        drawing(("pool", "nn.MaxPool2d", {"kernel_size": 2, "padding": 2}), FLAT, HEAD),
        "padding",
    ),
    Case(
        "shapes-do-not-broadcast",
        "add",
        ("B×8×32×32", "B×16×32×32", "axis 1", "8 in one", "16 in the other"),
        ("Set out_channels of “a” to 16", "Set out_channels of “b” to 8"),
        drawing(
            ("a", "nn.Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}),
            ("b", "nn.Conv2d", {"out_channels": 16, "kernel_size": 3, "padding": 1}),
            ("add", "op.add", {}),
            FLAT,
            HEAD,
            wires={"add.input": "a.output", "add.other": "b.output"},
        ),
    ),
    Case(
        "joined-sizes-differ",
        "cat",
        ("B×3×32×32", "B×8×30×30", "axis 2", "32 in one", "30 in the other"),
        ("Resize tensors[1] to 32×32",),
        drawing(
            CONV,
            ("cat", "torch.cat", {"dim": 1}),
            FLAT,
            HEAD,
            wires={"cat.tensors[0]": "x.output", "cat.tensors[1]": "conv.output"},
        ),
        "dim",
    ),
    Case(
        "joined-sizes-differ",
        "cat",
        ("B×3072", "B×20", "axis 1", "3072 in one", "20 in the other"),
        ("Set dim to 1",),
        drawing(
            FLAT,
            ("a", "nn.Linear", {"out_features": 20}),
            ("cat", "torch.cat", {}),
            HEAD,
            wires={"cat.tensors[0]": "flat.output", "cat.tensors[1]": "a.output"},
        ),
        "dim",
    ),
    Case(
        "matmul-inner-sizes",
        "scores",
        ("rows of 24", "columns of 16", "B×16×24"),
        ("Swap the last two axes of other",),
        drawing(
            ("q", "nn.Linear", {"out_features": 24}),
            ("scores", "op.matmul", {}),
            FLAT,
            HEAD,
            x=SEQUENCE,
            wires={"scores.input": "q.output", "scores.other": "x.output"},
        ),
    ),
    Case(
        "class-target",
        "loss",
        ("float32", "int64", "B×10", "(B)"),
        ("Let y of “data” be whole numbers from 0 to 9",),
        drawing(FLAT, HEAD, classes=None),
    ),
    Case(
        "class-target",
        "loss",
        ("int32", "int64", "B×10"),
        ("Convert target to int64",),
        drawing(FLAT, HEAD, classes=None, y_dtype="int32"),
    ),
    Case(
        "class-target",
        "loss",
        ("B×10", "B×1 int64"),
        ("Drop axis 1 of target",),
        drawing(FLAT, HEAD, classes=None, y=(B, 1), y_dtype="int64"),
    ),
    Case(
        "class-target",
        "loss",
        ("B×10", "B×1 float32"),
        ("Drop the axis of size 1 and let y of “data” be whole numbers from 0 to 9",),
        drawing(FLAT, HEAD, classes=None, y=(B, 1)),
    ),
    Case(
        "class-target",
        "loss",
        ("B×10", "B×1 int32"),
        ("Drop the axis of size 1 and convert target to int64",),
        drawing(FLAT, HEAD, classes=None, y=(B, 1), y_dtype="int32"),
    ),
    Case(
        "class-target",
        "loss",
        ("B×10", "B×1 float32"),
        ("Use MSELoss instead, and set out_features of “head” to 1",),
        more(
            drawing(FLAT, HEAD, x=(B, 10), classes=None, y=(B, 1)),
            {"data": Node("data.diabetes")},
            {"loss.target": "data.target"},
        ),
    ),
    Case(
        "class-target",
        "loss",
        ("B×10", "B×10 int64"),
        ("Turn one-hot rows into class numbers", "Convert target to float32"),
        drawing(FLAT, HEAD, classes=None, y=(B, 10), y_dtype="int64"),
    ),
    Case(
        "class-target",
        "loss",
        ("B×16×10", "B×16 int64", "B×10"),
        ("Move the classes from the last axis to the second",),
        drawing(HEAD, x=SEQUENCE, y=(B, 16), classes=None, y_dtype="int64"),
    ),
    Case(
        "target-does-not-fit",
        "loss",
        ("B×1", "and B."),
        ("Add an axis of size 1 to target", "Drop the last axis of input"),
        drawing(
            FLAT,
            ("head", "nn.Linear", {"out_features": 1}),
            loss="nn.BCEWithLogitsLoss",
            classes=None,
        ),
    ),
    Case(
        "target-does-not-fit",
        "loss",
        ("int64", "float32", "B×1"),
        ("Convert target to float32",),
        drawing(
            FLAT,
            ("head", "nn.Linear", {"out_features": 1}),
            loss="nn.BCEWithLogitsLoss",
            y=(B, 1),
            classes=None,
            y_dtype="int64",
        ),
    ),
    Case(
        "target-does-not-fit",
        "loss",
        ("B×1", "and B.", "int64"),
        (
            "Add an axis of size 1 to target, and convert target to float32",
            "Drop the last axis of input, and convert target to float32",
        ),
        drawing(
            FLAT,
            ("head", "nn.Linear", {"out_features": 1}),
            loss="nn.BCEWithLogitsLoss",
            classes=2,
            y_dtype="int64",
        ),
    ),
    Case(
        "head-width",
        "head",
        ("B×5", "B×2"),
        ("Set out_features of “head” to 2",),
        drawing(FLAT, ("head", "nn.Linear", {"out_features": 5}), y=(B, 2), **REAL),
    ),
    Case(
        "embedding-dtype",
        "table",
        ("int64", "B×16 float32"),
        ("Convert input to int64",),
        drawing(
            ("float", "Tensor.float", {}),
            ("table", "nn.Embedding", {"num_embeddings": 50, "embedding_dim": 8}),
            FLAT,
            HEAD,
            x=(B, 16),
            x_dtype="int64",
        ),
    ),
    Case(
        "embedding-dtype",
        "table",
        ("int64", "B×16 float32", "normal numbers, negative ones", "0 to 49"),
        ("Let x of “data” be whole numbers from 0 to 49",),
        drawing(
            ("table", "nn.Embedding", {"num_embeddings": 50, "embedding_dim": 8}),
            FLAT,
            HEAD,
            x=(B, 16),
        ),
    ),
    Case(
        "dtype",
        "head",
        ("float32", "float64", "B×3072"),
        ("Convert input to float32",),
        drawing(FLAT, HEAD, x_dtype="float64"),
    ),
    Case(
        "dtype",
        "gelu",
        ("int64", "B×3072"),
        ("Convert input to float32",),
        drawing(FLAT, ("gelu", "nn.GELU", {}), HEAD, x_dtype="int64"),
    ),
    Case(
        "layer-norm-shape",
        "norm",
        ("is 128", "ends in 24", "B×16×24"),
        ("Set normalized_shape to 24", "Let normalized_shape follow what arrives"),
        drawing(("norm", "nn.LayerNorm", {"normalized_shape": 128}), FLAT, HEAD, x=SEQUENCE),
        "normalized_shape",
    ),
    Case(
        "recurrent-input",
        "rnn",
        ("is 28", "24 numbers", "B×16×24"),
        ("Set input_size to 24", "Let input_size follow what arrives"),
        drawing(
            ("rnn", "nn.GRU", {"input_size": 28, "hidden_size": 8, "batch_first": True}),
            FLAT,
            HEAD,
            x=SEQUENCE,
        ),
        "input_size",
    ),
    Case(
        "recurrent-input",
        "rnn",
        ("3 axes", "4 axes", "B×1×28×28"),
        ("Drop axis 1, which has size 1",),
        drawing(
            ("rnn", "nn.LSTM", {"input_size": 28, "hidden_size": 8, "batch_first": True}),
            FLAT,
            HEAD,
            x=(B, 1, 28, 28),
        ),
    ),
    Case(
        "attention-width",
        "mix",
        ("is 32", "rows of 24", "B×16×24"),
        ("Set d_model to 24",),
        drawing(
            ("mix", "nn.TransformerEncoderLayer", {"d_model": 32, "nhead": 4, "batch_first": True}),
            FLAT,
            HEAD,
            x=SEQUENCE,
            wires={"mix.src": "x.output"},
        ),
        "d_model",
    ),
    Case(
        "not-divisible",
        "mix",
        ("24", "5"),
        ("Set num_heads to 4",),
        drawing(
            (
                "mix",
                "nn.MultiheadAttention",
                {"embed_dim": 24, "num_heads": 5, "batch_first": True},
            ),
            FLAT,
            HEAD,
            x=SEQUENCE,
            wires={
                **{f"mix.{port}": "x.output" for port in ("query", "key", "value")},
                "flat.input": "mix.attn_output",
            },
        ),
        "num_heads",
    ),
    Case(
        "reshape-size",
        "flat",
        ("16×3000", "3000 values", "B×3×32×32", "3072"),
        ("Use Flatten instead",),
        drawing(("flat", "Tensor.view", {"args": (16, 3000)}), HEAD),
        "args",
    ),
    Case(
        "view-needs-copy",
        "view",
        ("B×24×16", "swapped"),
        ("Use reshape instead", "Insert a copy (contiguous) before it"),
        drawing(SWAP, ("view", "Tensor.view", {"args": (Expr("B"), -1)}), HEAD, x=SEQUENCE),
    ),
    Case(
        "refused-by-rule",
        "soft",
        ("dim is 3", "2 axes", "×3072"),
        ("Set dim to -1",),
        drawing(FLAT, ("soft", "nn.Softmax", {"dim": 3}), HEAD),
        "dim",
    ),
    Case(
        "class-weights",
        "loss",
        ("weight of CrossEntropyLoss", "9 numbers", "10 classes", "B×10"),
        ("Set weight to None",),
        with_node(drawing(FLAT, HEAD), "loss", args=FrozenMap({"weight": (1.0,) * 9})),
        "weight",
    ),
    Case(
        "class-weights",
        "loss",
        ("pos_weight of BCEWithLogitsLoss", "2 numbers", "10 classes"),
        ("Set pos_weight to None",),
        with_node(
            drawing(FLAT, HEAD, y=(B, 10), loss="nn.BCEWithLogitsLoss", classes=None),
            "loss",
            args=FrozenMap({"pos_weight": (1.0, 2.0)}),
        ),
        "pos_weight",
    ),
    Case(
        "skipped-loss",
        "loss",
        ("In evaluation", "=training", "B×10", "in training scalar"),
        ("Remove when",),
        with_node(drawing(FLAT, HEAD), "loss", when=Expr("training")),
        "when",
    ),
    Case(
        "skipped-loss",
        "loss",
        ("In training", "=False", "B×10"),
        ("Remove when",),
        with_node(drawing(FLAT, HEAD), "loss", when=Expr("False")),
        "when",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code}-{c.says[0]}")
def test_the_fault_is_named_with_its_sizes_on_the_node_that_has_it(case: Case) -> None:
    found = one(judged(case.project), case.code)
    assert found.severity == "error"
    assert found.node == case.node
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert found.argument == case.argument or not case.argument
    assert found.message.endswith(".")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code}-{c.says[0]}")
def test_each_promised_fix_leaves_no_error(case: Case) -> None:
    found = one(judged(case.project), case.code)
    for title in case.fixes:
        assert list(errors(cured(case.project, found, title))) == [], title


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code}-{c.says[0]}")
def test_one_fault_is_one_error(case: Case) -> None:
    assert len(list(errors(judged(case.project)))) == 1


def test_every_diagnoser_is_shown_by_a_case() -> None:
    shown = {case.code for case in CASES} | {case.code for case in corpus()}
    assert {module.CODE for module in modules_of(diagnosers)} <= shown


def test_a_sound_drawing_is_left_in_peace() -> None:
    conv = (CONV[0], CONV[1], {**CONV[2], "bias": False})
    sound = drawing(conv, ("norm", "nn.BatchNorm2d", {}), ("relu", "nn.ReLU", {}), FLAT, HEAD)
    assert judged(sound).diagnostics == ()


def test_a_last_batch_of_one_is_told_before_the_run_stops_there() -> None:
    data = FrozenMap({"batch_size": 4})
    layers = (FLAT, ("a", "nn.Linear", {"out_features": 6}), ("norm", "nn.BatchNorm1d", {}), HEAD)
    short = drawing(*layers, run=data)
    args = short.main.graph.nodes[NodeId("data")].args.merged(
        {"samples": 26, "split": FrozenMap({"train": 0.8, "val": 0.2})}
    )
    short = with_node(short, "data", args=args)
    found = one(judged(short), "batch-of-one")
    assert found.node == "norm"
    assert "1 sample" in found.message
    assert "1×6" in found.message
    assert list(errors(cured(short, found, "Set batch_size to 6"))) == []


def test_a_loss_that_is_no_number_is_not_blamed_on_a_condition_that_holds() -> None:
    kept = {"when": Expr("training"), "args": FrozenMap({"reduction": "none"})}
    (found,) = judged(with_node(drawing(FLAT, HEAD), "loss", **kept)).diagnostics
    assert found.code == "loss-not-scalar"
    assert found.node == "loss"
    assert "gives B, one number for each entry, since its reduction is 'none'" in found.message


def test_a_loss_behind_one_that_is_left_out_is_told_with_both_shapes() -> None:
    drawn = drawing(FLAT, HEAD, ("half", "op.mul", {"other": 0.5}), wires=HALF)
    (found,) = judged(with_node(drawn, "loss", when=Expr("training"))).diagnostics
    assert (found.code, found.node) == ("loss-not-scalar", "adam")
    assert "in evaluation the shape 16×10, and in training scalar" in found.message
