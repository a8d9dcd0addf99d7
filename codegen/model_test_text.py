"""The parts of tests/test_model.py that are the same for every drawing."""

IMPORTS = """\
from pathlib import Path

import pytest
import torch
from torch import nn
"""

TRAINING_IMPORTS = """\
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
"""

LEARN = '''\
@cache
def learn() -> tuple[nn.Module, list[float], list[str]]:
    """Train on one batch; return the model, its losses, and the weights that did not learn."""
@needed
    batch = samples(8)
    losses: list[float] = []
    before: dict[str, torch.Tensor] = {}
    reached: set[str] = set()

    def watch(name: str, weight: Any) -> None:  # torch has no types for hooks
        before[name] = weight.detach().clone()
        weight.register_hook(lambda slope: reached.update([name] if slope.any() else []))

    def report(event: dict[str, Any]) -> None:
        if event["event"] == "start":
@chosen
            for name, weight in event["model"].named_parameters():
                if @condition:
                    watch(name, weight)
        elif event["event"] == "step":
            losses.append(float(event["train_loss"]))

    with patch("train.load_data", return_value=(batch, batch))@unwritten:
        model = train.train(@settings, report)@back
    after = dict(model.named_parameters())
    moved = {name for name in before if not torch.equal(after[name], before[name])}
    return model, losses, sorted(before.keys() - (reached & moved))
'''
"""How the model is trained for the tests; a weight learns if a gradient reaches and moves it."""

NEEDS_CUDA = """\
    if not torch.cuda.is_available():
        pytest.skip("fp16 is trained on a CUDA device")
"""
UNWRITTEN = ', patch("train.write_file")'
"""So that the checks leave the files of a training where they are."""

CHOSEN = """\
            optimizers = [event[name] for name in @names]
            groups = [group for optimizer in optimizers for group in optimizer.param_groups]
            trained = {id(weight) for group in groups for weight in group["params"]}
"""
"""What the optimizers are given, where that is not all that could learn."""

LEARNS = """\
def test_every_weight_learns() -> None:
    _, _, idle = learn()
    assert not idle
"""

SOME_LEARN = """\
def test_every_weight_learns() -> None:
    _, _, idle = learn()
    # No loss asks for what these give.
    unread = @unread
    assert not [name for name in idle if not name.startswith(unread)]
"""

FALLS = """\
def test_the_loss_of_one_batch_falls() -> None:
    _, losses, _ = learn()
    assert all(map(math.isfinite, losses))
    assert min(losses[-3:]) < losses[0]
"""

FINITE = """\
def test_the_losses_are_numbers() -> None:
    _, losses, _ = learn()
    assert all(map(math.isfinite, losses))
"""
"""Of several optimizers, what one gains another may lose."""
