"""What the lints of numbers say is what torch does."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from graph_editor.catalogue.load import catalogue
from graph_editor.checking.lints.bias_before_norm import LAYERS, NORMS
from graph_editor.checking.lints.cycled_momentum import WITHOUT
from graph_editor.checking.lints.dropout_percent import SHARES
from graph_editor.checking.lints.learning_rate import HIGHEST, LOWEST, PROPORTIONAL, STARTING
from tests.checking.drawings import FLAT, HEAD, B, codes, drawing, errors, judged
from tests.checking.numbered import dropped, rated

BATCH = 16
SIZES = (4, 6, 5, 5)
PAIRS = [
    (layer, norm, rank)
    for layer in LAYERS
    for norm in NORMS
    for rank in range(2, 6)
    if layer == "nn.Linear" or rank == int(layer[-2]) + 2
]


def made(spec: str, *args: Any, **options: Any) -> nn.Module:
    found = getattr(nn, spec.removeprefix("nn."))(*args, **options)
    assert isinstance(found, nn.Module)
    return found


def has_effect(layer: str, norm: str, shape: tuple[int, ...]) -> bool:
    """Whether the bias of a layer changes what the norm after it gives."""
    torch.manual_seed(0)
    linear = layer == "nn.Linear"
    first = made(
        layer, shape[-1] if linear else shape[1], 6, **({} if linear else {"kernel_size": 1})
    )
    given = torch.randn(shape)
    between = first(given)
    second = made(norm, between.shape[1 if "Batch" in norm else -1 - int(norm[-2])])
    before = second(between)
    with torch.no_grad():
        first.get_parameter("bias").normal_(std=3.0)
    return not torch.allclose(before, second(first(given)), atol=1e-3)


def test_the_bias_that_is_named_is_the_one_without_effect() -> None:
    named: dict[bool, int] = {True: 0, False: 0}
    for layer, norm, rank in PAIRS:
        sizes = SIZES[: rank - 1]
        args = {LAYERS[layer][0]: 6} | ({} if layer == "nn.Linear" else {"kernel_size": 1})
        drawn = drawing(("layer", layer, args), ("norm", norm, {}), FLAT, HEAD, x=(B, *sizes))
        verdict = judged(drawn)
        if list(errors(verdict)):
            continue
        said = "bias-before-norm" in codes(verdict)
        assert said is not has_effect(layer, norm, (BATCH, *sizes)), (layer, norm, rank)
        named[said] += 1
    assert named == {True: 13, False: 13}


@pytest.mark.parametrize("spec", sorted(SHARES))
def test_a_dropout_of_one_leaves_zeros(spec: str) -> None:
    share = SHARES[spec]
    spec_of = catalogue().get(spec)
    assert spec_of is not None
    assert spec_of.argument(share) is not None
    options = {"num_layers": 2} if spec in ("nn.LSTM", "nn.GRU", "nn.RNN") else {}
    assert "dropout-percent" in codes(judged(dropped(spec, **{share: 1.0}, **options)))
    if "Dropout" in spec:
        given = torch.ones((2, 3, 4) if spec.endswith("1d") else (2, 3, 4, 4))
        assert not made(spec, 1.0)(given).any()


def test_every_share_that_is_dropped_is_known() -> None:
    named = {
        spec.name: argument.name
        for spec in catalogue()
        for argument in spec.arguments
        if "drop" in argument.name or ("ropout" in spec.name and argument.name == "p")
    }
    assert named == SHARES


def test_every_optimizer_has_its_bounds_and_begins_within_them() -> None:
    rates = {
        spec.name: argument.default
        for spec in catalogue()
        if spec.kind == "optim" and (argument := spec.argument("lr")) is not None
    }
    assert set(rates) - set(HIGHEST) == {"optim.Rprop"}
    assert all(LOWEST < rates[name] < highest for name, highest in HIGHEST.items())  # type: ignore[operator]  # numbers


def moved(name: str, rate: float) -> bool:
    """Whether three steps of an optimizer change a weight."""
    torch.manual_seed(0)
    weight = nn.Parameter(torch.randn(3, 4))
    before = weight.detach().clone()
    optimizer = getattr(torch.optim, name.removeprefix("optim."))([weight], lr=rate)
    for _ in range(3):
        optimizer.zero_grad()
        loss = (weight**2).sum()
        loss.backward()
        optimizer.step()
    return not torch.equal(weight, before)


@pytest.mark.parametrize("name", sorted(set(HIGHEST) - {"optim.SparseAdam"}))
def test_nothing_is_learnt_at_a_rate_of_zero(name: str) -> None:
    assert not moved(name, 0.0)
    assert moved(name, 1e-3)


def test_two_optimizers_are_not_said_to_learn_nothing_at_a_rate_of_zero() -> None:
    assert moved("optim.Rprop", 0.0)
    with pytest.raises(ValueError, match="Invalid learning rate"):
        moved("optim.SparseAdam", 0.0)
    assert codes(judged(rated("SparseAdam", lr=0.0))) == ["refused-argument"]


SCHEDULES: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": 1},
    "MultiStepLR": {"milestones": [1]},
    "ExponentialLR": {"gamma": 0.9},
    "ReduceLROnPlateau": {},
    "PolynomialLR": {},
    "CosineAnnealingLR": {"T_max": 5},
    "CosineAnnealingWarmRestarts": {"T_0": 5},
}


def test_schedules_start_with_the_rate_and_multiply_it() -> None:
    assert {f"lr_scheduler.{name}" for name in SCHEDULES} == STARTING
    for name, options in SCHEDULES.items():
        for rate in (0.5, 0.0):
            optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], rate)
            plan = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
            assert optimizer.param_groups[0]["lr"] == rate
            if f"lr_scheduler.{name}" in PROPORTIONAL:
                optimizer.step()
                plan.step(*([1.0] if name == "ReduceLROnPlateau" else []))
                assert (optimizer.param_groups[0]["lr"] == 0) is (rate == 0)


def test_torch_refuses_to_move_a_momentum_that_is_not_there() -> None:
    refused = set()
    for spec in catalogue():
        if spec.kind == "optim":
            weight = nn.Parameter(torch.zeros(2, 2))
            optimizer = getattr(torch.optim, spec.name.removeprefix("optim."))([weight], lr=0.1)
            try:
                torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=10)
            except ValueError as error:
                assert "must support momentum" in str(error)  # noqa: PT017  # nothing else is meant
                refused.add(spec.name)
    assert refused == WITHOUT
