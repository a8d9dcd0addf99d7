"""Numbers that no run can be given are refused before anything begins, in plain words."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training import worker
from app.training.limits import LIMITS, out_of_range
from app.training.status import read_status
from tests.training.conftest import MakeRun

CORES = os.cpu_count() or 1
FINE = {"device": "cpu", "threads": 1, "seed": 0, "epochs": 1, "batch_size": 64, "lr": 0.1}


@given(st.fixed_dictionaries({n: st.integers(low, high) for n, (low, high, _) in LIMITS.items()}))
def test_what_lies_within_is_taken(settings: dict[str, int]) -> None:
    assert out_of_range(FINE | settings) == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("seed", -1, "seed is -1, but must lie from 0 to 4294967295. Choose"),
        ("seed", 2**32, "seed is 4294967296, but must lie from 0 to 4294967295 (scikit-learn"),
        ("epochs", 0, "epochs is 0, but must lie from 1"),
        ("batch_size", 0, "another with --batch-size"),
        ("batch_size", 10**30, "batch_size is a number of 31 digits, but"),
        ("batch_size", 10**4000, "batch_size is a number of 4001 digits, but"),
        ("threads", 4 * CORES + 1, f"from 1 to {4 * CORES} (4 for each core"),
        ("lr", float("inf"), "lr is not a finite number"),
    ],
)
def test_what_lies_beyond_is_refused_with_the_way_out(name: str, value: Any, said: str) -> None:
    assert said in out_of_range(FINE | {name: value})


def test_a_worker_refuses_before_it_trains(make_run: MakeRun) -> None:
    folder = make_run(seed=2**32)
    assert worker.run(folder, detached=False) == 1
    status = read_status(folder)
    assert (status.state, status.step, status.error) == ("failed", 0, "")
    assert "4294967295" in status.reason
