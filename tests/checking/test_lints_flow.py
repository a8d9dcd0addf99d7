"""What the lints on the flow of gradients, time and batch say is what torch does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graph_editor.checking.gradient_flow import FLAT as STEPS
from graph_editor.checking.gradient_flow import STOPS
from tests.checking.drawings import codes, judged, one
from tests.checking.lint_cases_drawing import CASES
from tests.checking.lint_cases_flow import CUTS, PASSES, cut
from tests.checking.lint_form import Case
from tests.engine.eager import Try
from tests.engine.eager_run import Execution


def gradient_before(node: Callable[[Tensor], Tensor]) -> Tensor | None:
    """Return what torch gives the weight of a layer before a node, with another one behind it."""
    torch.manual_seed(0)
    before, rows = nn.Linear(24, 8), torch.randn(16, 24)
    arriving = node(before(rows)).float()
    head = nn.Linear(arriving.shape[-1], 10)
    nn.functional.mse_loss(head(arriving), torch.randn(16, 10)).backward()
    assert head.weight.grad is not None
    return before.weight.grad


def named(row: tuple[Any, ...]) -> str:
    return f"{row[0]}.{row[2]}"


@pytest.mark.parametrize("row", CUTS, ids=named)
def test_what_passes_no_gradient_in_torch_is_named(row: tuple[Any, ...]) -> None:
    spec, args, port, node = row
    gradient = gradient_before(node)
    assert gradient is None or not gradient.any()
    found = one(judged(cut(spec, args, port=port)), "no-gradient")
    assert (found.severity, found.node) == ("warning", "cut")
    assert "1 layer before it (“before”)" in found.message


@pytest.mark.parametrize("row", PASSES, ids=named)
def test_what_passes_one_in_torch_is_not(row: tuple[Any, ...]) -> None:
    spec, args, port, node = row
    gradient = gradient_before(node)
    assert gradient is not None
    assert gradient.any()
    assert "no-gradient" not in codes(judged(cut(spec, args, port=port)))


def test_every_spec_that_stops_gradients_is_proved() -> None:
    assert {spec for spec, *_ in CUTS} == {*STEPS, *STOPS}


def test_torch_stops_at_a_floor_division_on_the_way_back() -> None:
    with pytest.raises(RuntimeError, match="derivative for aten::floor_divide"):
        gradient_before(lambda x: x // 0.5)
    assert gradient_before(lambda x: x.detach() // 0.5) is None


def rows_that_change(layer: Callable[[Tensor], Tensor], rows: Tensor) -> list[bool]:
    """Return which rows of a result change where only the first sample does."""
    other = torch.cat([rows[:1] + 1, rows[1:]])
    return [not torch.equal(a, b) for a, b in zip(layer(rows), layer(other), strict=True)]


@pytest.mark.parametrize("batch_first", [True, False])
def test_torch_mixes_samples_that_it_takes_for_steps(batch_first: bool) -> None:
    torch.manual_seed(0)
    rows = torch.randn(3, 5, 8)
    lstm = nn.LSTM(8, 4, batch_first=batch_first)
    attention = nn.TransformerEncoderLayer(8, 2, 8, batch_first=batch_first).eval()
    layers: list[Callable[[Tensor], Tensor]] = [lambda x: lstm(x)[0], attention]
    for layer in layers:
        assert rows_that_change(layer, rows) == [True] + [not batch_first] * 2


def test_torch_mixes_samples_in_a_state_that_is_reshaped() -> None:
    torch.manual_seed(0)
    lstm = nn.LSTM(8, 4, num_layers=2, batch_first=True)
    rows = torch.randn(3, 5, 8)
    assert rows_that_change(lambda x: lstm(x)[1][0][-1], rows) == [True, False, False]
    mended = rows_that_change(lambda x: lstm(x)[1][0].transpose(0, 1).flatten(1), rows)
    assert mended == [True, False, False]
    assert rows_that_change(lambda x: lstm(x)[1][0].reshape(3, -1), rows) == [True, True, False]


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.code == "leads-to-no-loss"], ids=lambda c: str(c.says)
)
def test_torch_gives_no_gradient_to_layers_that_lead_to_no_loss(case: Case) -> None:
    run = Execution(case.project)
    assert run.once(Try("batch", 16)) is None
    grads = {at: target.weight.grad for at, target in run.targets.items()
             if isinstance(target, nn.Linear)}  # fmt: skip
    without = {at for at, grad in grads.items() if grad is None}
    assert case.node in without
    assert without <= {"first", "second"}
    assert {"a", "head"} <= grads.keys() - without


def test_torch_learns_less_of_large_numbers() -> None:
    def last_loss(scale: float) -> float:
        torch.manual_seed(0)
        rows, labels = torch.randint(256, (64, 24)) / scale, torch.randint(3, (64,))
        model = nn.Sequential(nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 3))
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(50):
            loss = nn.functional.cross_entropy(model(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    assert last_loss(1.0) > last_loss(255.0)
