"""Transposed convolutions whose padding cuts every place away: the judge says what torch does."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.differential import Comparison, compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()
DRAWINGS = 60


def compared(axes: int, shape: list[Any], **args: Any) -> Comparison:
    """Compare a layer of so many axes with what torch does."""
    drawing = {
        "x": node("io.input", shape=shape),
        "up": node(f"nn.ConvTranspose{axes}d", "x", out_channels=2, **args),
        "y": node("io.output", "up"),
    }
    return compare_project(JUDGE, project(drawing))


@pytest.mark.parametrize("samples", [[], [1], ["=B"]], ids=["unbatched", "one", "batch"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a_map_without_places(axes: int, samples: list[Any]) -> None:
    shape = [*samples, 3, 1, *[4] * (axes - 1)]
    found = compared(axes, shape, kernel_size=2, padding=1)
    assert found.word == "agreed", found.text()
    assert found.verdict.has_errors == (samples != ["=B"])


def test_maps_of_few_places() -> None:
    chance, refused = random.Random(3), 0
    for _ in range(DRAWINGS):
        axes, groups = chance.randrange(1, 4), chance.choice((1, 1, 2, 4))
        samples = chance.choice(([], [1], [3], ["=B"]))
        shape = [*samples, 4, *(chance.choice((1, 1, 2, 5)) for _ in range(axes))]
        numbers = {"kernel_size": chance.randrange(2, 6), "padding": chance.randrange(1, 4)}
        numbers |= {"stride": chance.randrange(1, 3), "groups": groups}
        found = compared(axes, shape, **numbers)
        assert found.word == "agreed", found.text()
        refused += found.verdict.has_errors
    assert DRAWINGS // 5 < refused < DRAWINGS - DRAWINGS // 5


@pytest.mark.parametrize("padding", [6, 7])
def test_maps_whose_sizes_go_by_names(padding: int) -> None:
    found = compared(3, ["=B", 4, 4, 4, "=N"], kernel_size=9, padding=padding)
    assert found.word == "agreed", found.text()
