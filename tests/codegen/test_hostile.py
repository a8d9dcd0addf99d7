"""Texts of a file never run and never break what is written, wherever they stand."""

from __future__ import annotations

import sys

import pytest

from tests.codegen import hostile, hostile_code


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


def coded(each: int) -> hostile.Outcome:
    """Return what becomes of some texts for every place of custom code, which nobody trusts."""
    hostile.listen()
    judge, outcome = hostile_code.untrusting(), hostile.Outcome()
    for place, text in hostile.spread(each, 1, hostile_code.places()):
        hostile_code.tried(place, text, judge, outcome)
    assert outcome.executed == []
    assert outcome.broken == []
    assert outcome.counts["written"]
    return outcome


def test_some_texts_in_every_place_of_custom_code() -> None:
    coded(4)


@pytest.mark.slow
def test_a_hundred_texts_in_every_place_of_custom_code() -> None:
    assert min(coded(100).per_place.values()) >= 100


def test_names_of_custom_code_that_are_none_are_refused() -> None:
    judge = hostile_code.untrusting()
    named = [p for p in hostile_code.places() if p.path[2:3] in (("inputs",), ("outputs",))]
    named += [p for p in hostile_code.places() if p.is_key and p.path[0] == "code"]
    named += [p for p in hostile_code.places() if p.path[-1] == "name" and p.path[0] == "code"]
    assert len(named) >= 10
    for place in named:
        for text in ("", "a b", "1x", "x.y", "class", "x\n", "é x", hostile.PAYLOADS[0]):
            outcome = hostile.Outcome()
            hostile_code.tried(place, text, judge, outcome)
            assert not outcome.counts["written"], (place.name, text)
