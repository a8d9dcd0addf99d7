"""The judge says what torch does of calls with empty tensors, single numbers and axes of one."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from tests.engine.differential import DISAGREEING, compare_project
from tests.engine.drawings import node, project
from tests.engine.each_call import comparisons, specs
from tests.engine.small_inputs import trainings


def disagreements(each: int, seed: int) -> tuple[list[str], int, int]:
    """Return what the two disagree on, how many trainings there were, and how many legal ones."""
    compared = list(comparisons(each, seed, trainings))
    found = [f"{spec.name}: {c.text()}" for spec, c in compared if c.word in DISAGREEING]
    return found, len(compared), sum(not c.stops for _, c in compared)


@pytest.mark.filterwarnings("ignore")
def test_two_small_calls_of_every_spec() -> None:
    found, tried, legal = disagreements(2, seed=0)
    assert found == []
    assert tried > 1.9 * len(specs())
    assert 0.4 < legal / tried < 0.8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_many_small_calls_of_every_spec() -> None:
    found, tried, legal = disagreements(10, seed=1)
    assert found == []
    assert tried > 9 * len(specs())
    assert 0.4 < legal / tried < 0.8


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0)])
@pytest.mark.parametrize("rows", [0, 1])
def test_rows_are_looked_up_where_there_are_some(rows: int, shape: tuple[int, ...]) -> None:
    drawing = {
        "places": node("torch.zeros", size=list(shape), dtype={"$name": "int64"}),
        "n": node("nn.Embedding", "places", num_embeddings=rows, embedding_dim=3),
        "y": node("io.output", "n"),
    }
    found = compare_project(Judge(), project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == (rows > 0 or 0 in shape)


@pytest.mark.parametrize("shape", [(0, 9, 8, 8), (2, 9, 8, 0), (0, 9, 6), (2, 9, 0, 6)])
def test_axes_without_numbers_come_out_even_too(shape: tuple[int, ...]) -> None:
    drawing = {
        "image": node("torch.zeros", size=list(shape)),
        "n": node("nn.PixelUnshuffle", "image", downscale_factor=3),
        "y": node("io.output", "n"),
    }
    found = compare_project(Judge(), project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == (8 not in shape)
