"""Whether a training fits on a device: grades, words, and the batch that would fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.checking.memory_fit import Room, fit_of, fit_words, fitting_batch, room_on
from graph_editor.checking.training_memory import SPARE, Range
from graph_editor.document.model import Address

GIB = 2**30


def need(fixed: int, each: int, batch: int) -> Range:
    """Return the range of one layer with so many bytes of activations for a sample."""
    all_ = 4 * fixed + each * batch
    return Range(fixed, fixed, 2 * fixed, each * batch, round(all_ * (1 + SPARE)) + each * batch)


NEED = need(GIB, GIB // 4, 16)
"""7 GiB at least, 14.4 at most."""


@pytest.mark.parametrize(
    ("free", "fit"),
    [(0, "unknown"), (6, "too_large"), (7, "tight"), (14, "tight"), (15, "fits")],
)
def test_the_ends_of_the_range_grade_it(free: int, fit: str) -> None:
    assert fit_of(NEED, Room("cpu", free * GIB, 64 * GIB)) == fit


@pytest.mark.parametrize(
    ("free", "fit"), [(7.1, "too_large"), (7.7, "too_large"), (7.8, "tight"), (15.2, "fits")]
)
def test_what_the_device_takes_for_itself_counts_at_both_ends(free: float, fit: str) -> None:
    """CUDA takes 0.74 GiB: what would just fit without that cannot fit."""
    room = Room("cuda:0", round(free * GIB), 80 * GIB)
    assert fit_of(NEED, room) == fit
    assert fit_of(replace(NEED, unjudged=1), room) == (fit if fit == "too_large" else "unknown")


def test_the_words_have_the_numbers_and_a_way_out() -> None:
    assert fit_words(NEED, Room("mps", 6 * GIB, 8 * GIB), 16) == (
        "It will not fit: training takes at least 7.0 GiB, and MPS has 6.0 GiB free. "
        "Batches of 1 would fit."
    )
    assert fit_words(NEED, Room("cpu", 12 * GIB, 16 * GIB), 16) == (
        "It may not fit: training takes 7.0 GiB to 14.4 GiB, and this machine has 12.0 GiB free. "
        "Batches of 11 would fit."
    )
    assert fit_words(NEED, Room("cpu", 4 * GIB, 16 * GIB), 16).endswith(
        "Not even a batch of one would."
    )
    assert fit_words(NEED, Room("cpu", 15 * GIB), 16) == (
        "It fits: this machine has 15.0 GiB free."
    )
    assert fit_words(NEED, Room("cuda:0", 15 * GIB - 2**29), 16) == (
        "It may not fit: training takes 7.0 GiB to 14.4 GiB, CUDA itself 760.0 MiB, "
        "and CUDA:0 has 14.5 GiB free. Batches of 14 would fit."
    )
    assert fit_words(NEED, Room("cuda:0", 7 * GIB + 2**29), 16).startswith(
        "It will not fit: training takes at least 7.0 GiB, CUDA itself 760.0 MiB, "
        "and CUDA:0 has 7.5 GiB free."
    )
    assert "not known" in fit_words(NEED, Room("mps"), 16)


def test_nothing_is_said_to_fit_while_nodes_are_not_judged() -> None:
    some = replace(NEED, unjudged=6)
    assert fit_of(some, Room("cpu", 64 * GIB)) == fit_of(some, Room("cpu", 8 * GIB)) == "unknown"
    assert fit_words(some, Room("cpu", 64 * GIB), 16) == (
        "Whether it fits is not known, since 6 nodes are not judged: "
        "this machine has 64.0 GiB free."
    )
    assert fit_of(some, Room("cpu", 6 * GIB)) == "too_large"
    assert fit_words(some, Room("cpu", 6 * GIB), 16) == (
        "It will not fit: training takes at least 7.0 GiB, and this machine has 6.0 GiB free."
    )
    assert "not known" in fit_words(replace(NEED, unjudged=1), Room("mps"), 16)


@given(st.integers(0, 10**9), st.integers(1000, 10**8), st.integers(1, 512), st.integers(1, 10**12))
def test_the_batch_that_fits_is_the_largest(fixed: int, each: int, batch: int, free: int) -> None:
    most = fitting_batch(need(fixed, each, batch), Room("cpu", free), batch)
    rounded = 8 + most / batch  # bytes that rounding moves: some for each batch as it was
    if most:
        assert need(fixed, each, most).high <= free + rounded
    assert need(fixed, each, most + 1).high > free - rounded


def test_a_node_that_takes_half_of_it_is_named() -> None:
    high = GIB * 10
    whole = Range(0, 0, 0, 0, high, 8 * GIB, largest=Address("f"), alone=4 * GIB)
    words = fit_words(whole, Room("cpu", 2 * GIB), 16, lambda address: f"the {address}")
    assert "free. “the f” alone takes 4.0 GiB. Batches" in words
    small = replace(whole, alone=4 * GIB - 1)
    assert "alone" not in fit_words(small, Room("cpu", 2 * GIB), 16, str)


def test_a_smaller_batch_spares_nothing_of_what_stands() -> None:
    grows = Range(0, 0, 0, 0, 2300, 1000)
    stands = Range(0, 0, 0, 0, 1300, 1000, 1000, standing=1000)
    assert fitting_batch(grows, Room("cpu", 1150), 10) == 5
    assert fitting_batch(stands, Room("cpu", 1150), 10) == 0


def test_the_room_is_that_of_the_chosen_device() -> None:
    told = [
        {"id": "cpu", "free": 5, "total": 9},
        {"id": "cuda:0", "free": 3, "total": 4},
    ]
    assert room_on("cpu", told) == Room("cpu", 5, 9)
    assert room_on("cuda", told) == room_on("cuda:0", told) == Room("cuda:0", 3, 4)
    assert room_on("cuda:1", told) == Room("cuda:1")
    assert room_on("cpu", None) == Room("cpu")
