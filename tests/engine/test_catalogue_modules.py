"""Every spec can be built and called as the catalogue describes it, and torch gives its ports."""

from typing import Any

import pytest
import torch

from app.engine.execute import call, construct, flatten_outputs, resolve
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, FrozenMap, Node
from tests.catalogue.examples import (
    MODULES,
    OPTIMIZERS,
    VARIANTS,
    Example,
    Mask,
    Signs,
    Whole,
)
from tests.catalogue.operation_examples import OPERATIONS

CASES = [*MODULES.items(), *OPERATIONS.items(), *VARIANTS]
NO_META = {
    "nn.AdaptiveLogSoftmaxWithLoss",  # sorts targets into clusters by their values
    "nn.GaussianNLLLoss",  # looks whether a variance is negative
    "nn.CTCLoss",  # needs the lengths' values
    "nn.CrossMapLRN2d",  # computes with tensors of the CPU
    "torch.bernoulli",
}


def spec_of(name: str) -> Spec:
    spec = catalogue().get(name)
    assert spec is not None, name
    return spec


def tensor_of(value: Any) -> Any:
    torch.manual_seed(0)
    if isinstance(value, Whole):
        return torch.randint(0, value.high, value.shape)
    if isinstance(value, Mask | Signs):
        turn = torch.arange(torch.Size(value.shape).numel()).reshape(value.shape) % 2
        return turn.bool() if isinstance(value, Mask) else 1.0 - 2.0 * turn
    return torch.rand(value) if isinstance(value, tuple) else value


def filled(spec: Spec, example: Example) -> FrozenMap[str, Arg]:
    return FrozenMap(example.args)


def executed(spec: Spec, example: Example, device: str) -> dict[str, Any]:
    args = filled(spec, example)
    inputs = {port: tensor_of(value) for port, value in example.inputs.items()}
    if device != "cpu":
        inputs = {p: v.to(device) if isinstance(v, torch.Tensor) else v for p, v in inputs.items()}
    target = construct(spec, args, device)
    if spec.name == "nn.SyncBatchNorm":
        target.eval()  # its training mode needs several processes
    result = call(spec, target, args, inputs)
    return flatten_outputs(spec, Node(spec.name, args=args), result)


@pytest.mark.parametrize(("name", "example"), CASES, ids=[name for name, _ in CASES])
def test_torch_gives_what_the_ports_say(name: str, example: Example) -> None:
    spec = spec_of(name)
    results = executed(spec, example, "cpu")
    node = Node(name, args=filled(spec, example))
    assert tuple(results) == output_ports(spec, node)
    kind = int if spec.yields == "size" else torch.Tensor
    assert all(isinstance(value, kind) for value in results.values())


@pytest.mark.parametrize(("name", "example"), CASES, ids=[name for name, _ in CASES])
def test_meta_agrees_with_the_processor(name: str, example: Example) -> None:
    if name in NO_META or name.startswith(("torch.rand", "const", "torch.zeros", "torch.ones")):
        pytest.skip("meta has no answer, or nothing says that the result belongs there")
    real = executed(spec_of(name), example, "cpu")
    meta = executed(spec_of(name), example, "meta")
    for port, value in real.items():
        if isinstance(value, torch.Tensor):
            assert (meta[port].shape, meta[port].dtype) == (value.shape, value.dtype), port


@pytest.mark.parametrize(("name", "example"), CASES, ids=[name for name, _ in CASES])
def test_examples_use_ports_that_exist_and_fill_what_is_required(
    name: str, example: Example
) -> None:
    spec = spec_of(name)
    ports = input_ports(spec, Node(name, args=filled(spec, example)), example.inputs)
    paths = {port.path for port in ports}
    assert set(example.inputs) <= paths
    assert {port.path for port in ports if not port.optional} <= set(example.inputs)
    known = {argument.name for argument in spec.arguments}
    assert set(example.args) <= known


def test_every_module_and_operation_has_an_example() -> None:
    kinds = ("nn", "op", "torch", "F", "Tensor")
    names = {spec.name for spec in catalogue() if spec.kind in kinds}
    assert names - MODULES.keys() == OPERATIONS.keys() - {"const.tensor"}
    assert names >= MODULES.keys()


MAKERS = sorted(spec.name for spec in catalogue() if spec.kind == "optim")


def made(spec: Spec, first: Any, args: dict[str, Any]) -> Any:
    own = {a.name for a in spec.arguments if a.stage == "constructor" and a.style != "pseudo"}
    assert set(args) <= own
    given = {a.name: a.default for a in spec.arguments if a.name in own and a.default is not None}
    return resolve(spec.callee)(first, **{**given, **args})


@pytest.mark.parametrize("name", MAKERS)
def test_every_optimizer_takes_a_step_with_its_defaults_said(name: str) -> None:
    spec = spec_of(name)
    weight = torch.nn.Parameter(torch.rand(3, 3))
    before = weight.detach().clone()
    optimizer = made(spec, [weight], OPTIMIZERS.get(name.partition(".")[2], {}))
    loss = weight.square().sum()
    loss.backward()
    if name == "optim.SparseAdam":
        assert weight.grad is not None
        weight.grad = weight.grad.to_sparse()
    optimizer.step()
    assert not torch.equal(before, weight)


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # KLDivLoss means it
@pytest.mark.parametrize("name", sorted(MODULES))
def test_choices_are_what_torch_accepts(name: str) -> None:
    spec, example = spec_of(name), MODULES[name]
    for argument in spec.arguments:
        if argument.stage == "constructor" and argument.name in ("reduction", "padding_mode"):
            for choice in argument.choices:
                changed = Example({**example.args, argument.name: choice}, example.inputs)
                assert executed(spec, changed, "cpu")
            wrong = Example({**example.args, argument.name: "no such word"}, example.inputs)
            with pytest.raises((ValueError, NotImplementedError, RuntimeError, KeyError)):
                executed(spec, wrong, "cpu")
