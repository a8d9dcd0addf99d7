"""Texts of a file never run and never break what is written, wherever they stand."""

from __future__ import annotations

import sys

import pytest

from tests.codegen import hostile


def outcome_of(each: int) -> hostile.Outcome:
    """Return what becomes of some texts for every place."""
    hostile.listen()
    sys.audit(hostile.EVENT)
    assert hostile.HEARD  # who listens hears it
    verdict, outcome = hostile.verdict(), hostile.Outcome()
    for place, text in hostile.spread(each):
        hostile.tried(place, text, verdict, outcome)
    return outcome


def assert_harmless(outcome: hostile.Outcome) -> None:
    assert outcome.executed == []
    assert outcome.broken == []
    assert outcome.counts["written"] > 0.2 * outcome.counts.total()


def test_some_texts_in_every_place() -> None:
    assert len(hostile.texts()) >= 2_000
    assert_harmless(outcome_of(4))


@pytest.mark.slow
def test_a_hundred_texts_in_every_place() -> None:
    outcome = outcome_of(100)
    assert_harmless(outcome)
    assert set(outcome.per_place) == {place.name for place in hostile.places()}
    assert min(outcome.per_place.values()) >= 100


def test_what_runs_is_noticed() -> None:
    hostile.listen()
    hostile.HEARD.clear()
    exec(hostile.PAYLOADS[0])  # noqa: S102  # a test of the alarm
    assert hostile.HEARD == [hostile.EVENT]
