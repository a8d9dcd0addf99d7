"""Numbers that torch takes as they are, each with its faults and near misses."""

from __future__ import annotations

from graph_editor.document.model import Address, Expr, Repeat, Slice, Weights
from tests.checking.drawings import (
    FLAT,
    HEAD,
    RGB,
    B,
    Layer,
    drawing,
    with_node,
)
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import (
    BODY,
    NARROW,
    RELU,
    SEQUENCE,
    SHORT,
    WEIGHTED,
    WIDE,
    conv,
    dropped,
    inside,
    linears,
    of_labels,
    of_texts,
    padded_behind,
    pixels,
    rated,
    read_weight,
    skipped,
    trained_apart,
    two_losses,
)

FIRST: Layer = ("a", "nn.Linear", {"out_features": 32})
SAME: Layer = ("same", "nn.Linear", {"out_features": 64})
SECOND: Layer = ("b", "nn.Linear", {"out_features": 20})
NORM: Layer = ("norm", "nn.BatchNorm1d", {})
GRU: Layer = ("gru", "nn.GRU", {"hidden_size": 32, "batch_first": True})
LAST: Layer = ("last", "op.getitem", {"index": (Slice(None, None, None), -1)})
MAPS: Layer = ("maps", "nn.Conv2d", {"out_channels": 32, "kernel_size": 3})
POOL: Layer = ("pool", "nn.AdaptiveAvgPool2d", {"output_size": 1})
TRANSPOSED: Layer = ("up", "nn.ConvTranspose1d", {"out_channels": 6, "kernel_size": 2})
THERE = (Address("."),)
CASES = [
    Case("bias-before-norm", "info", "conv", ("8 numbers", "BatchNorm2d “norm”", "B×8×30×30",
         "bias of its own"), ("Set bias to False",), conv()),
    Case("bias-before-norm", "info", "conv", ("InstanceNorm2d", "with it."),
         ("Set bias to False",), conv("nn.InstanceNorm2d")),
    Case("bias-before-norm", "info", "body", ("64 numbers", "BatchNorm1d", "B×64"),
         ("Set bias to False",), linears(("norm", "nn.BatchNorm1d", {}), RELU)),
    Case("bias-before-norm", "info", "up", ("6 numbers", "B×6×25"), ("Set bias to False",),
         drawing(TRANSPOSED, ("norm", "nn.BatchNorm1d", {"affine": False}), FLAT, HEAD,
                 x=SEQUENCE)),
    Case("bias-before-norm", "info", "stage0/a", ("16 numbers", "“a”", "“b”"),
         ("Set bias to False",),
         inside(("a", "nn.Linear", {"out_features": 16}), ("b", "nn.BatchNorm1d", {}))),
    Case("linear-after-linear", "info", "head", ("“body” (3072 to 64)", "“head” (64 to 10)",
         "from 3072 to 10"), ("Insert a ReLU before “head”",), linears()),
    Case("linear-after-linear", "info", "head", ("(24 to 64)", "(64 to 10)"),
         ("Insert a ReLU before “head”",),
         drawing(BODY, HEAD, x=(B, 24))),
    Case("linear-after-linear", "info", "stage0/b", ("(32 to 20)", "from 3072 to 20"),
         ("Insert a ReLU before “b”",), inside(FIRST, SECOND)),
    *[
        Case("dropout-percent", "warning", "drop", (f"{name} of", " is 1", "only zeros"), (fix,),
             dropped(spec, **{name: 1, **args}))
        for spec, name, fix, args in (
            ("nn.Dropout", "p", "Set p to 0.5", {}),
            ("nn.Dropout1d", "p", "Set p to 0.5", {}),
            ("nn.Dropout2d", "p", "Set p to 0.5", {}),
            ("nn.Dropout3d", "p", "Set p to 0.5", {}),
            ("nn.AlphaDropout", "p", "Set p to 0.5", {}),
            ("nn.FeatureAlphaDropout", "p", "Set p to 0.5", {}),
            ("F.dropout", "p", "Set p to 0.5", {}),
            ("nn.LSTM", "dropout", "Set dropout to 0.0", {"num_layers": 2}),
            ("nn.GRU", "dropout", "Set dropout to 0.0", {"num_layers": 2}),
            ("nn.RNN", "dropout", "Set dropout to 0.0", {"num_layers": 2}),
            ("nn.MultiheadAttention", "dropout", "Set dropout to 0.0", {}),
            ("nn.TransformerEncoderLayer", "dropout", "Set dropout to 0.1", {}),
            ("nn.TransformerDecoderLayer", "dropout", "Set dropout to 0.1", {}),
            ("nn.Transformer", "dropout", "Set dropout to 0.1", {}),
            ("F.scaled_dot_product_attention", "dropout_p", "Set dropout_p to 0.0", {}),
        )
    ],
    Case("dropout-percent", "info", "drop", ("0.9,", "0.1 of the values"), ("Set p to 0.1",),
         dropped("nn.Dropout", p=0.9)),
    Case("dropout-percent", "info", "drop", ("0.95,", "0.05 of the values"),
         ("Set dropout to 0.05",), dropped("nn.LSTM", num_layers=2, dropout=0.95)),
    *[
        Case("learning-rate", "warning", node, says, fixes, drawn)
        for node, says, fixes, drawn in (
            ("adam", ("lr of AdamW “adam” is 3:", "beyond 0.1", "with 0.001"),
             ("Set lr to 0.001",), rated("AdamW", lr=3)),
            ("adam", ("Adam ", "1e-09", "small steps"), ("Set lr to 0.001",),
             rated("Adam", lr=1e-9)),
            ("adam", ("is 0.0:", "no step"), ("Set lr to 0.001",), rated("SGD", lr=0.0)),
            ("adam", ("is 200.0:", "beyond 100"), ("Set lr to 0.001",), rated("SGD", lr=200.0)),
            ("adam", ("is 30.0:", "beyond 5 "), ("Set lr to 0.001",),
             rated("SGD", lr=30.0, momentum=0.9)),
            ("adam", ("is 10.0:", "beyond 5 "), ("Set lr to 0.001",),
             rated("SGD", "CosineAnnealingLR", of={"T_max": 10}, lr=10.0, momentum=0.9)),
            ("adam", ("beyond 2 ", "0.01"), ("Set lr to 0.01",), rated("Adagrad", lr=5.0)),
            ("adam", ("beyond 1 ", "0.01"), ("Set lr to 0.01",), rated("Adafactor", lr=50.0)),
            ("adam", ("is 5.0",), (), rated("AdamW", lr=Expr("10 / 2"))),
            ("adam", ("beyond 0.1",), ("Set lr to 0.002",),
             rated("Adamax", "CosineAnnealingLR", of={"T_max": 10}, lr=1.0)),
            ("adam", ("no step",), ("Set lr to 0.001",),
             rated("SGD", "StepLR", of={"step_size": 3}, lr=0)),
            ("plan", ("max_lr of OneCycleLR “plan” is 2.0", "beyond 0.1", "AdamW", "0.001"),
             ("Set max_lr to 0.01",),
             rated("AdamW", "OneCycleLR", of={"max_lr": 2.0, "total_steps": 5_000})),
        )
    ],
    Case("more-classes-than-labels", "info", "head", ("25 scores", "B×25", "10 classes", "15 of"),
         ("Set out_features to 10",), drawing(FLAT, WIDE)),
    Case("more-classes-than-labels", "info", "head", ("25 scores",), ("Set out_features to 10",),
         drawing(FLAT, WIDE, ("soft", "nn.LogSoftmax", {"dim": 1}), loss="nn.NLLLoss")),
    Case("more-classes-than-labels", "info", "last",
         ("gets 32 numbers", "B×32", "getitem “last”", "10 classes", "from 32 numbers to 10"),
         ("Insert a Linear(32, 10)",), drawing(GRU, LAST, x=SEQUENCE)),
    Case("more-classes-than-labels", "info", "pool", ("AdaptiveAvgPool2d “pool”",),
         ("Insert a Linear(32, 10)",), drawing(MAPS, POOL, FLAT, x=RGB)),
    Case("more-classes-than-labels", "info", "head", ("20 scores", "12 classes", "8 of"),
         ("Set out_features to 12",), two_losses(12, 7)),
    Case("embedding-padding", "warning", "table", ("takes 5 for", "64 classes", "“data”"),
         ("Set padding_idx to None",), of_texts(padding_idx=5)),
    *[
        Case("embedding-padding", "warning", "table", (f"takes {row} for", "10 classes", "“data”"),
             ("Set padding_idx to None",), of_labels(padding_idx=said))
        for said, row in ((0, 0), (9, 9), (-1, 9))
    ],
]  # fmt: skip
NEAR: list[Near] = [
    # the bias stays
    ("bias-before-norm", conv(bias=False)),
    ("bias-before-norm", conv("nn.BatchNorm2d", RELU)),
    ("bias-before-norm", conv("nn.LayerNorm")),
    ("bias-before-norm", conv("nn.GroupNorm")),
    ("bias-before-norm", skipped(conv(), "conv", "norm")),
    # the bias lies along another axis than the mean is taken of
    ("bias-before-norm", drawing(BODY, NORM, FLAT, HEAD, x=SEQUENCE)),
    ("bias-before-norm", drawing(BODY, ("norm", "nn.InstanceNorm1d", {}), FLAT, HEAD, x=SEQUENCE)),
    # the bias is not the layer's own affair
    ("bias-before-norm", with_node(conv(), "conv", freeze=(Address("."),))),
    ("bias-before-norm", with_node(conv(), "norm", freeze=(Address("."),))),
    ("bias-before-norm", with_node(conv(), "conv", weights=Weights(start="run:a/model.pt"))),
    ("bias-before-norm", with_node(conv(), "norm", when=Expr("training"))),
    ("bias-before-norm", read_weight(conv(), "conv")),
    ("bias-before-norm", conv(bias=Expr("1 > 0"))),
    ("linear-after-linear", linears(RELU)),
    ("linear-after-linear", linears(("norm", "nn.LayerNorm", {"normalized_shape": 64}))),
    ("linear-after-linear", linears(("drop", "nn.Dropout", {}))),
    # fewer numbers between than before and after: fewer weights, on purpose
    ("linear-after-linear", drawing(FLAT, SHORT, HEAD)),
    ("linear-after-linear", skipped(linears(SAME), "body", "same")),
    ("linear-after-linear", with_node(linears(), "body", freeze=(Address("."),))),
    ("linear-after-linear", with_node(linears(), "head", weights=Weights(start="run:a/model.pt"))),
    ("linear-after-linear", with_node(linears(), "body", repeat=Repeat(1))),
    ("linear-after-linear", read_weight(linears(), "body", "weight")),
    ("linear-after-linear", trained_apart(linears())),
    ("dropout-percent", dropped("nn.Dropout", p=0.5)),
    ("dropout-percent", dropped("nn.Dropout", p=0.0)),
    ("dropout-percent", dropped("nn.Dropout", p=0.89)),
    ("dropout-percent", dropped("nn.LSTM", num_layers=1, dropout=1.0)),
    ("dropout-percent", dropped("F.dropout", p=1.0, training=False)),
    ("dropout-percent", dropped("nn.TransformerEncoderLayer", dropout=0.5)),
    ("dropout-percent", dropped("nn.Dropout", p=Expr("1 / 2"))),
    ("learning-rate", rated("AdamW", lr=0.1)),
    ("learning-rate", rated("AdamW", lr=1e-7)),
    ("learning-rate", rated("SGD", lr=10)),
    ("learning-rate", rated("SGD", lr=30.0)),
    ("learning-rate", rated("Adadelta", lr=1.0)),
    ("learning-rate", rated("Rprop", lr=0.0)),
    ("learning-rate", rated("Adagrad", lr=1.0)),
    ("learning-rate", rated("ASGD", lr=30.0)),
    # as of very large batches
    ("learning-rate", rated("SGD", lr=4.8, momentum=0.9)),
    # schedules that decide for themselves
    (
        "learning-rate",
        rated("Adam", "LambdaLR", of={"lr_lambda": Expr("0.001 / (epoch + 1)")}, lr=1.0),
    ),
    ("learning-rate", rated("AdamW", "OneCycleLR", of={"max_lr": 0.1, "total_steps": 500}, lr=3.0)),
    ("learning-rate", rated("AdamW", "ExponentialLR", of={"gamma": 1.3}, lr=1e-8)),
    ("learning-rate", rated("SGD", "CosineAnnealingLR", of={"T_max": 5, "eta_min": 0.1}, lr=0.0)),
    ("more-classes-than-labels", drawing(FLAT, HEAD)),
    ("more-classes-than-labels", drawing(FLAT, NARROW, classes=5)),
    ("more-classes-than-labels", drawing(FLAT, WIDE, classes=None, y_dtype="int64")),
    ("more-classes-than-labels", with_node(drawing(FLAT, WIDE), "loss", args=WEIGHTED)),
    ("more-classes-than-labels", with_node(drawing(FLAT, BODY, RELU, WIDE), "head", freeze=THERE)),
    ("more-classes-than-labels", pixels(25)),
    # as many features as classes, labels of which nothing is known, and a last layer
    ("more-classes-than-labels", drawing(GRU, LAST, x=SEQUENCE, classes=32)),
    ("more-classes-than-labels", drawing(GRU, LAST, x=SEQUENCE, classes=None, y_dtype="int64")),
    ("more-classes-than-labels", drawing(GRU, LAST, HEAD, x=SEQUENCE)),
    ("more-classes-than-labels", drawing(MAPS, POOL, FLAT, x=RGB, classes=32)),
    ("more-classes-than-labels", two_losses(20, 7)),
    ("more-classes-than-labels", two_losses(12, None)),
    ("more-classes-than-labels", drawing(FLAT, WIDE, y=(B, 25), classes=None), "target-range"),
    ("embedding-padding", of_labels()),
    ("embedding-padding", of_labels(num_embeddings=11, padding_idx=10)),
    ("embedding-padding", of_labels(num_embeddings=11, padding_idx=-1)),
    ("embedding-padding", of_labels("data.random", padding_idx=0)),
    ("embedding-padding", padded_behind(1)),
    ("embedding-padding", of_texts(padding_idx=0)),
    ("embedding-padding", with_node(of_labels(padding_idx=0), "table", freeze=(Address("."),))),
]
