"""Which tensors can be viewed, as they lie in memory: torch on the processor is the oracle."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from torch import nn

from app.engine.evaluate_call import Caller
from app.engine.execute import call, construct, flatten_outputs
from app.engine.judge import Judge
from app.engine.strides import in_one_piece, strided, tensor_of, type_of_tensor
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.strided import Strided
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, FrozenMap, Node
from tests.engine.drawings import chain, node, project
from tests.engine.test_judge_against_torch import infer_eagerly

SHAPES = ((3, 4, 8, 8), (3, 4, 8), (3, 8, 4), (4, 8), (2, 4, 4, 4, 8))
VALUES: dict[str, Arg] = {
    "in_features": 8, "out_features": 6, "in_channels": 4, "out_channels": 8, "kernel_size": 2,
    "num_features": 4, "normalized_shape": 8, "num_groups": 2, "num_channels": 4, "hidden_size": 5,
    "input_size": 8, "embed_dim": 8, "num_heads": 2, "nhead": 2, "d_model": 8, "output_size": 2,
    "dim": 1, "dim0": 1, "dim1": 2, "upscale_factor": 2, "downscale_factor": 2, "padding": 1,
    "chunks": 2, "split_size_or_sections": 2, "size": 4, "dims": (0, 1), "num_layers": 1,
    "scale_factor": 2.0, "value": 0.5, "threshold": 0.1, "groups": 2, "shifts": 1, "repeats": 2,
    "k": 2, "norm_type": 2.0, "unflattened_size": (2, 2), "sizes": (2, 2), "pad": (1, 1),
    "source": 0, "destination": 1,
}  # fmt: skip
KINDS = ("nn", "F", "torch", "Tensor", "op")
LARGE = ("nn.Transformer",)  # whose parts are asked
SPECS = [s for s in catalogue().specs.values() if s.kind in KINDS and s.name not in LARGE]


def layouts(shape: tuple[int, ...]) -> Iterator[TensorType]:
    """Yield types of one shape: axes swapped in several ways, and cut out of a larger tensor."""
    rank = len(shape)
    axes = list(range(rank))
    for order in (axes[::-1], [0, *axes[2:], 1], [1, 0, *axes[2:]]):
        strides, step = [0] * rank, 1
        for axis in reversed(order):
            strides[axis] = step
            step *= shape[axis]
        yield strided(TensorType(shape, requires_grad=True), strides)
    cut = [1] * rank
    for axis in reversed(axes[:-1]):
        cut[axis] = cut[axis + 1] * (shape[axis + 1] + 1)
    yield strided(TensorType(shape, requires_grad=True), cut)


def really(spec: Spec, own: Any, args: Any, fed: dict[str, TensorType]) -> dict[str, Any] | None:
    """Return the types that the processor gives, or None where torch refuses."""
    given_ = {port: tensor_of(kind, "cpu", 1) for port, kind in fed.items()}
    try:
        result = call(spec, construct(spec, own), args, given_)
        leaves = flatten_outputs(spec, Node(spec.name, args=args), result)
        return {port: type_of_tensor(leaf) for port, leaf in leaves.items()}
    except Exception:  # whatever torch refuses with
        return None


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_results_lie_as_they_do_on_the_processor(spec: Spec) -> None:
    known = {a.name: VALUES[a.name] for a in spec.arguments if a.required and a.name in VALUES}
    built = {a.name for a in spec.arguments if a.stage == "constructor"}
    own = FrozenMap({name: value for name, value in known.items() if name in built})
    args = FrozenMap({name: value for name, value in known.items() if name not in built})
    ports = [a.name for a in spec.arguments if a.stage == "call" and a.port and a.required]
    caller = Caller()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for shape in SHAPES:
            laid = list(layouts(shape))
            for kind in (*laid, replace(laid[1], requires_grad=False)):
                fed = dict.fromkeys(ports or ["input"], kind)
                real = really(spec, own, args, fed)
                if real is None:
                    continue
                judged = caller.run(spec, own, args, FrozenMap(fed))
                assert judged.found in ("ok", "unknown") or judged.phase == "rule", judged.message
                if judged.found == "ok":
                    assert dict(judged.outputs) == real, kind


SHAPE = (3, 6, 4)
LAID = [
    TensorType(SHAPE),
    *layouts(SHAPE),
    *(strided(TensorType(SHAPE), step) for step in ((6, 1, 0), (4, 0, 1), (48, 8, 1), (1, 12, 3))),
]
"""Tensors in one piece, with axes swapped, expanded, and cut out of larger ones."""


@pytest.mark.parametrize(
    ("name", "own", "args"),
    [
        ("torch.roll", {}, {"shifts": 1}),
        ("torch.roll", {}, {"shifts": 1, "dims": 0}),
        ("torch.roll", {}, {"shifts": 1, "dims": 1}),
        ("nn.MaxPool1d", {"kernel_size": 2}, {}),
        ("nn.MaxPool1d", {"kernel_size": 2, "stride": 1}, {}),
        ("op.floordiv", {}, {}),
        ("nn.Upsample", {"scale_factor": 2.0}, {}),
        ("nn.Upsample", {"size": 3, "mode": "linear"}, {}),
        ("F.interpolate", {}, {"scale_factor": 2.0}),
        ("nn.BatchNorm1d", {"num_features": 6, "affine": False}, {}),
    ],
)
def test_what_is_moved_and_joined_lies_as_on_the_processor(
    name: str, own: dict[str, Arg], args: dict[str, Arg]
) -> None:
    spec, caller = catalogue().get(name), Caller()
    assert spec is not None
    seen = 0
    for laid, wants in product(LAID, (True, False)):
        kind = replace(laid, requires_grad=wants)
        for other in LAID if name == "op.floordiv" else [None]:
            fed = {"input": kind} if other is None else {"input": kind, "other": other}
            real = really(spec, FrozenMap(own), FrozenMap(args), fed)
            assert real is not None, (name, kind)
            judged = caller.run(spec, FrozenMap(own), FrozenMap(args), FrozenMap(fed))
            assert dict(judged.outputs) == real, fed
            seen += any(isinstance(value, Strided) for value in fed.values())
    assert seen >= len(LAID) - 1


STRETCHED, TURNED = (0, 4, 1), (1, 3, 18)


@pytest.mark.parametrize(
    ("name", "own", "fed"),
    [
        ("op.add", {}, {"input": ("float16", STRETCHED), "other": ("float16", TURNED)}),
        ("op.gt", {}, {"input": ("bfloat16", STRETCHED), "other": ("bool", TURNED)}),
        ("op.getitem", {}, {"input": ("float32", TURNED), "index": ("int64", TURNED)}),
    ],
)
def test_other_numbers_lie_as_on_the_processor(
    name: str, own: dict[str, Arg], fed: dict[str, tuple[str, tuple[int, ...]]]
) -> None:
    spec = catalogue().get(name)
    assert spec is not None
    kinds = {
        port: strided(TensorType(SHAPE, dtype), stride) for port, (dtype, stride) in fed.items()
    }
    judged = Caller().run(spec, FrozenMap(own), FrozenMap(), FrozenMap(kinds))
    assert dict(judged.outputs) == really(spec, FrozenMap(own), FrozenMap(), kinds)
    assert any(isinstance(kind, Strided) for kind in judged.outputs.values())


@pytest.mark.parametrize(("channels", "made"), [(4, "nn.BatchNorm2d"), (4, "nn.SyncBatchNorm")])
def test_norms_without_weights_lie_as_on_the_processor(channels: int, made: str) -> None:
    spec, own = catalogue().get(made), FrozenMap({"num_features": channels, "affine": False})
    assert spec is not None
    for kind in layouts((3, channels, 8, 8)):
        judged = Caller().run(spec, own, FrozenMap(), FrozenMap({"input": kind}))
        assert dict(judged.outputs) == really(spec, own, FrozenMap(), {"input": kind})


@pytest.mark.parametrize(
    "moved", [node("nn.MaxPool1d", kernel_size=2), node("nn.Upsample", scale_factor=2.0)]
)
def test_a_turned_input_that_wants_no_gradient_may_be_viewed_once_pooled_or_resized(
    moved: dict[str, Any],
) -> None:
    turned = node("Tensor.permute", args=[1, 2, 0])
    drawn = project(chain(turned, moved, node("Tensor.view", args=[-1]), shape=("=B", 6, 4)))
    verdict = Judge().judge(drawn, batch=4, fixes=False)
    assert not verdict.has_errors, verdict.diagnostics
    assert None not in [infer_eagerly(drawn, size) for size in (4, 5)]


@pytest.mark.parametrize("made", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("shape", [(3, 7, 4), (1, 7, 4), (3, 1, 4), (7, 4)])
def test_recurrent_results_lie_as_they_do_on_the_processor(
    made: type[nn.RNNBase], both_ways: bool, shape: tuple[int, ...]
) -> None:
    spec = catalogue().get(f"nn.{made.__name__}")
    assert spec is not None
    own = FrozenMap[str, Arg]({
        "input_size": 4, "hidden_size": 5, "num_layers": 2, "batch_first": True,
        "bidirectional": both_ways,
    })  # fmt: skip
    for kind in (TensorType(shape), *layouts(shape)):
        judged = Caller().run(spec, own, FrozenMap(), FrozenMap({"input": kind}))
        assert dict(judged.outputs) == really(spec, own, FrozenMap(), {"input": kind})


def test_what_lies_in_one_piece_has_a_plain_type() -> None:
    plain = TensorType((2, 3, 4))
    assert strided(plain, (12, 4, 1)) is plain
    assert type(strided(TensorType((1, 3)), (99, 1))) is TensorType
    swapped = strided(plain, (12, 1, 3))
    assert isinstance(swapped, Strided)
    assert swapped != plain
    assert in_one_piece(swapped) == plain
    assert type_of_tensor(tensor_of(swapped, "meta", 0)) == swapped
    assert type_of_tensor(torch.zeros(2, 3).T.contiguous()) == TensorType((3, 2))


AXES = st.integers(-3, 2)
PARTS = st.sampled_from([[0, None], [0, 1], [1, None], [0, 2]])
WHOLE = {"$slice": [None, None, None]}


def _cut(axis: int, part: list[int | None], step: int) -> dict[str, Any]:
    index = [WHOLE] * axis + [{"$slice": [*part, step]}]
    return node("op.getitem", index=index)


MOVES = st.one_of(
    st.builds(lambda a, b: node("Tensor.transpose", dim0=a, dim1=b), AXES, AXES),
    st.permutations(range(3)).map(lambda p: node("Tensor.permute", args=list(p))),
    st.permutations(range(4)).map(lambda p: node("Tensor.permute", args=list(p))),
    st.builds(_cut, st.integers(0, 2), PARTS, st.integers(1, 2)),
    st.builds(lambda a: node("Tensor.unsqueeze", dim=a), AXES),
    st.builds(lambda a: node("Tensor.squeeze", dim=a), st.integers(1, 2)),
    st.builds(lambda n: node("nn.Linear", out_features=n), st.sampled_from([4, 6])),
    st.builds(lambda n: node("nn.GRU", hidden_size=n, batch_first=True), st.sampled_from([4, 6])),
    st.sampled_from(
        ["nn.ReLU", "nn.LayerNorm", "nn.BatchNorm1d", "Tensor.contiguous", "nn.Softmax"]
    ).map(lambda s: node(s, **({"normalized_shape": 4} if s == "nn.LayerNorm" else {}))),
    st.just(node("Tensor.expand", args=[-1, 4, -1])),
)
VIEWS = st.sampled_from(
    [["=B", -1], ["=B", -1, 2], ["=B", 2, -1], ["=B", -1, 4], [-1, 4], [-1, 3], ["=B", 4, -1], [-1]]
)


@seed(4711)
@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([(6, 4), (4, 4), (3, 2, 4)]),
    st.lists(MOVES, max_size=4),
    st.lists(VIEWS, min_size=1, max_size=2),
)
def test_views_are_refused_exactly_where_torch_refuses_them(
    shape: tuple[int, ...], moves: list[dict[str, Any]], views: list[list[Any]]
) -> None:
    steps = [dict(m) for m in moves] + [node("Tensor.view", args=v) for v in views]
    drawn = project(chain(*steps, shape=("=B", *shape)))
    verdict = Judge().judge(drawn, batch=4, fixes=False)
    wanted = [infer_eagerly(drawn, size) for size in (4, 5)]
    assert verdict.has_errors == (None in wanted), (verdict.diagnostics, wanted)
