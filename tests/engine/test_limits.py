"""The limits of what may be in the judge's way keep the promise of 3 s and 5 s; no clock runs."""

from __future__ import annotations

import pytest

from app.engine import supervise
from app.engine.beacon import Beacon, avoided, doing
from app.engine.guard import Guard
from app.engine.harm import HURRIED, SECONDS, said_of
from app.engine.supervise import OFTEN, SELDOM, STILL, STILL_HURRIED, SUSPECT, Watch

NAMED, WHOLE = 3.0, 5.0
"""Seconds in which one harm is named, and in which the rest of a drawing with several is judged."""
AGAIN = 0.3
"""Seconds allowed for another judge and its verdict, which take 0.1 s on an idle machine."""


class Standing:
    """A judge that nobody runs; only its beacon is looked at."""

    pid = 0

    def __init__(self) -> None:
        self.beacon = Beacon()


def test_one_that_stands_still_is_named_in_time() -> None:
    assert SECONDS < STILL
    assert STILL + OFTEN + AGAIN < NAMED
    assert SUSPECT < STILL, "where judges do not fork, the next one is made meanwhile"
    assert SELDOM < SUSPECT, "what stands still is looked at often before it is ended"


def test_the_waiting_for_several_does_not_add_up() -> None:
    following = 2
    assert HURRIED < STILL_HURRIED < STILL
    assert STILL + OFTEN + AGAIN + following * (STILL_HURRIED + OFTEN + AGAIN) < WHOLE


def test_the_hurry_is_over_with_the_first_judgement() -> None:
    child = Standing()
    watch = Watch(child, is_hurried=True)  # type: ignore[arg-type]  # it is only looked at
    child.beacon.begin()
    watch.look()
    assert watch.limit == STILL_HURRIED
    child.beacon.begin()
    watch.look()
    assert watch.limit == STILL
    assert Watch(child).limit == STILL  # type: ignore[arg-type]  # as above
    child.beacon.close()


def test_one_that_has_yet_to_load_pytorch_does_not_stand_at_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now)
    child = Standing()
    child.beacon.say(avoided({"word": "too-long"}))
    watch = Watch(child, is_hurried=True)  # type: ignore[arg-type]  # it is only looked at
    for _ in range(100):
        now += SELDOM
        assert watch.look() is None
        assert (watch.text, watch.stood) == ("", 0.0), "what it was given is no call that it makes"
    child.beacon.begin()
    child.beacon.say(doing("word", "node"))
    watch.look()
    for _ in range(2):
        now += SELDOM
        found = watch.look()
    assert found == "too-long"
    child.beacon.close()


def test_what_was_loaded_before_a_call_is_no_progress_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now)
    child = Standing()
    watch = Watch(child)  # type: ignore[arg-type]  # it is only looked at
    child.beacon.begin()
    child.beacon.beat()
    child.beacon.say(doing("word", "node"))
    now += SELDOM
    assert watch.look() is None
    assert watch.stood == SELDOM
    child.beacon.beat()  # it loads something itself, and stands again
    now += OFTEN
    assert watch.look() is None
    assert watch.stood == SELDOM + OFTEN
    for _ in range(100):
        now += SELDOM
        child.beacon.beat()
        assert watch.look() is None, "as long as it loads modules it does not stand still"
    child.beacon.close()


def test_a_guard_hurries_in_the_judgement_that_has_waited_alone() -> None:
    guard = Guard()
    guard._will_hurry = True  # as where the judge before was ended
    guard.begin()
    assert guard._limit == HURRIED
    guard.begin()
    assert guard._limit == SECONDS
    guard._remember("word", "ends-process")
    assert guard._limit == SECONDS
    guard._remember("word", "too-long")
    assert guard._limit == HURRIED


def test_both_limits_are_told() -> None:
    words, severity = said_of("too-long", is_built=True)
    assert f"{SECONDS:g} s ({HURRIED:g} s" in words
    assert severity == "warning"
