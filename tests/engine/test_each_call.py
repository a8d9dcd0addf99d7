"""The judge says of every spec's calls what torch does, with whatever arguments, shapes, dtypes."""

from __future__ import annotations

import pytest

from tests.engine.differential import DISAGREEING
from tests.engine.each_call import comparisons, specs


def disagreements(each: int, seed: int) -> tuple[list[str], int, int]:
    """Return what the two disagree on, how many trainings there were, and how many legal ones."""
    found, tried, legal = [], 0, 0
    for spec, comparison in comparisons(each, seed):
        tried += 1
        legal += not comparison.stops
        if comparison.word in DISAGREEING:
            found.append(f"{spec.name}: {comparison.text()}")
    return found, tried, legal


@pytest.mark.filterwarnings("ignore")
def test_one_call_of_every_spec() -> None:
    found, tried, legal = disagreements(1, seed=0)
    assert found == []
    assert tried > 0.9 * len(specs())
    assert 0.4 < legal / tried < 0.75


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_many_calls_of_every_spec() -> None:
    found, tried, legal = disagreements(15, seed=1)
    assert found == []
    assert tried > 13 * len(specs())
    assert 0.5 < legal / tried < 0.7
