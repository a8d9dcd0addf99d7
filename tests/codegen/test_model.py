"""The form of model.py: what a person would have written, and what linters accept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from codegen.model import ModelText, write_model
from codegen.source_map import lines_of, node_of
from codegen.state_names import parameter_names
from codegen.written import CannotWrite
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Diagnostic, TensorType, Verdict
from graph_editor.document.files import load
from graph_editor.document.model import (
    Address,
    Expr,
    FrozenMap,
    NodeId,
    Project,
    Repeat,
    RuleId,
    Weights,
)
from tests.codegen.drawings import Drawing
from tests.codegen.probe import verdict_of
from tests.codegen.sameness import sample
from tests.codegen.test_differential import FILES

DIGITS = '''# Written by Netwright from "Digits CNN". It needs only PyTorch; edit it freely.
"""DigitsCNN, a neural network."""

import torch
from torch import nn


class DigitsCNN(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.dropout = nn.Dropout(0.25)
        self.head = nn.Linear(256, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.features(image)
        x = self.dropout(x.flatten(1))
        return self.head(x)  # (B, 10)
'''


def digits(prefix: str = "") -> Project:
    """Return a small classifier whose ids begin with prefix."""

    def i(text: str) -> str:
        return prefix + text

    main = Drawing().add(i("a"), "io.input", shape=["=B", 1, 8, 8], _name="image")
    main.add(i("c"), "nn.Conv2d", i("a"), in_channels=1, out_channels=16, kernel_size=3, padding=1)
    main.add(i("b"), "nn.BatchNorm2d", i("c"), num_features=16).add(i("r"), "nn.ReLU", i("b"))
    main.add(i("p"), "nn.MaxPool2d", i("r"), kernel_size=2)
    main.add(i("f"), "Tensor.flatten", i("p"), start_dim=1)
    main.add(i("d"), "nn.Dropout", i("f"), p=0.25, _name="dropout")
    main.add(i("h"), "nn.Linear", i("d"), in_features=256, out_features=10, _name="head")
    return main.add(i("o"), "io.output", i("h"), _name="logits").project("Digits CNN")


def written(project: Project, **types: TensorType) -> ModelText:
    verdict = Verdict(
        types=FrozenMap({k.replace("_output", ".output"): t for k, t in types.items()})
    )
    return write_model(project, specs_of(project), verdict)


def test_the_text_is_what_one_would_write() -> None:
    logits = TensorType(("B", 10))
    text = written(digits(), a_output=TensorType(("B", 1, 8, 8)), h_output=logits, o_output=logits)
    assert text.source.text == DIGITS
    assert text.inputs == (("image", "a"),)
    assert text.outputs == (("logits", "o"),)
    assert text.paths[NodeId("b")] == "features[1]"


def test_ids_do_not_matter() -> None:
    assert written(digits()).source.text == written(digits("zz_")).source.text


def test_lines_and_nodes_find_each_other() -> None:
    text = written(digits())
    (line,) = lines_of(text.source, "b")
    assert "BatchNorm2d" in text.source.text.splitlines()[line - 1]
    assert node_of(text.source, line) == "b"
    assert node_of(text.source, 1) is None
    assert len(text.source.lines) == len(text.source.text.splitlines())


def test_default_arguments_are_left_out() -> None:
    main = Drawing().add("a", "io.input")
    main.add("l", "nn.Linear", "a", in_features=4, out_features=4, bias=True)
    main.add("o", "io.output", "l")
    assert "nn.Linear(4, 4)\n" in written(main.project()).source.text


@pytest.mark.parametrize(
    ("fields", "feature"),
    [
        ({"_weights": Weights(start="torchvision:X")}, "weights to start from"),
        ({"_weights": Weights(follows=Address("l"))}, "a shadow"),
        ({"_repeat": Repeat(2, over=FrozenMap({"input": 1}))}, "a repeat over an axis"),
        ({"_when": Expr("epoch > 3")}, "when"),
        ({"_weights": Weights(same_as=NodeId("gone"))}, "gone is gone"),
    ],
)
def test_what_has_no_code_yet_is_refused_by_name(fields: dict[str, object], feature: str) -> None:
    main = Drawing().add("a", "io.input")
    main.add("n", "nn.Linear", "a", in_features=4, out_features=4, **fields)
    project = main.add("o", "io.output", "n").project()
    with pytest.raises(CannotWrite) as refusal:
        written(project)
    assert refusal.value.node == "n"
    assert feature in refusal.value.feature


def test_errors_unknown_things_and_loose_ends_are_refused() -> None:
    trouble = Diagnostic(RuleId("x"), "error", Address("c"), "It does not fit")
    with pytest.raises(CannotWrite, match="It does not fit"):
        write_model(digits(), specs_of(digits()), Verdict(diagnostics=(trouble,)))
    for spec, feature in (("hub.thing", "unknown"), ("op.add", "other is not given")):
        project = Drawing().add("a", "io.input").add("n", spec, "a").add("o", "io.output", "n")
        with pytest.raises(CannotWrite, match=feature):
            written(project.project())
    main = Drawing().add("a", "io.input").add("n", "nn.ReLU", "a")
    with pytest.raises(CannotWrite, match="o: an output for prediction only"):
        written(main.add("o", "io.output", "n", use="predict").project())
    loose = Drawing().add("n", "nn.ReLU").add("o", "io.output", "n").project()
    with pytest.raises(CannotWrite, match="n: input is not given"):
        written(loose)


def model_texts(folder: Path) -> list[Path]:
    """Write model.py of every sample project that can be written, each under a name of its own."""
    paths = []
    for index, path in enumerate(FILES):
        project = load(path).project
        text = write_model(project, specs_of(project), verdict_of(project, sample(project, 2)))
        paths.append(folder / f"model_{index}_{path.stem}.py")
        paths[-1].write_text(text.source.text, encoding="utf-8")
    return paths


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing_to_change_or_to_blame(tmp_path: Path) -> None:
    paths = model_texts(tmp_path)
    assert len(paths) > 20
    form = tool("ruff", "format", "--isolated", "--line-length", "100", "--diff", str(tmp_path))
    assert form.returncode == 0, form.stdout
    rules = "E,F,I,UP,B,SIM,D100,D101"
    blame = tool(
        "ruff", "check", "--isolated", "--select", rules, "--line-length", "100", str(tmp_path)
    )
    assert blame.returncode == 0, blame.stdout


@pytest.mark.slow
def test_mypy_accepts_all(tmp_path: Path) -> None:
    paths = [str(path) for path in model_texts(tmp_path)]
    cache = str(tmp_path / "cache")
    found = tool("mypy", "--strict", "--no-warn-return-any", "--cache-dir", cache, *paths)
    assert found.returncode == 0, found.stdout


CASES: tuple[tuple[str, dict[str, object]], ...] = (
    ("nn.Linear", {"in_features": 3, "out_features": 4}),
    ("nn.Linear", {"in_features": 3, "out_features": 4, "bias": False}),
    ("nn.Conv2d", {"in_channels": 2, "out_channels": 4, "kernel_size": 3}),
    ("nn.ConvTranspose1d", {"in_channels": 2, "out_channels": 4, "kernel_size": 3, "bias": False}),
    ("nn.BatchNorm2d", {"num_features": 4}),
    ("nn.BatchNorm1d", {"num_features": 4, "affine": False}),
    ("nn.InstanceNorm2d", {"num_features": 4}),
    ("nn.InstanceNorm2d", {"num_features": 4, "affine": True, "track_running_stats": True}),
    ("nn.LayerNorm", {"normalized_shape": 4}),
    ("nn.LayerNorm", {"normalized_shape": 4, "elementwise_affine": False}),
    ("nn.LayerNorm", {"normalized_shape": 4, "bias": False}),
    ("nn.GroupNorm", {"num_groups": 2, "num_channels": 4}),
    ("nn.RMSNorm", {"normalized_shape": 4}),
    ("nn.Embedding", {"num_embeddings": 3, "embedding_dim": 2}),
    ("nn.EmbeddingBag", {"num_embeddings": 3, "embedding_dim": 2}),
    ("nn.PReLU", {}),
    ("nn.Bilinear", {"in1_features": 2, "in2_features": 2, "out_features": 2}),
    ("nn.LSTM", {"input_size": 3, "hidden_size": 4, "num_layers": 2, "bidirectional": True}),
    ("nn.LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": 2, "bias": False}),
    ("nn.GRU", {"input_size": 3, "hidden_size": 4}),
    ("nn.RNN", {"input_size": 3, "hidden_size": 4}),
    ("nn.LSTMCell", {"input_size": 3, "hidden_size": 4}),
    ("nn.MultiheadAttention", {"embed_dim": 4, "num_heads": 2}),
    ("nn.MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "kdim": 3, "vdim": 2}),
    ("nn.MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "add_bias_kv": True}),
    ("nn.ReLU", {}),
    ("nn.MultiMarginLoss", {"weight": torch.ones(3)}),
    ("nn.BCEWithLogitsLoss", {"pos_weight": torch.ones(3)}),
    ("nn.CrossEntropyLoss", {}),
)  # fmt: skip


@pytest.mark.parametrize(("spec", "args"), CASES, ids=range(len(CASES)))
def test_the_names_of_parameters_are_torchs(spec: str, args: dict[str, object]) -> None:
    found = catalogue().get(spec)
    assert found is not None
    module: nn.Module = getattr(torch.nn, spec.removeprefix("nn."))(**args)
    assert set(parameter_names(found, args)) == set(module.state_dict())
