"""Garbage is collected in the window's thread alone, and is collected there."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QApplication

from app.window.gathering import Gathering


class Knot:
    """Refers to itself, so that only a collection can end it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def gathering(qt: QApplication) -> Iterator[Gathering]:
    was_on = gc.isenabled()
    gc.enable()  # a window of another test may have left it off
    made = Gathering(qt)
    yield made
    made.close()
    made.deleteLater()
    if not was_on:
        gc.disable()


def test_while_it_lives_python_does_not_collect_by_itself(gathering: Gathering) -> None:
    assert not gc.isenabled()
    knots = tied()
    assert all(ref() is not None for ref in knots)
    gathering.look()
    assert all(ref() is None for ref in knots)


def tied() -> list[weakref.ref[Knot]]:
    return [weakref.ref(Knot()) for _ in range(2000)]


def test_no_other_thread_collects(gathering: Gathering) -> None:
    assert not gc.isenabled()
    found: list[list[weakref.ref[Knot]]] = []
    thread = threading.Thread(target=lambda: found.append(tied()))
    thread.start()
    thread.join()
    assert all(ref() is not None for ref in found[0])
    gathering.look()
    assert all(ref() is None for ref in found[0])


def test_the_event_loop_collects(gathering: Gathering, qt: QApplication) -> None:
    from PySide6.QtTest import QTest

    knots = tied()
    QTest.qWait(600)
    assert all(ref() is None for ref in knots)


def test_afterwards_python_collects_by_itself(gathering: Gathering) -> None:
    gathering.close()
    assert gc.isenabled()


def test_what_stands_is_not_walked_through_again(gathering: Gathering) -> None:
    standing = [Knot() for _ in range(2000)]
    knots = tied()
    gathering.settle()
    assert all(ref() is None for ref in knots), "garbage is not kept for good"
    watched = gc.get_objects()
    assert not any(each is standing[0] for each in watched)
    later = tied()
    gc.collect()
    assert all(ref() is None for ref in later)
    frozen = gc.get_freeze_count()
    gathering.close()
    assert frozen >= len(standing)
    assert gc.get_freeze_count() == 0


def test_what_has_gone_since_is_collected_when_the_next_window_stands(gathering: Gathering) -> None:
    knots = [Knot() for _ in range(2000)]
    gone = [weakref.ref(knot) for knot in knots]
    gathering.settle()
    knots.clear()
    gc.collect()
    assert all(ref() is not None for ref in gone), "they are out of sight"
    gathering.settle()
    assert all(ref() is None for ref in gone)
