"""What is judged by a shorter way is what torch gives, keeps and counts when it is asked itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.engine import evaluate_call, memory_call
from app.engine.evaluate_call import Caller
from app.engine.evaluate_slow import CURVES, known
from app.engine.memory_call import kept
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, FrozenMap

SHAPES = ((2, 3), (1, 8), (4, 5, 6), (2, 3, 4, 5), (3,), (), (0, 4), (2, 0), (7, 1))
DTYPES = ("float32", "float64", "int64", "bool", "bfloat16", "float16")
LAYERS = [
    *((f"nn.{curve.__name__}", FrozenMap[str, Arg]()) for curve in CURVES),
    *((f"nn.{name}", FrozenMap[str, Arg]({"inplace": True})) for name in ("ReLU", "SiLU")),
    ("nn.GELU", FrozenMap[str, Arg]({"approximate": "sigmoid"})),
    ("nn.LeakyReLU", FrozenMap[str, Arg]({"negative_slope": "steep"})),
    ("nn.Dropout", FrozenMap[str, Arg]({"p": 0.9})),
    *(
        ("nn.Linear", FrozenMap[str, Arg]({"in_features": n, "out_features": 7, "bias": bias}))
        for n in (3, 6, 8)
        for bias in (True, False)
    ),
]


def spec_of(name: str) -> Spec:
    spec = catalogue().get(name)
    assert spec is not None
    return spec


def inputs() -> Iterator[FrozenMap[str, TensorType]]:
    for shape in SHAPES:
        for dtype in DTYPES:
            wishes = (True, False) if "float" in dtype else (False,)
            yield from (FrozenMap({"input": TensorType(shape, dtype, "", w)}) for w in wishes)


@pytest.mark.parametrize(("name", "own"), LAYERS, ids=str)
@pytest.mark.parametrize("frozen", [False, True])
def test_a_shorter_way_leads_to_the_same(
    name: str, own: FrozenMap[str, Arg], frozen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, taken = spec_of(name), 0
    for given in inputs():
        quick = Caller()
        taken += known(quick.made(spec, own).target, own, given) is not None
        found = quick.run(spec, own, FrozenMap(), given, True, frozen)
        with monkeypatch.context() as patched:
            patched.setattr(evaluate_call, "known", lambda *_: None)
            asked = Caller().run(spec, own, FrozenMap(), given, True, frozen)
        assert (found.found, found.outputs, found.flops) == (
            asked.found,
            asked.outputs,
            asked.flops,
        )
        if found.found == "ok":
            ways = []
            for curves in (memory_call.RESULT_KEPT, ()):
                monkeypatch.setattr(memory_call, "RESULT_KEPT", curves)
                ways.append(kept(spec, quick.made(spec, own).target, own, given))
            assert ways[0] == ways[1]
            monkeypatch.undo()
    assert taken or (own and name != "nn.Linear"), "the shorter way is never taken"


def test_the_price_of_a_linear_layer_is_torchs() -> None:
    own = FrozenMap[str, Arg]({"in_features": 6, "out_features": 7})
    given = FrozenMap({"input": TensorType((4, 5, 6))})
    found = Caller().run(spec_of("nn.Linear"), own, FrozenMap(), given)
    with FlopCounterMode(display=False) as counter:
        nn.Linear(6, 7)(torch.zeros(4, 5, 6))
    assert found.flops == counter.get_total_flops()


@pytest.mark.parametrize("width", [3, 0, 1, -2, "wide", 2.5, None, True])
@pytest.mark.parametrize("bias", [True, False, None])
def test_a_linear_layer_is_made_without_numbers_as_with_them(
    width: Arg, bias: Arg, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = spec_of("nn.Linear")
    own = FrozenMap[str, Arg]({"in_features": 4, "out_features": width, "bias": bias})
    quick = Caller().made(spec, own)
    with monkeypatch.context() as patched:
        patched.setattr(evaluate_call, "_unfilled", lambda *_: None)
        plain = Caller().made(spec, own)
    assert quick.parameters == plain.parameters
    assert type(quick.target) is type(plain.target)
    assert (quick.problem is None) == (plain.problem is None)
    if quick.problem is None:
        assert repr(quick.target) == repr(plain.target)
        assert all(weight.device.type == "meta" for weight in quick.target.parameters())
    else:
        assert quick.problem == plain.problem
