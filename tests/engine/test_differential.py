"""A verdict is what eager torch does, on random graphs from the whole catalogue.

``python -m tests.engine.differential`` looks further, with fresh seeds; what was found so stands in
``test_disagreements.py``.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator

import pytest
import torch

from tests.engine.differential import DISAGREEING, Comparison, comparisons, lines
from tests.engine.generator import draw


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only get in each other's way."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def agree(found: Comparison) -> None:
    """Assert that judge and torch agree, in the words that explain where they do not."""
    assert found.word not in DISAGREEING, found.text()


def test_the_judge_agrees_with_torch() -> None:
    for found in comparisons(0, 150):
        agree(found)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("first", range(1000, 3000, 250))
def test_the_judge_agrees_with_torch_on_many_graphs(first: int) -> None:
    for found in comparisons(first, 250):
        agree(found)


def test_graphs_are_large_and_about_half_of_them_legal() -> None:
    found = list(comparisons(0, 60))
    assert 0.4 <= sum(not c.stops for c in found) / len(found) <= 0.6
    wires = [Counter(t.node for t in c.project.main.graph.wires) for c in found]
    assert statistics.median(len(c.project.main.graph.nodes) for c in found) >= 8
    assert statistics.median(sum(n > 1 for n in w.values()) for w in wires) >= 2


def test_a_seed_is_a_graph() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_the_number_of_processes_changes_nothing() -> None:
    alone, shared = (list(lines(0, 24, processes, each=8)) for processes in (1, 2))
    assert alone == shared
    assert [line.seed for line in alone] == list(range(24))
