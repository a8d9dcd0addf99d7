"""A verdict is what eager torch does, on random graphs from the whole catalogue.

``python -m tests.engine.differential`` looks further, with fresh seeds; what was found so stands in
``test_disagreements.py``.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from random import Random

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.judge import Judge
from graph_editor.document.model import Project
from tests.engine.differential import (
    DISAGREEING,
    Comparison,
    compare_project,
    comparisons,
    joins,
    lines,
)
from tests.engine.eager import names_of
from tests.engine.eager_run import all_stops
from tests.engine.generator import BATCH, draw, drawn


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
    for found in comparisons(0, 120):
        agree(found)


def hold(random: Random) -> None:
    """Assert that judge and torch agree on the graph that random choices make."""
    agree(compare_project(Judge(), drawn(random)))


HYPOTHESIS = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def test_the_judge_agrees_with_torch_on_graphs_that_hypothesis_draws() -> None:
    choices = given(st.randoms(use_true_random=False))
    settings(HYPOTHESIS, max_examples=15)(choices(hold))()


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_judge_agrees_with_torch_on_many_graphs_that_hypothesis_draws() -> None:
    choices = given(st.randoms(use_true_random=False))
    settings(HYPOTHESIS, max_examples=300)(choices(hold))()


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("first", range(1000, 3000, 250))
def test_the_judge_agrees_with_torch_on_many_graphs(first: int) -> None:
    for found in comparisons(first, 250):
        agree(found)


@lru_cache
def graphs() -> tuple[Project, ...]:
    """Return some graphs, to see what they are like."""
    return tuple(map(draw, range(120)))


def test_graphs_are_large_and_about_half_of_them_legal() -> None:
    legal = [not all_stops(project, BATCH, seed) for seed, project in enumerate(graphs())]
    assert 0.4 <= sum(legal) / len(legal) <= 0.6
    assert statistics.median(len(project.main.graph.nodes) for project in graphs()) >= 8
    assert statistics.median(joins(project)[1] for project in graphs()) >= 2


def test_graphs_have_everything_that_a_drawing_may_have() -> None:
    seen: Counter[str] = Counter()
    for project in graphs():
        for block in (project.main, *project.blocks.values()):
            for node in block.graph.nodes.values():
                seen[node.kind] += 1
                seen["when"] += node.when is not None
                seen["repeat"] += node.repeat is not None
                seen["freeze"] += bool(node.freeze)
                seen["same_as"] += node.weights is not None and node.weights.same_as is not None
                seen["follows"] += node.weights is not None and node.weights.follows is not None
                seen["set"] += node.kind == "data" and node.spec != "data.random"
                seen["inplace"] += node.args.get("inplace") is True
                seen["sparse"] += node.args.get("sparse") is True
        seen["tied"] += bool(project.main.graph.ties)
        seen["named"] += len(names_of(project.main)) > 1
    wanted = (
        "block buffer metric transform lr_scheduler param when repeat freeze same_as named "
        "follows set inplace sparse tied"
    )
    assert all(seen[word] for word in wanted.split()), seen


def test_a_seed_is_a_graph() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing() -> None:
    alone, shared = (list(lines(0, 12, processes, each=4)) for processes in (1, 2))
    assert alone == shared
    assert [line.seed for line in alone] == list(range(12))
