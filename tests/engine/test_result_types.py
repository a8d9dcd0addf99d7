"""The judge's type of a result is that of the processor, whatever dtypes arrive together."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch

from app.engine.evaluate_call import Caller
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, FrozenMap, Node
from tests.catalogue.examples import Mask, Signs, Whole
from tests.engine.eager_nodes import built, computed, inferred
from tests.engine.walk import EXAMPLES

DTYPES = ("float32", "float64", "bfloat16", "float16", "int64", "int32", "uint8", "bool")
KINDS = ("nn", "op", "torch", "Tensor", "F")
CALLER = Caller()


def arriving(said: Any) -> Any:
    if isinstance(said, Whole):
        return torch.randint(0, said.high, said.shape)
    if isinstance(said, Mask):
        return torch.ones(said.shape, dtype=torch.bool)
    if isinstance(said, Signs):
        return torch.ones(said.shape)
    is_shape = isinstance(said, tuple) and all(isinstance(size, int) for size in said)
    return torch.rand(said) if is_shape else said


def type_of(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    return TensorType(tuple(value.shape), str(value.dtype).removeprefix("torch."))


def different(name: str, given: dict[str, Any]) -> str:
    """Return how the judge's types of a call differ from the processor's, if they do."""
    spec, node = catalogue().get(name), Node(name, args=FrozenMap(EXAMPLES[name].args))
    assert spec is not None
    try:
        target = built(spec, node, given, {}) if spec.kind == "nn" else None
        results = computed(spec, node, target, given, {})
    except Exception:  # what torch refuses is held to the rules elsewhere
        return ""
    args = inferred(spec, node, given, {})
    stages: dict[str, dict[str, Arg]] = {"constructor": {}, "call": {}}
    for argument in spec.arguments:
        if argument.name in args and argument.name not in given:
            stages[argument.stage][argument.name] = args[argument.name]
    own, called = (FrozenMap(stages[stage]) for stage in ("constructor", "call"))
    types = FrozenMap({port: type_of(value) for port, value in given.items()})
    said = CALLER.run(spec, own, called, types)
    if said.found != "ok":
        return f"{said.found}: {said.message}"
    for port, value in results.items():
        mine, real = said.outputs.get(port), type_of(value)
        if not isinstance(real, TensorType) or not isinstance(mine, TensorType):
            continue
        if (mine.shape, mine.dtype) != (real.shape, real.dtype):
            return f"{port}: {mine.text()} {mine.dtype}, and {real.text()} {real.dtype} it is"
    return ""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_results_have_the_type_that_the_processor_gives_them() -> None:
    torch.manual_seed(0)
    found, tried = [], 0
    for name, example in EXAMPLES.items():
        spec = catalogue().get(name)
        if spec is None or spec.kind not in KINDS:
            continue
        usual = {port: arriving(said) for port, said in example.inputs.items()}
        ports = [port for port, value in usual.items() if isinstance(value, torch.Tensor)][:2]
        for dtypes in product(DTYPES, repeat=len(ports)):
            turned = {
                port: usual[port].to(getattr(torch, dtype))
                for port, dtype in zip(ports, dtypes, strict=True)
            }
            tried += 1
            words = different(name, {**usual, **turned})
            found += [f"{name} of {', '.join(dtypes)}: {words}"] if words else []
    assert found == []
    assert tried > 3000
