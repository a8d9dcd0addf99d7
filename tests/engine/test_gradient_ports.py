"""Which inputs no gradient goes back to, although numbers come in there: as torch has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.checking.gradient_flow import COUNTS, UNMOVED, counts
from graph_editor.document.model import FrozenMap, Node
from tests.catalogue.examples import Mask, Signs, Whole
from tests.engine.eager_nodes import built, computed
from tests.engine.walk import EXAMPLES

FORBIDDEN = ("nn.SoftMarginLoss", "op.floordiv")
"""What torch refuses to go back through at all."""


def arriving(said: Any) -> Any:
    if isinstance(said, Whole):
        return torch.randint(0, said.high, said.shape)
    if isinstance(said, Mask):
        return torch.ones(said.shape, dtype=torch.bool)
    shape = said.shape if isinstance(said, Signs) else said
    if isinstance(shape, tuple) and all(isinstance(size, int) for size in shape):
        return torch.rand(shape, requires_grad=True)
    return said


def differentiable(results: Any) -> Iterator[torch.Tensor]:
    if isinstance(results, torch.Tensor):
        yield from [results] if results.requires_grad else []
    elif isinstance(results, list | tuple):
        for result in results:
            yield from differentiable(result)


def unmoved(name: str) -> set[tuple[str, str]]:
    """Return the ports of a spec's least use that torch leaves without a gradient."""
    spec, example = catalogue().get(name), EXAMPLES[name]
    assert spec is not None
    inputs = {port: arriving(said) for port, said in example.inputs.items()}
    learning = {p: v for p, v in inputs.items() if getattr(v, "requires_grad", False)}
    node = Node(name, args=FrozenMap(example.args))
    target = built(spec, node, inputs, {}) if spec.kind in ("nn", "loss") else None
    made = list(differentiable(list(computed(spec, node, target, inputs, {}).values())))
    if not made:
        return set()  # nothing of it wants a gradient, and torch says so by itself
    total = torch.stack([result.sum() for result in made]).sum()
    found = torch.autograd.grad(total, list(learning.values()), allow_unused=True)
    return {(name, p) for p, g in zip(learning, found, strict=True) if g is None}


@pytest.mark.filterwarnings("ignore")
def test_torch_leaves_just_these_without_a_gradient() -> None:
    several = [n for n in EXAMPLES if len(EXAMPLES[n].inputs) > 1 and n not in FORBIDDEN]
    found: set[tuple[str, str]] = set()
    for name in several:
        found |= unmoved(name)
    assert found == UNMOVED


@pytest.mark.parametrize("order", [0, 0.0, 1.0, 2.0, float("inf")])
@pytest.mark.parametrize("name", COUNTS)
def test_a_norm_that_counts_has_no_gradient(name: str, order: float) -> None:
    spec, example = catalogue().get(name), EXAMPLES[name]
    assert spec is not None
    args = FrozenMap({**example.args, COUNTS[name]: order})
    node = Node(name, args=args)
    inputs = {port: torch.rand(2, 3) for port in example.inputs}
    first = next(iter(inputs))
    inputs[first].requires_grad_()
    target = built(spec, node, inputs, {}) if spec.kind == "nn" else None
    (result,) = differentiable(list(computed(spec, node, target, inputs, {}).values()))
    result.sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it so
    assert (inputs[first].grad is None) is counts(name, args)
