"""Nothing fires on graphs that are composed of sound patterns alone, and torch takes them all."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import pytest
import torch

from app.engine.judge import Judge
from tests.corpus.valid_sheet import BATCH
from tests.corpus.valid_torch import assert_written_model_runs
from tests.engine.eager_run import all_stops
from tests.engine.sound import draw

SHARE = 250
"""Graphs to a test."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only get in each other's way."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def assert_sound(seeds: range) -> None:
    judge = Judge()
    for seed in seeds:
        project = draw(seed)
        found = judge.judge(project, batch=BATCH, fixes=False).diagnostics
        said = [f"{d.severity} {d.code} at {d.node}: {d.message}" for d in found]
        assert (seed, said, all_stops(project, BATCH, seed)) == (seed, [], ())


def test_nothing_fires_and_torch_takes_them() -> None:
    assert_sound(range(100))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("first", range(1000, 3000, SHARE))
def test_nothing_fires_on_many(first: int) -> None:
    assert_sound(range(first, first + SHARE))


@pytest.mark.slow
def test_the_models_that_are_written_for_them_run() -> None:
    for seed in range(200):
        assert_written_model_runs(draw(seed), BATCH)


def test_graphs_are_large_and_all_patterns_occur() -> None:
    graphs = [draw(seed).main.graph for seed in range(100)]
    assert statistics.median(len(graph.nodes) for graph in graphs) >= 15
    specs = {node.spec for graph in graphs for node in graph.nodes.values()}
    assert len({spec.partition(".")[2] for spec in specs}) >= 70
    assert {"nn.BatchNorm2d", "nn.LSTM", "nn.MultiheadAttention", "Tensor.detach"} <= specs


def test_a_seed_is_a_graph() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
