"""The parts of tests/test_model.py that are the same for every drawing."""

IMPORTS = """\
from pathlib import Path

import pytest
import torch
"""

TRAINING_IMPORTS = """\
import math
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch

import train
from data import load_data
"""

WITHOUT_MODEL = """\
import math
from functools import cache
from typing import Any
from unittest.mock import patch

import torch

import train
from data import load_data
"""

LEARN = '''\
@cache
def learn() -> tuple[list[float], set[str]]:
    """Train on one batch; return its losses, and the parameters that no gradient has reached."""
    batch = samples(8)
    losses: list[float] = []
    waiting: set[str] = set()

    def report(event: dict[str, Any]) -> None:
        if event["event"] == "start":
            for name, parameter in event["model"].named_parameters():
                if parameter.requires_grad:
                    waiting.add(name)
                    parameter.register_hook(lambda _, name=name: waiting.discard(name))
        elif event["event"] == "step":
            losses.append(float(event["train_loss"]))

    with patch("train.load_data", return_value=(batch, batch)):
        train.train(train.Settings(epochs={epochs}, batch_size=8), report)
    return losses, waiting
'''

TRAINING = """\
def test_the_loss_is_a_finite_number() -> None:
    losses, _ = learn()
    assert all(map(math.isfinite, losses))


def test_a_gradient_reaches_every_parameter_that_learns() -> None:
    _, waiting = learn()
    assert not waiting
"""

LOWERS = """\
def test_training_on_one_batch_lowers_its_loss() -> None:
    first, *later = learn()[0]
    assert min(later) < first
"""

CHANGES = """\
def test_training_on_one_batch_changes_its_loss() -> None:
    first, *later = learn()[0]
    assert any(loss != first for loss in later)
"""

WEIGHTS = """\
def test_the_weights_survive_a_file(tmp_path: Path) -> None:
    model, other = {model}(), {model}()
    torch.save(model.state_dict(), tmp_path / "model.pt")
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    weights = model.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in other.state_dict().items())
"""
