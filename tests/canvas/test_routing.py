"""Wires: straight where they can be, level at ports and bends, exact at both ends."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("PySide6.QtGui", reason="Qt's libraries are missing on this system")

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QPainterPath

from graph_editor.canvas.anatomy import Side
from graph_editor.canvas.routing import is_level, polyline, route

PLACES = st.integers(-2000, 2000).map(float)
SPOTS = st.tuples(PLACES, PLACES)
OUT, IN = st.sampled_from(["right", "bottom"]), st.sampled_from(["left", "top"])


@given(SPOTS, OUT, SPOTS, IN, st.lists(SPOTS, max_size=3))
def test_a_wire_begins_and_ends_at_its_ports_and_passes_its_bends(
    start: tuple[float, float],
    leaves: Side,
    end: tuple[float, float],
    enters: Side,
    bends: list[tuple[float, float]],
) -> None:
    path = route(start, leaves, end, enters, bends)
    first, last = path.elementAt(0), path.elementAt(path.elementCount() - 1)
    assert (first.x, first.y) == start
    assert (last.x, last.y) == end
    corners = {(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())}
    assert set(bends) <= corners
    spots = polyline(start, leaves, end, enters, bends)
    assert spots[0] == start
    assert spots[-1] == end
    assert set(bends) <= set(spots)


def test_a_chain_is_one_straight_line() -> None:
    path = route((0, 36), "right", (80, 36), "left")
    assert path.elementCount() == 2
    assert path.elementAt(1).type is QPainterPath.ElementType.LineToElement
    assert is_level((0, 36), "right", (80, 36), "left", ())
    assert not is_level((0, 36), "right", (80, 40), "left", ())
    assert not is_level((80, 36), "right", (0, 36), "left", ())
    assert not is_level((0, 36), "bottom", (80, 36), "left", ())


def test_the_plan_runs_straight_down() -> None:
    assert route((50, 0), "bottom", (50, 60), "top").elementCount() == 2


@given(SPOTS, SPOTS)
def test_a_curve_leaves_and_enters_level(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    path = route(start, "right", end, "left")
    if path.elementCount() == 2 or start == end:
        return
    assert path.elementAt(1).y == start[1]
    assert path.elementAt(1).x > start[0]
    assert path.elementAt(2).y == end[1]
    assert path.elementAt(2).x < end[0]


@given(SPOTS, SPOTS, st.lists(SPOTS, max_size=2))
def test_the_far_line_lies_on_the_wire(
    start: tuple[float, float],
    end: tuple[float, float],
    bends: list[tuple[float, float]],
) -> None:
    path = route(start, "right", end, "left", bends)
    box = path.boundingRect().adjusted(-1, -1, 1, 1)
    for x, y in polyline(start, "right", end, "left", bends):
        assert math.isfinite(x)
        assert math.isfinite(y)
        assert box.left() <= x <= box.right()
        assert box.top() <= y <= box.bottom()
