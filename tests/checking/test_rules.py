"""Rules speak exactly where the CPU refuses and ``meta`` does not: every dtype, every spec."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch

from app.engine.execute import call, construct
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.rule_table import RULES, check_call
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, Hole

ELEMENTWISE_LOSSES = (
    "L1 MSE BCE KLDiv PoissonNLL BCEWithLogits Huber SmoothL1 SoftMargin HingeEmbedding "
    "MultiLabelSoftMargin"
)
OPERATORS = "add sub mul truediv floordiv pow mod matmul eq ne lt le gt ge and or xor"
DTYPES = (
    "float32 float64 float16 bfloat16 int64 int32 uint8 bool complex64".split()  # noqa: SIM905  # reads as a row
)
Shapes = dict[str, tuple[int, ...]]
Case = tuple[str, dict[str, Arg], Shapes]

ROW, MAP1, MAP2, MAP3 = (2, 4), (2, 4, 8), (2, 4, 8, 8), (2, 4, 8, 8, 8)
MAPS = {1: MAP1, 2: MAP2, 3: MAP3}
PAIR: Shapes = {"input": (4, 4), "other": (4, 4)}


def on_maps(family: str, *variants: dict[str, Arg]) -> Iterator[Case]:
    """Yield the family's 1d, 2d and 3d modules, with each set of arguments."""
    for axes, shape in MAPS.items():
        for args in variants or ({},):
            yield f"nn.{family}{axes}d", args, {"input": shape}


def plain(names: str, shape: tuple[int, ...] = ROW, **args: Arg) -> Iterator[Case]:
    """Yield specs with one tensor of a shape."""
    for name in names.split():
        yield name, dict(args), {"input": shape}


def cases() -> Iterator[Case]:
    conv: dict[str, Arg] = {"in_channels": 4, "out_channels": 3, "kernel_size": 3}
    for family in ("Conv", "ConvTranspose"):
        yield from on_maps(family, conv)
    off: dict[str, Arg] = {"affine": False}
    for family in ("BatchNorm", "InstanceNorm"):
        sets: list[dict[str, Arg]] = [{}, {"affine": True}, off, {"track_running_stats": False}]
        sets += [{"affine": False, "track_running_stats": False}, {"track_running_stats": True}]
        yield from on_maps(family, *({"num_features": 4, **extra} for extra in sets))
    for family in ("MaxPool", "AvgPool"):
        yield from on_maps(family, {"kernel_size": 2})
    yield from on_maps("LPPool", {"norm_type": 2, "kernel_size": 2})
    for family in ("AdaptiveAvgPool", "AdaptiveMaxPool"):
        yield from on_maps(family, {"output_size": 2})
    for family in ("ReflectionPad", "ReplicationPad", "CircularPad", "ZeroPad"):
        yield from on_maps(family, {"padding": 1})
    yield from with_weights()
    yield from activations()
    yield from losses()
    yield from operations()


def with_weights() -> Iterator[Case]:
    yield from plain("nn.Linear", in_features=4, out_features=3)
    yield from plain("nn.Linear", (2, 5, 4), in_features=4, out_features=3, bias=False)
    bilinear: dict[str, Arg] = {"in1_features": 4, "in2_features": 4, "out_features": 3}
    yield "nn.Bilinear", bilinear, {"input1": ROW, "input2": ROW}
    for name in ("nn.LayerNorm", "nn.RMSNorm"):
        port = "x" if name == "nn.RMSNorm" else "input"
        for affine in (True, False):
            yield name, {"normalized_shape": 4, "elementwise_affine": affine}, {port: ROW}
    for affine in (True, False):
        yield from plain("nn.GroupNorm", MAP2, num_groups=2, num_channels=4, affine=affine)
    yield from plain("nn.RNN nn.GRU nn.LSTM", (2, 5, 4), input_size=4, hidden_size=3)
    yield from plain("nn.RNNCell nn.GRUCell nn.LSTMCell", input_size=4, hidden_size=3)
    yield "nn.GRU", {"input_size": 4, "hidden_size": 3}, {"input": (2, 5, 4), "hx": (1, 5, 3)}
    attention: dict[str, Arg] = {"embed_dim": 4, "num_heads": 2, "batch_first": True}
    sequence = (2, 5, 4)
    yield "nn.MultiheadAttention", attention, dict.fromkeys(("query", "key", "value"), sequence)
    layer: dict[str, Arg] = {"d_model": 4, "nhead": 2, "dim_feedforward": 8}
    yield "nn.TransformerEncoderLayer", layer, {"src": sequence}
    yield "nn.TransformerDecoderLayer", layer, {"tgt": sequence, "memory": sequence}
    yield from plain("nn.PReLU")
    yield from plain("nn.Embedding", num_embeddings=5, embedding_dim=3)
    yield "F.embedding", {}, {"input": ROW, "weight": (5, 3)}


def activations() -> Iterator[Case]:
    yield from plain(
        "nn.CELU nn.ELU nn.GELU nn.GLU nn.Hardshrink nn.Hardsigmoid nn.Hardswish nn.Hardtanh "
        "nn.Identity nn.LeakyReLU nn.LogSigmoid nn.Mish nn.ReLU nn.ReLU6 nn.SELU nn.SiLU "
        "nn.Sigmoid nn.Softplus nn.Softshrink nn.Softsign nn.Tanh nn.Tanhshrink nn.Flatten "
        "F.gelu F.leaky_relu F.silu F.softplus F.relu F.normalize"
    )
    yield from plain("nn.Softmax nn.LogSoftmax nn.Softmin torch.softmax", dim=1)
    yield from plain("F.softmax F.log_softmax", dim=1)
    yield from plain("nn.Softmax2d", MAP2)
    yield from plain("nn.Threshold", threshold=0.1, value=1.0)
    yield from plain("nn.LocalResponseNorm", MAP2, size=2)
    yield from plain("nn.RReLU nn.Dropout nn.AlphaDropout nn.FeatureAlphaDropout")
    yield from on_maps("Dropout", {})
    modes = {1: ("nearest", "linear"), 2: ("nearest", "bilinear", "bicubic", "nearest-exact")}
    for axes, names in {**modes, 3: ("nearest", "trilinear")}.items():
        for mode in (*names, "area"):
            yield from plain("nn.Upsample", MAPS[axes], scale_factor=2, mode=mode)
    yield from plain("F.interpolate", MAP2, scale_factor=2.0, mode="bilinear")
    yield from plain("nn.PixelShuffle", MAP2, upscale_factor=2)
    yield from plain("nn.Unfold", MAP2, kernel_size=2)
    yield from plain("nn.Fold", (2, 16, 4), output_size=(4, 4), kernel_size=2, stride=2)


def losses() -> Iterator[Case]:
    pair: Shapes = {"input": ROW, "target": ROW}
    for name in ELEMENTWISE_LOSSES.split():
        for reduction in ("mean", "none"):
            loss = f"nn.{name}Loss"
            yield loss, {"reduction": reduction}, pair
    yield "nn.MultiLabelMarginLoss", {}, pair
    yield "nn.MarginRankingLoss", {}, dict.fromkeys(("input1", "input2", "target"), (2,))
    yield "nn.TripletMarginLoss", {}, dict.fromkeys(("anchor", "positive", "negative"), ROW)
    yield "nn.CosineEmbeddingLoss", {}, {"input1": ROW, "input2": ROW, "target": (2,)}
    yield "nn.MultiMarginLoss", {}, {"input": ROW, "target": (2,)}
    for name in ("nn.CrossEntropyLoss", "nn.NLLLoss"):
        labelled = ((ROW, (2,)), (MAP2, (2, 8, 8)), (MAP1, (2, 8)), ((4,), ()))
        for logits, target in labelled:
            yield name, {}, {"input": logits, "target": target}
    yield "nn.CrossEntropyLoss", {}, pair
    yield "nn.CrossEntropyLoss", {"label_smoothing": 0.1}, {"input": ROW, "target": (2,)}


def operations() -> Iterator[Case]:
    for name in OPERATORS.split():
        yield f"op.{name}", {}, PAIR
    for name in ("maximum", "minimum"):
        yield f"torch.{name}", {}, PAIR
    yield "op.matmul", {}, {"input": (2, 3, 4, 4), "other": (2, 3, 4, 4)}
    yield "op.matmul", {}, {"input": (4, 4), "other": (4,)}
    yield "torch.bmm", {}, {"input": (2, 4, 4), "mat2": (2, 4, 4)}
    yield "F.linear", {}, {"input": ROW, "weight": (3, 4)}
    for equation in ("ij,jk->ik", "ij,ij->ij", "bi,bi->b"):
        args: dict[str, Arg] = {"args": (equation, Hole(), Hole())}
        yield "torch.einsum", args, {"args[1]": (4, 4), "args[2]": (4, 4)}
    yield "nn.PairwiseDistance", {}, {"x1": ROW, "x2": ROW}
    yield "torch.index_select", {"dim": 1}, {"input": ROW, "index": (3,)}
    yield "torch.lerp", {}, dict.fromkeys(("input", "end", "weight"), ROW)
    sequence = (2, 2, 5, 4)
    parts = dict.fromkeys(("query", "key", "value"), sequence)
    yield "F.scaled_dot_product_attention", {}, parts
    yield "torch.cat", {}, {"tensors[0]": ROW, "tensors[1]": ROW}
    yield "torch.where", {}, {"condition": ROW, "input": ROW, "other": ROW}
    yield from plain(
        "op.neg op.invert torch.abs torch.relu torch.erf torch.round torch.floor torch.ceil "
        "torch.sign torch.exp torch.log torch.sqrt torch.sigmoid torch.tanh torch.mean torch.sum "
        "torch.std torch.var torch.max torch.min torch.argmax torch.argmin torch.sort "
        "torch.argsort torch.rand_like torch.bernoulli torch.prod torch.square torch.isnan"
    )
    yield from plain("torch.amax torch.amin torch.cumsum torch.logsumexp torch.softmax", dim=1)
    yield from plain("torch.topk", k=2)
    yield from plain("torch.clamp", min=0, max=1)


def outcome(
    name: str,
    args: Mapping[str, Arg],
    shapes: Shapes,
    dtypes: Mapping[str, str],
    device: str,
    training: bool = True,
) -> str:
    """Return torch's refusal, or an empty text where it accepts."""
    spec = catalogue().get(name)
    assert spec is not None, name
    try:
        tensors = {
            port: torch.ones(shape, dtype=getattr(torch, dtypes[port]), device=device)
            for port, shape in shapes.items()
        }
        target = construct(spec, args, device)
        if isinstance(target, torch.nn.Module):
            target.train(training)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(spec, target, args, tensors)
    except (RuntimeError, TypeError, IndexError, ValueError) as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return ""


def spoken(
    name: str,
    args: Mapping[str, Arg],
    shapes: Shapes,
    dtypes: Mapping[str, str],
    training: bool = True,
) -> bool:
    spec = catalogue().get(name)
    assert spec is not None
    types = {port: TensorType(shape, dtypes[port]) for port, shape in shapes.items()}
    return check_call(spec, args, types, training) is not None


def rows() -> Iterator[tuple[str, dict[str, Arg], Shapes, dict[str, str]]]:
    for name, args, shapes in cases():
        for combination in itertools.product(DTYPES, repeat=len(shapes)):
            if len(shapes) < 3 or len(set(combination)) < 3:
                yield name, args, shapes, dict(zip(shapes, combination, strict=True))


def mistakes(training: bool, only_modules: bool) -> tuple[list[str], int]:
    """Return every false alarm and every miss, and how often ``meta`` was too kind."""
    wrong, lies = [], 0
    for name, args, shapes, dtypes in rows():
        if only_modules and not name.startswith("nn."):
            continue
        meta = outcome(name, args, shapes, dtypes, "meta", training)
        cpu = outcome(name, args, shapes, dtypes, "cpu", training)
        rule = spoken(name, args, shapes, dtypes, training)
        lies += bool(cpu and not meta)
        if rule and not cpu:
            wrong.append(f"false alarm: {name} {args} {dtypes}")
        if cpu and not meta and not rule:
            wrong.append(f"missed: {name} {args} {dtypes}: {cpu.splitlines()[0]}")
    return wrong, lies


def test_rules_speak_exactly_where_the_cpu_refuses_what_meta_accepts() -> None:
    wrong, lies = mistakes(training=True, only_modules=False)
    assert not wrong, "\n".join(wrong[:40])
    assert lies > 400  # else this test looks at nothing


@pytest.mark.slow
def test_rules_hold_in_evaluation_too() -> None:
    wrong, _ = mistakes(training=False, only_modules=True)
    assert not wrong, "\n".join(wrong[:40])


SHAPES: list[tuple[str, dict[str, Arg], dict[str, tuple[tuple[int, ...], str]]]] = [
    (
        "nn.CrossEntropyLoss",
        {},
        {"input": ((2, 4, 8, 8), "float32"), "target": ((2, 8, 7), "int64")},
    ),
    ("nn.NLLLoss", {}, {"input": ((2, 4, 8, 8), "float32"), "target": ((2, 7, 8), "int64")}),
    ("nn.SoftMarginLoss", {}, {"input": ((2, 1), "float32"), "target": ((2,), "float32")}),
    ("nn.Softmax", {"dim": 3}, {"input": ((2, 4), "float32")}),
    ("nn.LogSoftmax", {"dim": -3}, {"input": ((2, 4), "float32")}),
    ("nn.ConvTranspose2d", {"in_channels": 4}, {"input": ((2, 5, 8, 8), "float32")}),
    ("nn.ConvTranspose1d", {"in_channels": 4, "groups": 3}, {"input": ((2, 5, 8), "float32")}),
    ("nn.ConvTranspose2d", {"output_padding": 1}, {"input": ((2, 3, 8, 8), "float32")}),
    (
        "nn.ConvTranspose3d",
        {"output_padding": (0, 2, 0), "stride": 2},
        {"input": ((2, 3, 4, 4, 4), "float32")},
    ),
]
NEAR: list[tuple[str, dict[str, Arg], dict[str, tuple[tuple[int, ...], str]]]] = [
    (
        "nn.CrossEntropyLoss",
        {},
        {"input": ((2, 4, 8, 8), "float32"), "target": ((2, 8, 8), "int64")},
    ),
    ("nn.SoftMarginLoss", {}, {"input": ((2, 4), "float32"), "target": ((4,), "float32")}),
    ("nn.SoftMarginLoss", {}, {"input": ((2, 4), "float32"), "target": ((2, 1), "float32")}),
    ("nn.Softmax", {"dim": -2}, {"input": ((2, 4), "float32")}),
    ("nn.Softmax", {"dim": 0}, {"input": ((), "float32")}),
    ("nn.ConvTranspose2d", {"in_channels": 4}, {"input": ((2, 4, 8, 8), "float32")}),
    ("nn.ConvTranspose2d", {"in_channels": 4}, {"input": ((4, 8, 8), "float32")}),
    (
        "nn.ConvTranspose2d",
        {"output_padding": 1, "stride": 2},
        {"input": ((2, 3, 8, 8), "float32")},
    ),
    (
        "nn.ConvTranspose2d",
        {"output_padding": 1, "dilation": 2},
        {"input": ((2, 3, 8, 8), "float32")},
    ),
]


@pytest.mark.parametrize(
    ("row", "refused"), [*((r, True) for r in SHAPES), *((r, False) for r in NEAR)]
)
def test_shape_rules_agree_with_the_cpu(row: Any, refused: bool) -> None:
    name, args, given = row
    if "ConvTranspose" in name:
        args = {"in_channels": 3, "out_channels": 3, "kernel_size": 3, **args}
    shapes = {port: shape for port, (shape, _) in given.items()}
    dtypes = {port: dtype for port, (_, dtype) in given.items()}
    assert bool(outcome(name, args, shapes, dtypes, "cpu")) is refused
    assert spoken(name, args, shapes, dtypes) is refused


def test_two_devices_are_refused_but_a_single_number_may_come_from_elsewhere() -> None:
    add = catalogue().get("op.add")
    assert add is not None
    here, there = TensorType((2, 4)), TensorType((2, 4), device="cuda:1")
    found = check_call(add, {}, {"input": here, "other": there})
    assert found is not None
    assert found.port == "other"
    assert "cuda:1" in found.message
    assert check_call(add, {}, {"input": here, "other": TensorType((), device="cpu")}) is None


def test_a_refused_dtype_says_what_to_convert_to() -> None:
    linear, loss = catalogue().get("nn.Linear"), catalogue().get("nn.CrossEntropyLoss")
    assert linear is not None
    assert loss is not None
    found = check_call(linear, {}, {"input": TensorType((2, 4), "int64")})
    assert found is not None
    assert (found.port, found.wants) == ("input", "float32")
    assert "int64" in found.message
    logits, labels = TensorType((2, 4)), TensorType((2,), "int32")
    found = check_call(loss, {}, {"input": logits, "target": labels})
    assert found is not None
    assert (found.port, found.wants) == ("target", "int64")


def test_every_rule_belongs_to_a_spec_of_the_catalogue() -> None:
    assert [name for name in RULES if catalogue().get(name) is None] == []
