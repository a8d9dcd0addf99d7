"""What the lints of axes, ranges, comparisons and settings say is what torch does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from graph_editor.catalogue.load import catalogue
from graph_editor.checking.lints import axis_of_one, momentum, single_class, weight_decay
from graph_editor.checking.lints.activation_on_logits import BENDING, BOUNDS, CUTTING, EFFECTS
from graph_editor.checking.lints.loss_of_itself import PAIRS, ZERO
from graph_editor.checking.lints.softmax_over_batch import ALONG_AN_AXIS
from graph_editor.document.model import Arg, FrozenMap, Node, NodeId
from tests.checking.drawings import B, codes, judged
from tests.checking.lint_cases_silent import CASES
from tests.checking.numbered import more
from tests.checking.silent import rated, valued

BATCH = 16


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Run torch on one thread: such small tensors would wait for the others most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def called(spec: str, *args: Any, **how: Any) -> Callable[..., Tensor]:
    """Return a module of torch, or a function with its arguments."""
    room, _, name = spec.partition(".")
    if room == "nn":
        module = getattr(nn, name)(*args, **how)
        assert isinstance(module, nn.Module)
        return module
    function = getattr(functional if room == "F" else torch, name)
    return lambda given: function(given, *args, **how)


@pytest.mark.parametrize("spec", sorted(ALONG_AN_AXIS))
def test_what_is_said_of_a_sample_hangs_on_the_others_along_the_batch_alone(spec: str) -> None:
    given = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    for dim, hangs in ((0, True), (1, False)):
        soft = called(spec, dim=dim)
        assert torch.allclose(soft(given)[:4], soft(given[:4])) is not hangs


ONES: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    **{spec: ({"dim": 1}, (8, 1)) for spec in ALONG_AN_AXIS},
    "nn.Softmax2d": ({}, (8, 1, 3, 3)),
    "nn.LayerNorm": ({"normalized_shape": 1}, (8, 1)),
    "nn.RMSNorm": ({"normalized_shape": 1}, (8, 1)),
    "nn.GroupNorm": ({"num_groups": 6, "num_channels": 6}, (8, 6)),
    "F.normalize": ({"dim": 1}, (8, 1)),
}
"""How each is told to look along an axis of one value."""


@pytest.mark.parametrize("spec", sorted(axis_of_one.PORTS))
def test_along_an_axis_of_one_nothing_but_the_sign_gets_past(spec: str) -> None:
    how, shape = ONES[spec]
    given = torch.rand(shape, generator=torch.Generator().manual_seed(0)) + 1
    given.requires_grad_()
    made = called(spec, **how)(given)
    assert torch.allclose(made, made.flatten()[0].expand_as(made), atol=1e-4)
    made.square().sum().backward()
    assert given.grad is not None
    assert torch.allclose(given.grad, torch.zeros(()), atol=1e-4)


def test_the_sign_is_what_norms_without_a_mean_leave() -> None:
    for spec in ("nn.RMSNorm", "F.normalize"):
        made = called(spec, **ONES[spec][0])(torch.tensor([[-3.0], [0.5]]))
        assert torch.allclose(made, torch.tensor([[-1.0], [1.0]]), atol=1e-5)


@pytest.mark.parametrize("spec", sorted(BOUNDS))
@pytest.mark.parametrize("classes", [2, 5, 10])
def test_bounded_scores_keep_the_loss_where_the_message_says(spec: str, classes: int) -> None:
    low, high = BOUNDS[spec]
    ends = called(spec)(torch.tensor([-1e6, 1e6]))
    assert torch.allclose(ends, torch.tensor([low, high]), atol=1e-5)
    best = torch.full((1, classes), low)
    best[0, 0] = high
    least = functional.cross_entropy(best, torch.tensor([0]))
    assert math.isclose(float(least), math.log(1 + (classes - 1) * math.exp(low - high)),
                        rel_tol=1e-5)  # fmt: skip


def test_what_cuts_bounds_below_and_what_bends_does_not() -> None:
    far = torch.tensor([-1e3])
    for name in CUTTING:
        assert float(called(f"nn.{name}")(far)) > -0.4, name
    for name in BENDING:
        near, further = (float(called(f"nn.{name}")(far / k).detach()) for k in (1e6, 1))
        assert further < near <= 0, name
    known = {spec.name for spec in catalogue()}
    assert known >= set(EFFECTS) | set(BOUNDS)


@pytest.mark.parametrize("spec", sorted(PAIRS))
def test_what_is_compared_with_itself_never_differs(spec: str) -> None:
    given = torch.rand(BATCH, 4, generator=torch.Generator().manual_seed(0))
    if spec in ZERO:
        given.requires_grad_()
        loss = called(spec)
        found = loss(given, given)
        found.backward()
        assert float(found.detach()) == 0
        assert given.grad is not None
        assert not given.grad.any()


def test_one_score_makes_a_loss_of_nothing() -> None:
    scores = torch.randn(BATCH, 1, requires_grad=True)
    loss = functional.cross_entropy(scores, torch.zeros(BATCH, dtype=torch.long))
    loss.backward()
    assert float(loss.detach()) == 0
    assert scores.grad is not None
    assert not scores.grad.any()
    assert "nn.CrossEntropyLoss" in single_class.LOSSES


# --- settings ---------------------------------------------------------------------------------


def trained(name: str, steps: int = 300, **how: Any) -> tuple[float, float]:
    """Return the loss of a small network after so many steps, and how large its weights are."""
    torch.manual_seed(0)
    rows = torch.randn(64, 4)
    wanted = rows @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
    layer = nn.Linear(4, 1)
    optimizer = getattr(torch.optim, name)(layer.parameters(), **how)
    loss = torch.zeros(())
    for _ in range(steps):
        optimizer.zero_grad()
        loss = functional.mse_loss(layer(rows), wanted)
        loss.backward()
        optimizer.step()
    return float(loss.detach()), float(layer.weight.detach().norm())


def test_a_momentum_of_one_never_comes_to_rest() -> None:
    rested, _ = trained("SGD", lr=0.05, momentum=0.9)
    swings = [trained("SGD", steps, lr=0.05, momentum=1.0)[0] for steps in range(300, 340, 4)]
    assert rested < 1e-3 < max(swings)
    grown, _ = trained("SGD", lr=0.05, momentum=1.05)
    assert not grown < 1e3


def test_a_dampening_of_one_leaves_the_first_gradient_alone() -> None:
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0, momentum=0.5, dampening=1.0)
    places = []
    for gradient in (1.0, 100.0, -100.0):
        weight.grad = torch.tensor([gradient])
        optimizer.step()
        places.append(float(weight.detach()))
    assert places == [-1.0, -1.5, -1.75]


def test_torch_takes_every_setting_that_is_a_warning() -> None:
    for case in CASES:
        if case.code in ("momentum", "weight-decay"):
            node = case.project.main.graph.nodes[NodeId("adam")]
            made = getattr(torch.optim, node.spec.removeprefix("optim."))
            made([nn.Parameter(torch.ones(2))], **dict(node.args))


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("SGD", {"lr": 0.1, "weight_decay": 10.0}),
        ("SGD", {"lr": 0.01, "weight_decay": 10.0}),
        ("AdamW", {"lr": 0.01, "weight_decay": 10.0}),
        ("Adam", {"lr": 0.01, "weight_decay": 5.0}),
        ("RMSprop", {"lr": 0.01, "weight_decay": 5.0}),
        ("Adagrad", {"lr": 0.1, "weight_decay": 5.0}),
    ],
)
def test_such_a_decay_keeps_weights_from_what_they_are_to_be(name: str, how: Any) -> None:
    loss, size = trained(name, 600, **how)
    usual, wanted = trained("SGD", 600, lr=0.1)
    assert usual < 1e-6
    assert (loss > 1.0, size < 0.7 * wanted) == (True, True)
    assert "weight-decay" in codes(judged(rated(name, **how)))


def test_every_optimizer_with_a_decay_or_a_momentum_is_looked_at() -> None:
    found = [spec for spec in catalogue() if spec.kind == "optim"]
    assert {s.name for s in found if s.argument("weight_decay")} == set(weight_decay.SPECS)
    assert {s.name for s in found if s.argument("momentum")} == set(momentum.HEAVY)
    assert {s.name for s in found if s.argument("betas")} <= set(momentum.SPECS)


# --- ranges -----------------------------------------------------------------------------------


STEPS: dict[str, tuple[str, dict[str, Any], Callable[[Tensor], Tensor]]] = {
    "as it is": ("nn.Identity", {}, lambda x: x),
    "sigmoid": ("torch.sigmoid", {}, torch.sigmoid),
    "tanh": ("torch.tanh", {}, torch.tanh),
    "relu": ("torch.relu", {}, torch.relu),
    "abs": ("torch.abs", {}, torch.abs),
    "neg": ("op.neg", {}, torch.neg),
    "sign": ("torch.sign", {}, torch.sign),
    "clamp": ("torch.clamp", {"min": 0.0, "max": 1.0}, lambda x: x.clamp(0, 1)),
    "clamp below": ("torch.clamp", {"min": 0.0}, lambda x: x.clamp(min=0)),
    "add": ("op.add", {"other": 0.5}, lambda x: x + 0.5),
    "add much": ("op.add", {"other": 10.0}, lambda x: x + 10),
    "half": ("op.mul", {"other": 0.5}, lambda x: x * 0.5),
    "negative": ("op.mul", {"other": -1.0}, lambda x: -x),
    "divided": ("op.truediv", {"other": 4.0}, lambda x: x / 4),
    "softmax": ("torch.softmax", {"dim": -1}, lambda x: x.softmax(-1)),
    "flat": ("Tensor.flatten", {"start_dim": 1}, lambda x: x.flatten(1)),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_target_is_out_of_range_where_each_of_many_draws_is(name: str) -> None:
    spec, args, function = STEPS[name]
    outside = set()
    for seed in range(40):
        made = function(torch.randn(256, 1, generator=torch.Generator().manual_seed(seed)))
        outside.add(float(made.min()) < 0 or float(made.max()) > 1)
    said = codes(judged(valued("nn.BCELoss", ("step", spec, args))))
    assert ("target-range" in said) is (outside == {True})


@pytest.mark.parametrize(
    ("shape", "samples", "speaks"),
    [((B, 1), 2, False), ((B, 1), 19, False), ((B, 1), 21, True), ((B, 30), 2, True)],
)
def test_so_few_numbers_that_they_may_all_fit_decide_nothing(
    shape: tuple[Arg, ...], samples: int, speaks: bool
) -> None:
    made = valued("nn.BCEWithLogitsLoss")
    ports = FrozenMap[str, Arg]({"x": (B, 3), "y": shape})
    data = Node("data.random", args=FrozenMap({"ports": ports, "samples": samples}))
    entry = Node("io.input", args=FrozenMap({"shape": (B, 3)}))
    width = Node("nn.Linear", args=FrozenMap({"out_features": shape[1]}))
    made = more(made, {"data": data, "x": entry, "head": width}, {})
    assert ("target-range" in codes(judged(made))) is speaks


def test_a_loss_of_scores_falls_without_end_for_such_a_target() -> None:
    for wanted in (-0.5, 1.5):
        target = torch.tensor([wanted])
        side = 1.0 if wanted > 1 else -1.0
        scores = (torch.tensor([side * size]) for size in (10.0, 1e3, 1e5))
        loss = functional.binary_cross_entropy_with_logits
        found = [float(loss(score, target)) for score in scores]
        assert found[0] > found[1] > found[2] < -1e4


def test_the_logarithm_of_a_negative_share_is_nan() -> None:
    shares = torch.tensor([[-0.1, 1.1]])
    assert functional.kl_div(torch.zeros(1, 2), shares, reduction="sum").isnan()
