"""The line under a header says what a person would say."""

from __future__ import annotations

import pytest

from graph_editor.canvas.parameter_line import (
    count_text,
    line_text,
    number_text,
    parameter_line,
    value_text,
)
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import (
    Arg,
    At,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Node,
    Slice,
)

SPECS = catalogue()


def said(spec: str, inferred: dict[str, Arg] | None = None, **args: Arg) -> str:
    node = Node(spec, args=FrozenMap(args))
    return line_text(parameter_line(SPECS.get(spec), node, FrozenMap(inferred or {})))


@pytest.mark.parametrize(
    ("line", "spec", "args"),
    [
        ("auto→32 · k3 p1", "nn.Conv2d", {"out_channels": 32, "kernel_size": 3, "padding": 1}),
        (
            "64→128 · k3 s2 p1",
            "nn.Conv2d",
            {"in_channels": 64, "out_channels": 128, "kernel_size": 3, "stride": 2, "padding": 1},
        ),
        ("1→8 · k3×5", "nn.Conv2d", {"in_channels": 1, "out_channels": 8, "kernel_size": (3, 5)}),
        ("1→8 · k3", "nn.Conv2d", {"in_channels": 1, "out_channels": 8, "kernel_size": (3, 3)}),
        ("auto→? · k?", "nn.Conv2d", {}),
        ("512→10", "nn.Linear", {"in_features": 512, "out_features": 10}),
        ("512→10 · no bias", "nn.Linear", {"in_features": 512, "out_features": 10, "bias": False}),
        ("65→32", "nn.Embedding", {"num_embeddings": 65, "embedding_dim": 32}),
        (
            "8→64 · batch first",
            "nn.LSTM",
            {"input_size": 8, "hidden_size": 64, "batch_first": True},
        ),
        ("8→64 · 2 layers", "nn.GRU", {"input_size": 8, "hidden_size": 64, "num_layers": 2}),
        ("256 · 8 heads", "nn.MultiheadAttention", {"embed_dim": 256, "num_heads": 8}),
        ("max(0, x)", "nn.ReLU", {}),
        ("max(0, x)", "nn.ReLU", {"inplace": True}),
        ("dims 1…-1", "Tensor.flatten", {"start_dim": 1}),
        ("dims 0↔1", "Tensor.transpose", {"dim0": 0, "dim1": 1}),
        ("k2", "nn.MaxPool2d", {"kernel_size": 2}),
        ("p 0.5", "nn.Dropout", {}),
        ("p 0.25", "nn.Dropout", {"p": 0.25}),
        ("mean", "nn.CrossEntropyLoss", {}),
        ("mean · smoothing 0.1", "nn.CrossEntropyLoss", {"label_smoothing": 0.1}),
        ("lr 0.001", "optim.AdamW", {}),
        ("lr 0.002 · wd 0.1", "optim.AdamW", {"lr": 0.002, "weight_decay": 0.1}),
        ("T_max epochs", "lr_scheduler.CosineAnnealingLR", {"T_max": Expr("epochs")}),
        ("top-1", "metric.accuracy", {}),
        ("k 5", "metric.top_k_accuracy", {}),
        ("1,797 samples", "data.digits", {}),
        ("dim 0", "torch.cat", {}),
        ("dim ?", "torch.softmax", {}),
        ("a + b", "op.add", {}),
        ("index :, -1", "op.getitem", {"index": (Slice(), -1)}),
        ("float16", "Tensor.to", {"dtype": Name("float16")}),
        ("input", "io.input", {}),
        ("B×1×8×8", "io.input", {"shape": (Expr("B"), 1, 8, 8)}),
        ("output", "io.output", {}),
    ],
)
def test_a_node_says(line: str, spec: str, args: dict[str, Arg]) -> None:
    assert said(spec, **args) == line


def test_inferred_values_take_the_place_of_auto() -> None:
    assert said("nn.Linear", {"in_features": 512}, out_features=10) == "512→10"
    assert said("nn.BatchNorm2d", {"num_features": 16}) == "16"
    assert said("nn.Linear", {"in_features": 512}, in_features=256, out_features=10) == "256→10"


def test_each_value_is_a_piece_of_its_argument() -> None:
    node = Node("nn.Linear", args=FrozenMap({"in_features": 256, "out_features": 10}))
    pieces = parameter_line(SPECS.get("nn.Linear"), node)
    assert [(p.text, p.argument) for p in pieces if p.argument] == [
        ("256", "in_features"),
        ("10", "out_features"),
    ]


def test_a_wanted_argument_is_told_whatever_it_is() -> None:
    node = Node("nn.Conv2d", args=FrozenMap({"out_channels": 8, "kernel_size": 3}))
    spec = SPECS.get("nn.Conv2d")
    assert "s1" in line_text(parameter_line(spec, node, wanted={"stride"}))
    assert "s1" not in line_text(parameter_line(spec, node))


def test_an_unknown_spec_is_said_to_be_unknown() -> None:
    assert line_text(parameter_line(None, Node("nn.Frobnicate"))) == "not known here"


@pytest.mark.parametrize("spec", SPECS.specs.values(), ids=lambda spec: spec.name)
def test_every_spec_has_a_short_line_without_arguments(spec: object) -> None:
    line = line_text(parameter_line(spec, Node(spec.name)))  # type: ignore[arg-type, attr-defined]
    assert line.strip()
    assert len(line) < 60
    assert "Expr(" not in line
    assert "FrozenMap" not in line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("0.002", 0.002),
        ("1e-5", 1e-5),
        ("none", None),
        ("4 * dim", Expr("4 * dim")),
        ("?", Hole()),
        ("a/b", At("a/b")),  # type: ignore[arg-type]  # an address is text
        ("3×5", (3, 5)),
        ("0.9, 0.999", (0.9, 0.999)),
        ("train 0.8, val 0.2", FrozenMap({"train": 0.8, "val": 0.2})),
        ("1:8:2", Slice(1, 8, 2)),
    ],
)
def test_values(text: str, value: Arg) -> None:
    assert value_text(value) == text


def test_long_values_are_cut() -> None:
    assert len(value_text("x" * 100)) < 40
    assert value_text("x" * 100).endswith("…")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("999", 999),
        ("1.00 k", 1000),
        ("4.67 k", 4672),
        ("73.9 k", 73_856),
        ("230 k", 230_144),
        ("1.00 M", 999_999),
        ("21.8 M", 21_797_672),
        ("7.00 B", 7_000_000_000),
    ],
)
def test_counts_have_three_digits(text: str, count: int) -> None:
    assert count_text(count) == text


def test_numbers_are_what_floats_are() -> None:
    assert [number_text(v) for v in (1.0, 0.1 + 0.2, 1e-8, 123456.0)] == [
        "1",
        "0.3",
        "1e-8",
        "123456",
    ]
