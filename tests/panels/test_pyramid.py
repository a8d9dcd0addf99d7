"""The pyramid against numpy over the whole series, and smoothing against its loop."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.panels.plots.pyramid import FACTOR, Growing, Pyramid
from app.panels.plots.smoothing import Smoothing

PARTS = st.lists(st.integers(0, 3000), min_size=1, max_size=6)


def built(sizes: list[int], seed: int) -> tuple[Pyramid, np.ndarray]:
    """Return a pyramid that got its values part by part, and all of them."""
    random = np.random.default_rng(seed)
    pyramid, parts = Pyramid(), []
    for size in sizes:
        values = random.normal(size=size)
        values[random.random(size) < 0.05] = np.nan
        pyramid.append(values)
        parts.append(values)
    return pyramid, np.concatenate(parts)


@given(PARTS, st.integers(0, 2**32 - 1), st.data())
def test_the_extremes_of_stretches_are_those_of_their_values(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    pyramid, values = built(sizes, seed)
    assert np.array_equal(pyramid.values, values, equal_nan=True)
    cuts = data.draw(st.lists(st.integers(0, len(values)), min_size=2, max_size=40).map(sorted))
    low, high = pyramid.extremes(np.array(cuts))
    for k, (first, last) in enumerate(itertools.pairwise(cuts)):
        inside = values[first:last]
        if not np.isfinite(inside).any():
            assert first == last or math.isnan(low[k]) or last - first > FACTOR
            continue
        slack = (last - first) // FACTOR if last - first >= FACTOR**2 else 0
        around = values[max(0, first - slack) : last + slack]
        assert np.nanmin(around) <= low[k] <= np.nanmin(inside)
        assert np.nanmax(inside) <= high[k] <= np.nanmax(around)


@given(PARTS, st.integers(0, 2**32 - 1))
def test_the_extremes_of_all_are_exact(sizes: list[int], seed: int) -> None:
    pyramid, values = built(sizes, seed)
    low, high = pyramid.whole()
    if np.isfinite(values).any():
        assert (low, high) == (np.nanmin(values), np.nanmax(values))
    else:
        assert math.isnan(low)
        assert math.isnan(high)


def test_parts_or_all_at_once_make_the_same_pyramid() -> None:
    values = np.random.default_rng(3).normal(size=50_000)
    whole, parts = Pyramid(), Pyramid()
    whole.append(values)
    for at in range(0, len(values), 777):
        parts.append(values[at : at + 777])
    edges = np.linspace(0, len(values), 300).astype(np.intp)
    for one, other in zip(whole.extremes(edges), parts.extremes(edges), strict=True):
        assert np.array_equal(one, other)


def test_an_array_grows_and_can_be_cut() -> None:
    growing = Growing()
    for _ in range(5):
        growing.append(np.arange(700.0))
    assert len(growing) == 3500
    assert growing.values[699:702].tolist() == [699.0, 0.0, 1.0]
    growing.cut(10)
    growing.append(np.array([5.0]))
    assert growing.values.tolist() == [*map(float, range(10)), 5.0]
    assert math.isnan(growing.padded[-1])


def by_hand(values: list[float], amount: float) -> list[float]:
    total = weight = 0.0
    found = []
    for value in values:
        total, weight = amount * total, amount * weight
        if math.isfinite(value):
            total += (1 - amount) * value
            weight += 1 - amount
        found.append(total / weight if weight else math.nan)
    return found


@pytest.mark.parametrize("amount", [0.0, 0.3, 0.9, 0.99, 0.999])
def test_smoothing_is_that_of_the_plain_loop(amount: float) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=9000) + 3
    values[[0, 1, 50, 51, 8999]] = np.nan
    smoothing, parts = Smoothing(amount), np.split(values, [1, 2, 40, 5000])
    found = np.concatenate([smoothing.smooth(part) for part in parts])
    if amount == 0.0:
        assert np.array_equal(found, values, equal_nan=True)
        return
    assert found == pytest.approx(by_hand(values.tolist(), amount), rel=1e-7, nan_ok=True)


def test_a_constant_is_smoothed_to_itself_from_the_first_value_on() -> None:
    assert Smoothing(0.95).smooth(np.full(100, 7.0)) == pytest.approx(np.full(100, 7.0))
