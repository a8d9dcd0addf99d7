"""Columns of a run's numbers, and the words for them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session.run_numbers import RunNumbers
from app.session.run_words import (
    device_words,
    moment_words,
    number_words,
    rate_words,
    span_words,
    value_words,
)

NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, width=32))
STEPS = st.fixed_dictionaries(
    {"event": st.just("step"), "step": st.integers(1, 99), "train_loss": NUMBERS}
)
EPOCHS = st.fixed_dictionaries(
    {"event": st.just("epoch"), "epoch": st.integers(1, 9), "step": st.integers(1, 99)},
    optional={"val_loss": NUMBERS, "lr": NUMBERS, "val_accuracy": NUMBERS},
)
RECORDS = st.lists(st.one_of(STEPS, EPOCHS, st.just({"event": "other"})), max_size=30)


def columns(numbers: RunNumbers) -> dict[str, list[str]]:
    found = {"step": numbers.step, "loss": numbers.loss, "epoch": numbers.epoch, **numbers.epochs}
    return {name: [repr(value) for value in column] for name, column in sorted(found.items())}


@given(RECORDS, st.integers(0, 30))
def test_parts_make_the_same_columns_as_all_at_once(
    records: list[dict[str, Any]], cut: int
) -> None:
    whole, first, rest = RunNumbers(), RunNumbers(), RunNumbers()
    whole.add(records)
    first.add(records[:cut])
    rest.add(records[cut:])
    first.extend(rest)
    assert columns(first) == columns(whole)
    assert all(len(column) == len(whole.epoch) for column in whole.epochs.values())
    assert len(whole.step) == sum(r["event"] == "step" for r in records)


def test_what_is_no_number_is_nan_and_counts_for_nothing() -> None:
    numbers = RunNumbers()
    numbers.add(
        {"event": "epoch", "epoch": k, "step": k, "val_loss": loss, "val_accuracy": share}
        for k, (loss, share) in enumerate([(0.5, 0.2), (0.3, 0.8), (0.4, None), (None, 0.8)], 1)
    )
    assert numbers.best("val_loss") == (0.3, 2)
    assert numbers.best("val_accuracy") == (0.8, 2)
    assert numbers.last("val_loss") == 0.4
    assert math.isnan(numbers.last("lr"))
    assert numbers.best("lr")[1] == 0


def test_the_pace_is_that_of_the_last_seconds_and_knows_no_pause() -> None:
    numbers = RunNumbers()
    assert math.isnan(numbers.steps_per_second())
    times = [0.1 * k for k in range(50)] + [1000 + 0.05 * k for k in range(100)]
    numbers.add({"event": "step", "step": k, "time": t} for k, t in enumerate(times, 1))
    assert numbers.steps_per_second() == pytest.approx(20, rel=1e-3)
    assert numbers.seconds_left(250) == pytest.approx(5, rel=0.02)
    assert numbers.seconds_left(10) == 0.0


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (value_words("val_accuracy", 0.99166), "99.17 %"),
        (value_words("val_loss", 0.02543), "0.0254"),
        (value_words("val_loss", math.nan), "–"),
        (number_words(5.37e-3), "5.37e-03"),
        (number_words(0.0), "0.0000"),
        (number_words(12.5), "12.50"),
        (rate_words(18_712.3), "18,700"),
        (rate_words(2.34), "2.3"),
        (rate_words(math.nan), "–"),
        (span_words(1.2), "0:01"),
        (span_words(759.6), "12:40"),
        (span_words(11_100), "3:05:00"),
        (device_words({"threads": 1}), "CPU, 1 thread"),
        (device_words({"device": "cuda:1", "threads": 4}), "CUDA:1"),
        (moment_words(86_400 * 400, 86_400 * 800)[-4:], "1971"),
    ],
)
def test_words(told: str, expected: str) -> None:
    assert told == expected
