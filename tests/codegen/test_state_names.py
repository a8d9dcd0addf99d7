"""Tests the table of state_dict keys against torch, for every module of the catalogue."""

import warnings

import pytest
import torch
from torch import nn

from codegen.state_names import parameter_names
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import Repeat
from tests.catalogue.examples import MODULES
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check

MORE = (
    ("nn.Conv2d", {"in_channels": 2, "out_channels": 2, "kernel_size": 1, "bias": False}),
    ("nn.TransformerEncoderLayer", {"d_model": 4, "nhead": 2, "bias": False}),
    ("nn.TransformerEncoderLayer", {"d_model": 4, "nhead": 2, "norm_first": True}),
    ("nn.TransformerDecoderLayer", {"d_model": 4, "nhead": 2, "bias": False}),
    ("nn.Transformer", {"d_model": 4, "nhead": 2, "num_encoder_layers": 2}),
    ("nn.Transformer", {"d_model": 4, "nhead": 2, "num_decoder_layers": 0, "bias": False}),
    ("nn.MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "kdim": 3, "bias": False}),
    ("nn.MultiheadAttention", {"embed_dim": 4, "num_heads": 2, "vdim": 4}),
    ("nn.LinearCrossEntropyLoss", {"in_features": 3, "num_classes": 2, "bias": False}),
    (
        "nn.AdaptiveLogSoftmaxWithLoss",
        {"in_features": 8, "n_classes": 10, "cutoffs": (4, 6), "head_bias": True},
    ),
)


def torch_keys(name: str, args: dict[str, object]) -> list[str]:
    """Return the keys that torch gives a module with these constructor arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch remarks on speed; this is about names
        module: nn.Module = getattr(torch.nn, name.removeprefix("nn."))(**args)
    return list(module.state_dict())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_of_the_catalogue_has_the_keys_that_torch_gives_it(name: str) -> None:
    spec = catalogue().get(name)
    assert spec is not None
    built = {a.name for a in spec.arguments if a.stage == "constructor" and a.style != "pseudo"}
    args = {key: value for key, value in MODULES[name].args.items() if key in built}
    assert parameter_names(spec, args) == torch_keys(name, args)


def test_the_examples_cover_every_module_of_the_catalogue() -> None:
    assert {name for name in catalogue().specs if name.startswith("nn.")} == set(MODULES)


@pytest.mark.parametrize(("name", "args"), MORE, ids=range(len(MORE)))
def test_keys_follow_the_arguments(name: str, args: dict[str, object]) -> None:
    spec = catalogue().get(name)
    assert spec is not None
    assert parameter_names(spec, args) == torch_keys(name, args)


def test_a_repeated_encoder_layer_has_keys_for_every_copy() -> None:
    drawing = Drawing().add("x", "io.input", shape=["=B", "=T", 8])
    drawing.add(
        "e",
        "nn.TransformerEncoderLayer",
        {"src": "x"},
        nhead=2,
        dim_feedforward=8,
        _repeat=Repeat(2),
    )
    drawing.add("y", "io.output", "e")
    text = check(drawing.project())
    assert {key.partition(".")[0] for key in text.state_map} == {"encoder_layer"}
    assert {f"encoder_layer.{i}" for i in (0, 1)} <= {key[:15] for key in text.state_map}
    assert {at for at, _ in text.state_map.values()} == {"e[0]", "e[1]"}
