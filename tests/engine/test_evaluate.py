"""The parts of an evaluation: single calls, shortcuts, prices, and how sizes are read back."""

from __future__ import annotations

import ast
import inspect
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.engine import evaluate_slow
from app.engine.evaluate_call import TRAINING_MATTERS, Caller, training_matters, type_of
from app.engine.execute import MissingArgument, MissingInput, call, construct, value_of
from app.engine.symbolic import Probe, free_values, probes, symbolic
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import Diagnostic, Fix, TensorType, Verdict
from graph_editor.checking.wire import verdict_from_json, verdict_to_json
from graph_editor.document.expressions import evaluate, parse
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Expr,
    FrozenMap,
    Hole,
    Name,
    RuleId,
    Slice,
)

FLOAT = TensorType((2, 3, 8, 8))


def spec(name: str) -> Any:
    found = catalogue().get(name)
    assert found is not None
    return found


def run(
    name: str, own: dict[str, Arg], inputs: dict[str, TensorType], args: Any = NOTHING, **how: Any
) -> Any:
    return Caller().run(spec(name), FrozenMap(own), FrozenMap(args), FrozenMap(inputs), **how)


@pytest.mark.parametrize(
    ("arg", "value"),
    [
        ((1, (2, "a")), (1, (2, "a"))),
        (Name("float16"), torch.float16),
        (Name("torch.int64"), torch.int64),
        (Name("..."), ...),
        (Slice(1, None, 2), slice(1, None, 2)),
        (FrozenMap({"a": Name("channels_last")}), {"a": torch.channels_last}),
    ],
)
def test_arguments_become_what_torch_takes(arg: Arg, value: object) -> None:
    assert value_of(arg) == value


def test_inputs_fill_their_places() -> None:
    x = torch.arange(24.0).reshape(2, 3, 4)
    index = FrozenMap({"index": (Name("..."), Slice(None, Hole(), None))})
    cut = call(spec("op.getitem"), None, index, {"input": x, "index[1].stop": 2})
    assert torch.equal(cut, x[..., :2])
    two = {"tensors[1]": x + 1, "tensors[0]": x}
    assert torch.equal(call(spec("torch.cat"), None, {"dim": 2}, two), torch.cat([x, x + 1], 2))
    said = FrozenMap({"args": ("bij,bij->b", Hole(), Hole())})
    both = {"args[1]": x, "args[2]": x}
    assert torch.equal(call(spec("torch.einsum"), None, said, both), (x * x).sum((1, 2)))
    written = call(spec("op.setitem"), None, {"index": 0}, {"input": x, "value": 0.0})
    assert written[0].sum() == 0
    assert x[0].sum() > 0


def test_leaves_make_a_tuple_and_none_may_be_missing() -> None:
    lstm = construct(spec("nn.LSTM"), {"input_size": 4, "hidden_size": 5})
    state = torch.ones(1, 2, 5)
    fed = {"input": torch.zeros(3, 2, 4), "hx[0]": state, "hx[1]": state}
    out, _ = call(spec("nn.LSTM"), lstm, {}, fed)
    assert torch.equal(out, lstm(fed["input"], (state, state))[0])
    with pytest.raises(MissingInput, match=r"hx\[1\]"):
        call(spec("nn.LSTM"), lstm, {}, {"input": fed["input"], "hx[0]": state})


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MissingInput, match="input"):
        call(spec("torch.relu"), None, {}, {})
    with pytest.raises(MissingArgument, match="out_features"):
        construct(spec("nn.Linear"), {"in_features": 3})


def test_a_call_is_executed_once() -> None:
    caller = Caller()
    for _ in range(3):
        caller.run(spec("torch.relu"), NOTHING, NOTHING, FrozenMap({"input": FLOAT}))
    assert caller.executed == 1
    other = FrozenMap({"input": TensorType((2, 3, 8, 9))})
    caller.run(spec("torch.relu"), NOTHING, NOTHING, other)
    assert caller.executed == 2


def test_evaluation_is_told_from_training_only_where_it_matters() -> None:
    caller = Caller()
    inputs = FrozenMap({"input": TensorType((2, 3))})
    for name, own, count in (("nn.ReLU", {}, 1), ("nn.Dropout", {"p": 0.5}, 3)):
        for training in (True, False):
            caller.run(spec(name), FrozenMap(own), NOTHING, inputs, training)
        assert caller.executed == count


@cache
def source_of(cls: type) -> str:
    lines = Path(inspect.getfile(cls)).read_text(encoding="utf-8").splitlines()
    tree = next(
        n for n in parsed(inspect.getfile(cls)).body
        if isinstance(n, ast.ClassDef) and n.name == cls.__name__
    )  # fmt: skip
    return "\n".join(lines[tree.lineno - 1 : tree.end_lineno])


@cache
def parsed(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def test_modules_that_look_at_training_are_known() -> None:
    """Torch's own sources say which modules can behave in two ways."""
    for each in catalogue():
        if each.kind != "nn":
            continue
        module = getattr(nn, each.name.partition(".")[2])
        own = [c for c in module.__mro__ if issubclass(c, nn.Module) and c is not nn.Module]
        looks = any("self.training" in source_of(c) for c in own)
        assert not looks or training_matters(each), f"{each.name} is not in {TRAINING_MATTERS}"


def test_gradients_are_followed() -> None:
    wants = TensorType((2, 3), requires_grad=True)
    plain = TensorType((2, 3))
    own: dict[str, Arg] = {"in_features": 3, "out_features": 4}
    assert run("nn.Linear", own, {"input": plain}).outputs["output"].requires_grad
    frozen = run("nn.Linear", own, {"input": plain}, frozen=True)
    assert not frozen.outputs["output"].requires_grad
    assert run("nn.Linear", own, {"input": wants}, frozen=True).outputs["output"].requires_grad
    assert not run("Tensor.detach", {}, {"input": wants}).outputs["output"].requires_grad
    assert not run("torch.argmax", {}, {"input": wants}).outputs["output"].requires_grad
    relu = run("nn.ReLU", {"inplace": True}, {"input": wants})
    assert relu.outputs["output"].requires_grad


SIZES = st.integers(0, 4)


def _real(name: str, own: dict[str, Arg], args: dict[str, Arg], fed: dict[str, TensorType]) -> Any:
    """Return the types that the real call gives on the processor, or None where torch refuses."""
    real = {}
    for port, kind in fed.items():
        made = torch.zeros([int(s) for s in kind.shape], dtype=getattr(torch, kind.dtype))
        real[port] = made.requires_grad_() if kind.requires_grad else made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = call(spec(name), construct(spec(name), own), args, real)
        except Exception:  # whatever torch refuses with
            return None
    leaves: list[Any] = []

    def flat(value: Any) -> None:
        if isinstance(value, tuple):
            for item in value:
                flat(item)
        else:
            leaves.append(type_of(value))

    flat(result)
    return leaves


def _same_as_torch(name: str, own: Any, args: Any, fed: dict[str, TensorType]) -> None:
    judged = run(name, own, fed, args)
    real = _real(name, own, args, fed)
    assert (judged.found == "ok") == (real is not None), judged.message
    if real is not None:
        assert list(judged.outputs.values()) == real


@settings(deadline=None)
@given(
    st.sampled_from(["nn.LSTM", "nn.GRU", "nn.RNN"]),
    st.booleans(), st.booleans(), st.integers(1, 2), st.integers(2, 4),
    st.lists(SIZES, min_size=1, max_size=4), st.booleans(),
)  # fmt: skip
def test_recurrent_layers_are_judged_as_torch_does(
    name: str, first: bool, both: bool, layers: int, width: int, shape: list[int], stated: bool
) -> None:
    own = {"input_size": width, "hidden_size": 3, "num_layers": layers}
    own |= {"batch_first": first, "bidirectional": both}
    fed = {"input": TensorType(tuple(shape))}
    if stated and name == "nn.GRU":
        fed["hx"] = TensorType((layers * (1 + both), 2, 3))
    _same_as_torch(name, own, {}, fed)


@given(
    st.sampled_from(["nearest", "linear", "bilinear", "bicubic", "trilinear", "area"]),
    st.lists(st.integers(1, 5), min_size=2, max_size=5),
    st.sampled_from([{"size": 3}, {"scale_factor": 2}, {"scale_factor": 0.5}, {"size": (4, 2)}]),
    st.sampled_from([{}, {"align_corners": True}, {"align_corners": False}]),
    st.booleans(),
)
def test_resizing_is_judged_as_torch_does(
    mode: str, shape: list[int], how: dict[str, Arg], more: dict[str, Arg], grad: bool
) -> None:
    fed = {"input": TensorType(tuple(shape), requires_grad=grad)}
    _same_as_torch("F.interpolate", {}, {"mode": mode, **how, **more}, fed)
    _same_as_torch("nn.Upsample", {"mode": mode, **how, **more}, {}, fed)


@given(
    st.sampled_from(["nn.BatchNorm1d", "nn.BatchNorm2d", "nn.BatchNorm3d", "nn.LayerNorm"]),
    st.lists(st.integers(1, 3), min_size=1, max_size=5),
    st.integers(1, 3), st.booleans(), st.booleans(), st.sampled_from(["float32", "float64"]),
)  # fmt: skip
def test_norms_are_judged_as_torch_does(
    name: str, shape: list[int], width: int, affine: bool, grad: bool, dtype: str
) -> None:
    first, flag = (
        ("normalized_shape", "elementwise_affine")
        if name == "nn.LayerNorm"
        else ("num_features", "affine")
    )
    fed = {"input": TensorType(tuple(shape), dtype, requires_grad=grad)}
    _same_as_torch(name, {first: width, flag: affine}, {}, fed)


def test_shortcuts_are_taken_and_price_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    real = evaluate_slow.shortcut

    def spy(spec: Any, *rest: Any) -> Any:
        found = real(spec, *rest)
        taken.extend([spec.name] * (found is not None))
        return found

    monkeypatch.setattr("app.engine.evaluate_call.shortcut", spy)
    own: dict[str, Arg] = {"input_size": 4, "hidden_size": 6, "num_layers": 2}
    result = run("nn.LSTM", own, {"input": TensorType((9, 2, 4))})
    lstm = nn.LSTM(4, 6, 2, device="meta")
    with FlopCounterMode(display=False) as count:
        lstm(torch.empty(9, 2, 4, device="meta"))
    assert result.flops == count.get_total_flops() > 0
    assert taken == ["nn.LSTM"]


PRICED: list[tuple[str, dict[str, Arg], tuple[int, ...], nn.Module]] = [
    ("nn.Conv2d", {"in_channels": 3, "out_channels": 5, "kernel_size": 3}, (2, 3, 8, 8),
     nn.Conv2d(3, 5, 3)),
    ("nn.ConvTranspose2d", {"in_channels": 3, "out_channels": 5, "kernel_size": 3}, (2, 3, 8, 8),
     nn.ConvTranspose2d(3, 5, 3)),
    ("nn.Linear", {"in_features": 8, "out_features": 5}, (2, 3, 8), nn.Linear(8, 5)),
    ("nn.TransformerEncoderLayer", {"d_model": 8, "nhead": 2}, (5, 2, 8),
     nn.TransformerEncoderLayer(8, 2)),
    ("nn.GELU", {}, (2, 3), nn.GELU()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "own", "shape", "module"), PRICED, ids=[p[0] for p in PRICED])
def test_operations_are_counted_as_torch_does(
    name: str, own: dict[str, Arg], shape: tuple[int, ...], module: nn.Module
) -> None:
    port = "src" if "Transformer" in name else "input"
    with FlopCounterMode(display=False) as count:
        module.to("meta")(torch.empty(shape, device="meta"))
    assert run(name, own, {port: TensorType(shape)}).flops == count.get_total_flops()


def test_what_meta_cannot_do_is_tried_or_called_unknown() -> None:
    mask = TensorType((4,), "bool")
    found = run("op.getitem", {}, {"input": TensorType((4, 2)), "index": mask})
    assert found.found == "unknown"


@given(
    st.integers(-3, 3), st.integers(0, 3), st.integers(0, 3), st.integers(2, 40),
    st.sampled_from([9, 13, 48]),
)  # fmt: skip
def test_sizes_are_read_back_as_they_were_made(
    offset: int, b: int, t: int, batch: int, length: int
) -> None:
    tried = probes({"B": batch, "T": length}, batch // 2 or None)
    made = [offset + b * p.sizes["B"] + t * p.sizes["T"] for p in tried]
    (dim,) = symbolic(tuple(TensorType((size,)) for size in made), tried).shape
    for probe, size in zip(tried, made, strict=True):
        value = dim if isinstance(dim, int) else evaluate(parse(dim), dict(probe.sizes))
        assert value == size


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (lambda b, t: 3 * b * t, "3*B*T"),
        (lambda b, t: t // 2, "?"),
        (lambda b, t: (t - 1) // 3 + 1, "?"),
        (lambda b, t: 2 * b - 1, "2*B - 1"),
        (lambda b, t: t - b, "-B + T"),
        (lambda b, t: b * b, "?"),
        (lambda b, t: 7, 7),
    ],
)
def test_what_is_not_affine_is_not_called_so(law: Any, text: object) -> None:
    tried = probes({"B": 64, "T": 13}, 30)
    seen = tuple(TensorType((law(p.sizes["B"], p.sizes["T"]),)) for p in tried)
    assert symbolic(seen, tried).shape == (text,)


def test_a_shape_is_unknown_where_the_tries_do_not_say_it() -> None:
    tried = probes({"B": 64}, None)

    def said(*batches: tuple[int, ...]) -> tuple[int | str, ...]:
        here, next_ = (TensorType(shape) for shape in batches)
        return symbolic((here, here, next_), tried).shape

    assert said((32, 3), (33, 3)) == ("?", 3)  # as chunks of a batch are
    assert said((64 * 64,), (65 * 65,)) == ("?",)
    assert said((24,), (2, 24)) == ("?",)  # as squeeze gives
    assert said((63, 24), (64, 24)) == ("B - 1", 24)


def test_every_named_size_is_changed_once() -> None:
    tried = probes({"B": 64, "T": 13, "H": 9}, 30)
    changes = [{n for n in p.sizes if p.sizes[n] != tried[0].sizes[n]} for p in tried]
    assert changes == [set(), set(), {"B"}, {"B"}, {"H"}, {"T"}]
    assert [p.training for p in tried].count(False) == 1
    assert Probe("last_batch", tried[0].sizes.set("B", 30)) in tried


def test_free_sizes_avoid_the_numbers_of_the_drawing() -> None:
    found = free_values(["T", "H"], {13, 11}, (13, 11, 14))
    assert len(set(found.values())) == 2
    assert not set(found.values()) & {13, 11}


def test_a_verdict_survives_the_pipe() -> None:
    verdict = Verdict(
        3,
        FrozenMap({"a.output": TensorType(("B", 3), "int64", "cuda", True)}),
        FrozenMap({Address("a"): FrozenMap({"in_features": 3})}),
        FrozenMap({"b/a": FrozenMap({"in_features": Expr("dim")})}),
        FrozenMap({Address("a"): 12}),
        FrozenMap({Address("a"): 24}),
        FrozenMap({Address("a"): "ok"}),
        (
            Diagnostic(
                RuleId("r"), "error", Address("a"), "m", "d", "p", "g", (Address("c"),),
                (Fix("f", "Fix it", FrozenMap({"main": {"nodes": {"a": None}}})),),
            ),
        ),
        5,
        FrozenMap({Address("a"): 96}),
    )  # fmt: skip
    assert verdict_from_json(verdict_to_json(verdict)) == verdict
