"""Numbers and switches that are typed, of which ``meta`` takes no notice and processors do."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()
VECTOR = {"x": node("io.input", shape=["=B", 4])}


def agreed(drawing: dict[str, Any], stop: str = "") -> None:
    """Assert that the judge and torch say the same, and stop there."""
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert str(found.verdict.stop or "") == stop, found.text()


def trained(nodes: dict[str, Any], last: str, **args: Any) -> dict[str, Any]:
    """Return a drawing that is trained to make the mean of a node small."""
    step = {"loss": node("torch.mean", last), "o": node("optim.SGD", {"losses[0]": "loss"}, **args)}
    return {**nodes, "y": node("io.output", last), **step}


@pytest.mark.parametrize(
    ("spec", "slope"),
    [("nn.LeakyReLU", "negative_slope"), ("nn.ELU", "alpha"), ("nn.CELU", "alpha")],
)
@pytest.mark.parametrize("value", [-0.5, 0.5])
@pytest.mark.parametrize("inplace", [True, False])
def test_no_gradient_goes_back_through_a_curve_that_falls_and_writes_over(
    spec: str, slope: str, value: float, inplace: bool
) -> None:
    drawing = VECTOR | {
        "w": node("nn.Linear", "x", out_features=4),
        "n": node(spec, "w", inplace=inplace, **{slope: value}),
    }
    agreed(trained(drawing, "n"), "o" if inplace and value < 0 else "")


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("spec", ["nn.Embedding", "nn.EmbeddingBag"])
def test_sparse_gradients_are_not_scaled(spec: str, sparse: bool, scaled: bool) -> None:
    rows = {"num_embeddings": 5, "embedding_dim": 3}
    drawing = {
        "d": node("data.random", ports={"p": ["=B", 4]}, classes={"p": 5}),
        "n": node(spec, "d.p", sparse=sparse, scale_grad_by_freq=scaled, **rows),
    }
    agreed(trained(drawing, "n", lr=0.1), "o" if sparse and scaled else "")


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("clipped", [{"clip_norm": 1.0}, {}])
def test_sparse_gradients_are_not_clipped(sparse: bool, clipped: dict[str, Any]) -> None:
    drawing = {
        "d": node("data.random", ports={"p": ["=B", 4]}, classes={"p": 5}),
        "n": node("nn.Embedding", "d.p", num_embeddings=5, embedding_dim=3, sparse=sparse),
    }
    agreed(trained(drawing, "n", lr=0.1, **clipped), "o" if sparse and clipped else "")


@pytest.mark.parametrize("number", [True, False, 1])
@pytest.mark.parametrize("port", ["input", "other"])
@pytest.mark.parametrize("spec", ["op.sub", "op.add", "op.pow"])
def test_switches_beside_tensors(spec: str, port: str, number: Any) -> None:
    wired, typed = {port: "w"}, {"other" if port == "input" else "input": number}
    drawing = VECTOR | {
        "w": node("nn.Linear", "x", out_features=4),
        "n": node(spec, wired, **typed),
    }
    stop = "n" if spec == "op.sub" and isinstance(number, bool) else ""
    stop = "o" if spec == "op.pow" and port == "other" and isinstance(number, bool) else stop
    agreed(trained(drawing, "n"), stop)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("heads", [(), (2,)])
@pytest.mark.parametrize("learns", [True, False])
def test_attention_takes_two_masks_where_it_goes_the_short_way(
    causal: bool, dropout: float, heads: tuple[int, ...], learns: bool
) -> None:
    mask = node("param.tensor" if learns else "buffer.tensor", shape=[5, 5], init="zeros")
    drawing = {
        "x": node("io.input", shape=["=B", *heads, 5, 4]),
        "w": node("nn.Linear", "x", out_features=4),
        "mask": mask,
        "n": node(
            "F.scaled_dot_product_attention",
            {"query": "w", "key": "w", "value": "w", "attn_mask": "mask"},
            is_causal=causal,
            dropout_p=dropout,
        ),
    }
    refused = causal and (dropout or not heads or learns)
    agreed(trained(drawing, "n", lr=0.1), "n" if refused else "")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "uint8"])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [6, 3])
def test_short_floats_are_not_smoothed(dtype: str, mode: str, size: int) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 2, 6, 6], dtype={"$name": dtype}),
        "n": node("F.interpolate", "x", size=size, mode=mode, antialias=True),
        "y": node("io.output", "n"),
    }
    agreed(drawing, "n" if "16" in dtype and size == 3 else "")


def test_short_floats_of_their_own_size_are_smoothed_forward_alone() -> None:
    drawing = {
        "w": node("param.tensor", shape=[1, 2, 6, 6], init="ones", dtype={"$name": "float16"}),
        "n": node("F.interpolate", "w", size=6, mode="bilinear", antialias=True),
    }
    agreed(trained(drawing, "n"), "o")


NUMBERS = (300, -255, 1.5, 1e5, 1e20, 3.4e38, 1e40, -1e40)
DTYPES = ("uint8", "int64", "float16", "bfloat16", "float32", "float64")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("spec", "args"),
    [
        ("torch.full_like", {"fill_value": None}),
        ("torch.clamp", {"min": None}),
        ("nn.Threshold", {"threshold": None, "value": 0}),
        ("nn.Threshold", {"threshold": 0, "value": None}),
        ("nn.ConstantPad1d", {"value": None, "padding": 1}),
        ("op.setitem", {"value": None, "index": [0]}),
        ("op.pow", {"other": None}),
    ],
)
def test_numbers_that_are_typed_fit_the_dtype(
    spec: str, args: dict[str, Any], dtype: str, number: float
) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4], dtype={"$name": dtype}),
        "n": node(spec, "x", **{k: number if v is None else v for k, v in args.items()}),
        "y": node("io.output", "n"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()


@pytest.mark.parametrize("number", [1e40, 1e20, 7])
@pytest.mark.parametrize("dtype", ["", "float64", "float16"])
def test_numbers_that_fill_a_tensor_fit_its_dtype(dtype: str, number: float) -> None:
    said: dict[str, Any] = {"dtype": {"$name": dtype}} if dtype else {}
    drawing = {
        "n": node("torch.full", size=[2], fill_value=number, **said),
        "y": node("io.output", "n"),
    }
    large = number > {"": 1e39, "float16": 1e5}.get(dtype, number)
    agreed(drawing, "n" if large else "")


@pytest.mark.parametrize("bounds", [{"min": True}, {"min": False, "max": 2}, {"max": 1}])
def test_truth_values_are_bounded_by_numbers(bounds: dict[str, Any]) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4], dtype={"$name": "bool"}),
        "n": node("torch.clamp", "x", **bounds),
        "y": node("io.output", "n"),
    }
    agreed(drawing, "n" if bounds == {"min": True} else "")
