# Written by Netwright from "Conditional GAN". It needs only requirements.txt; edit it freely.
"""Checks of Critic and Generator, and of their training: python -m pytest."""

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
from model import Critic, Generator


def samples(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first samples of the training part."""
    (images, labels), _ = load_data()
    return images[:count], labels[:count]


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
def test_critic_shapes(batch: int) -> None:
    images, _ = samples(batch)
    on_real_logit, on_real_digit = Critic().eval()(images)
    assert on_real_logit.shape == (batch, 1)
    assert on_real_logit.dtype == torch.float32
    assert on_real_digit.shape == (batch, 10)
    assert on_real_digit.dtype == torch.float32


def test_critic_parameters() -> None:
    assert sum(p.numel() for p in Critic().parameters()) == 44_427


def test_critic_samples_are_independent() -> None:
    images, _ = samples(3)
    model = learn()[0].eval().get_submodule("critic")
    together = model(images)
    alone = model(images[:1])
    for all_of_it, one in zip(together, alone, strict=True):
        torch.testing.assert_close(one, all_of_it[:1], rtol=1e-3, atol=1e-4)
        assert not torch.equal(all_of_it[0], all_of_it[1])


def test_critic_every_layer_is_used() -> None:
    images, _ = samples(2)
    model = Critic()
    layers = [(n, layer) for n, layer in model.named_modules() if type(layer) is not nn.ModuleList]
    idle = {n for n, _ in layers}
    for n, layer in layers:
        layer.register_forward_hook(lambda *_, n=n: idle.discard(n))
    model(images)
    assert not idle


def test_critic_saving(tmp_path: Path) -> None:
    images, _ = samples(2)
    model = learn()[0].eval().get_submodule("critic")
    other = Critic().eval()
    torch.save(model.state_dict(), tmp_path / "model.pt")
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    torch.testing.assert_close(other(images), model(images), rtol=0, atol=0)


@pytest.mark.parametrize("batch", [2, 3])
def test_generator_shapes(batch: int) -> None:
    _, labels = samples(batch)
    noise = torch.rand(batch, 16)
    generator_image = Generator().eval()(noise, labels)
    assert generator_image.shape == (batch, 1, 8, 8)
    assert generator_image.dtype == torch.float32


def test_generator_parameters() -> None:
    assert sum(p.numel() for p in Generator().parameters()) == 42_081


def test_generator_samples_are_independent() -> None:
    _, labels = samples(3)
    noise = torch.rand(3, 16)
    model = learn()[0].eval().get_submodule("generator")
    together = model(noise, labels)
    alone = model(noise[:1], labels[:1])
    torch.testing.assert_close(alone, together[:1], rtol=1e-3, atol=1e-4)
    assert not torch.equal(together[0], together[1])


def test_generator_every_layer_is_used() -> None:
    _, labels = samples(2)
    noise = torch.rand(2, 16)
    model = Generator()
    layers = [(n, layer) for n, layer in model.named_modules() if type(layer) is not nn.ModuleList]
    idle = {n for n, _ in layers}
    for n, layer in layers:
        layer.register_forward_hook(lambda *_, n=n: idle.discard(n))
    model(noise, labels)
    assert not idle


def test_generator_saving(tmp_path: Path) -> None:
    _, labels = samples(2)
    noise = torch.rand(2, 16)
    model = learn()[0].eval().get_submodule("generator")
    other = Generator().eval()
    torch.save(model.state_dict(), tmp_path / "model.pt")
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    torch.testing.assert_close(other(noise, labels), model(noise, labels), rtol=0, atol=0)


def test_every_weight_learns() -> None:
    _, _, idle = learn()
    assert not idle


def test_the_losses_are_numbers() -> None:
    _, losses, _ = learn()
    assert all(map(math.isfinite, losses))
