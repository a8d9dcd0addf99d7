# Written by Netwright from "Super-resolution". It needs only requirements.txt; edit it freely.
"""Checks of SuperResolution, and of its training: python -m pytest."""

import math
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from torch import nn

import train
from data import load_data
from model import SuperResolution


def samples(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first samples of the training part."""
    (small, large), _ = load_data()
    return small[:count], large[:count]


@cache
def learn() -> tuple[nn.Module, list[float], list[str]]:
    """Train on one batch; return the model, its losses, and the weights that did not learn."""
    batch = samples(8)
    losses: list[float] = []
    before: dict[str, torch.Tensor] = {}
    reached: set[str] = set()

    def watch(name: str, weight: Any) -> None:  # torch has no types for hooks
        before[name] = weight.detach().clone()
        weight.register_hook(lambda slope: reached.update([name] if slope.any() else []))

    def report(event: dict[str, Any]) -> None:
        if event["event"] == "start":
            for name, weight in event["model"].named_parameters():
                if weight.requires_grad:
                    watch(name, weight)
        elif event["event"] == "step":
            losses.append(float(event["train_loss"]))

    with patch("train.load_data", return_value=(batch, batch)):
        model = train.train(train.Settings(epochs=10, batch_size=8), report)
    after = dict(model.named_parameters())
    moved = {name for name in before if not torch.equal(after[name], before[name])}
    return model, losses, sorted(before.keys() - (reached & moved))


@pytest.mark.parametrize("batch", [2, 3])
def test_shapes(batch: int) -> None:
    small, _ = samples(batch)
    predicted_large = SuperResolution().eval()(small)
    assert predicted_large.shape == (batch, 1, 32, 32)
    assert predicted_large.dtype == torch.float32


def test_parameters() -> None:
    assert sum(p.numel() for p in SuperResolution().parameters()) == 21_940


def test_samples_are_independent() -> None:
    small, _ = samples(3)
    model = learn()[0].eval()
    together = model(small)
    alone = model(small[:1])
    torch.testing.assert_close(alone, together[:1], rtol=1e-3, atol=1e-4)
    assert not torch.equal(together[0], together[1])


def test_every_layer_is_used() -> None:
    small, _ = samples(2)
    model = SuperResolution()
    layers = [(n, layer) for n, layer in model.named_modules() if type(layer) is not nn.ModuleList]
    idle = {n for n, _ in layers}
    for n, layer in layers:
        layer.register_forward_hook(lambda *_, n=n: idle.discard(n))
    model(small)
    assert not idle


def test_saving(tmp_path: Path) -> None:
    small, _ = samples(2)
    model = learn()[0].eval()
    other = SuperResolution().eval()
    torch.save(model.state_dict(), tmp_path / "model.pt")
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    torch.testing.assert_close(other(small), model(small), rtol=0, atol=0)


def test_every_weight_learns() -> None:
    _, _, idle = learn()
    assert not idle


def test_the_loss_of_one_batch_falls() -> None:
    _, losses, _ = learn()
    assert all(map(math.isfinite, losses))
    assert min(losses[-3:]) < losses[0]
