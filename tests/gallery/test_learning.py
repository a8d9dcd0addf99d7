"""The gallery trains: two steps of every template, and to the end what it says that it reaches."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch

from tests.codegen.training_projects import Recorder, imported
from tests.gallery.gallery import NAMES, goal_of, written


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", NAMES)
def test_two_steps_of_a_template_are_trained(name: str) -> None:
    recorder = Recorder(stop_after=2)
    with imported(written(name)) as train:
        model = train.train(train.Settings(), recorder)
    losses = [event["train_loss"] for event in recorder.events]
    assert len(losses) == 2
    assert all(map(math.isfinite, losses))
    assert any(p.requires_grad for p in model.parameters())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_template_reaches_what_it_says(name: str) -> None:
    goal, recorder = goal_of(name), Recorder()
    with imported(written(name)) as train:
        train.train(train.Settings(), recorder)
    assert goal.is_reached(recorder.events[-1][goal.metric])
