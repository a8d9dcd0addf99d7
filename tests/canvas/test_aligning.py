"""What lines up: within reach always, to the nearest, and every line shown holds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.canvas.aligning import Box, Level, fit_across, fit_down

coordinate = st.integers(-300, 300).map(float)
size = st.integers(1, 20).map(lambda k: 8.0 * k)
spans = st.tuples(coordinate, size).map(lambda s: (s[0], s[0] + s[1]))
boxes = st.builds(Box, spans, spans)
REACH = 6.0


def marks(span: tuple[float, float]) -> tuple[float, float, float]:
    return span[0], (span[0] + span[1]) / 2, span[1]


@settings(max_examples=200, deadline=None)
@given(mine=boxes, others=st.lists(boxes, max_size=8))
def test_a_fit_is_within_reach_and_its_lines_touch_what_lines_up(
    mine: Box, others: list[Box]
) -> None:
    steps = [
        there - here
        for other in others
        for here, there in zip(marks(mine.x), marks(other.x), strict=True)
    ]
    edges = [abs(step) for step in steps if abs(step) <= REACH]
    fit = fit_across(mine, others, [], REACH)
    if fit is None:
        assert not edges
        return
    assert abs(fit.step) <= REACH
    if edges:
        assert abs(fit.step) <= min(edges)
    assert fit.lines
    there = Box((mine.x[0] + fit.step, mine.x[1] + fit.step), mine.y)
    for x1, y1, x2, y2 in fit.lines:
        if x1 == x2:
            assert min(abs(x1 - mark) for mark in marks(there.x)) <= 0.5
            assert any(min(abs(x1 - m) for m in marks(other.x)) <= 0.5 for other in others)
        else:
            assert y1 == y2
            assert x1 < x2


@settings(max_examples=100, deadline=None)
@given(mine=boxes, others=st.lists(boxes, max_size=6))
def test_down_is_across_turned(mine: Box, others: list[Box]) -> None:
    turned = fit_across(Box(mine.y, mine.x), [Box(o.y, o.x) for o in others], [], REACH)
    down = fit_down(mine, others, [], REACH)
    assert (down is None) == (turned is None)
    if down is not None and turned is not None:
        assert down.step == turned.step
        assert [(b, a, d, c) for a, b, c, d in down.lines] == list(turned.lines)


def test_a_wire_becomes_straight() -> None:
    fit = fit_down(Box((0, 100), (3, 51)), [], [Level(16, 20.0, 300.0)], REACH)
    assert fit is not None
    assert fit.step == 1
    assert fit.lines == ((100.0, 20.0, 300.0, 20.0),)
    fit = fit_across(Box((3, 51), (0, 100)), [], [Level(16, 20.0, 300.0)], REACH)
    assert fit is not None
    assert fit.lines == ((20.0, 100.0, 20.0, 300.0),)


def test_gaps_become_equal_between_two_and_behind_two() -> None:
    row = [Box((0, 100), (0, 40)), Box((400, 500), (0, 40))]
    fit = fit_across(Box((203, 303), (5, 45)), row, [], REACH)
    assert fit is not None
    assert fit.step == -3
    assert fit.lines == ((100, 25, 200, 25), (300, 25, 400, 25))
    row = [Box((0, 100), (0, 40)), Box((130, 230), (0, 40))]
    fit = fit_across(Box((264, 320), (5, 45)), row, [], REACH)
    assert fit is not None
    assert fit.step == -4
    assert fit.lines == ((100, 25, 130, 25), (230, 25, 260, 25))
