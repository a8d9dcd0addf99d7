"""The plots' own arithmetic: few points that hide no extreme, round marks, and what is painted."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.panels.plots.axis import log_marks, log_text, plain_marks, plain_text
from app.panels.plots.curve_item import CurveItem, Pencil
from app.panels.plots.imports import PlotImports, each_name, import_libraries
from app.panels.plots.plot import Plot
from app.panels.plots.series import Series, thinned
from graph_editor.canvas.theme import theme
from tests.panels.judged import until

KEY = Qt.Key


def series_of(values: np.ndarray) -> Series:
    made = Series()
    steps = np.arange(1.0, len(values) + 1)
    made.append({"epoch": steps / 10, "step": steps, "time": steps * 0.5}, values)
    return made


@given(st.integers(1, 60_000), st.integers(10, 900), st.booleans(), st.integers(0, 2**31))
def test_few_points_are_drawn_and_no_extreme_is_hidden(
    size: int, columns: int, log: bool, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=size)
    made = series_of(values)
    places = made.across["step"].values
    x, y = thinned(places, made.pyramid, 1.0, float(size), columns, log)
    assert len(x) == len(y) <= 2 * columns
    assert (np.diff(x) >= 0).all()
    assert (y.min(), y.max()) == (values.min(), values.max())


@given(st.integers(2000, 60_000), st.data())
def test_a_stretch_shows_what_is_in_it_and_little_beyond(size: int, data: st.DataObject) -> None:
    values = np.sin(np.arange(size) / 700) + np.random.default_rng(size).normal(size=size) / 9
    made = series_of(values)
    first = data.draw(st.integers(1, size - 1000))
    last = data.draw(st.integers(first + 999, size))
    x, y = thinned(made.across["step"].values, made.pyramid, first, last, 100)
    inside = values[first - 1 : last]
    slack = (last - first) // 100 + 2
    around = values[max(0, first - slack) : last + slack]
    assert around.min() <= y.min() <= inside.min()
    assert inside.max() <= y.max() <= around.max()
    assert x[0] >= first - 2
    assert x[-1] <= last + 2


def test_a_smooth_series_is_drawn_through_its_own_values() -> None:
    made = series_of(np.linspace(3.0, 1.0, 40_000))
    smooth = made.smoothed(0.9)
    x, y = thinned(made.across["step"].values, smooth, 1, 40_000, 300, smooth=True)
    assert len(x) <= 301
    assert y == pytest.approx(smooth.values[x.astype(int) - 1])
    assert x[-1] == 40_000


def test_smoothing_goes_on_where_it_was() -> None:
    values = np.random.default_rng(0).normal(size=3000)
    whole, parts = series_of(values), series_of(values[:1000])
    parts.smoothed(0.95)
    steps = np.arange(1001.0, 3001)
    parts.append({"epoch": steps, "step": steps, "time": steps}, values[1000:])
    assert parts.smoothed(0.95).values == pytest.approx(whole.smoothed(0.95).values)


def test_the_nearest_point_is_found() -> None:
    made = series_of(np.arange(5.0))
    assert [made.nearest("step", x) for x in (-9, 1.4, 1.6, 3, 99)] == [0, 0, 1, 2, 4]
    assert Series().nearest("step", 1.0) == -1


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6, exclude_min=True), st.integers(2, 12))
def test_plain_marks_are_round_few_and_inside(low: float, span: float, count: int) -> None:
    found = plain_marks(low, low + span, count)
    slack = 1e-6 * max(span, abs(low) * 1e-6)
    assert len(found) <= count + 1
    assert all(low - slack <= x <= low + span + slack for x in found)
    steps = {round((b - a) / span, 6) for a, b in itertools.pairwise(found)}
    assert len(steps) <= 2  # they are the same, but for rounding


@given(st.floats(-12, 6), st.floats(0.05, 14), st.integers(2, 14))
def test_logarithmic_marks_are_inside_and_ascend(low: float, span: float, count: int) -> None:
    found = log_marks(low, low + span, count)
    assert found == sorted(found)
    assert all(low - 1e-9 <= x <= low + span + 1e-9 for x in found)
    assert len(found) <= 2 * count + 2


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([log_text(x) for x in log_marks(-2.1, 0.6, 12)], ["0.01", "0.03", "0.1", "0.3", "1", "3"]),
        ([log_text(x) for x in (-5.0, 3.0, 4.0)], ["1e-5", "1000", "10000"]),
        ([plain_text(x, 5) for x in (0.0, 5.0, 10.0)], ["0", "5", "10"]),
        ([plain_text(x, 0.25) for x in (0.25, 0.5)], ["0.25", "0.50"]),
        ([plain_text(x, 0.0005) for x in (0.0, 0.0005)], ["0", "0.0005"]),
        ([plain_text(x, 20_000) for x in (20_000.0, 100_000.0)], ["20k", "100k"]),
    ],
)
def test_marks_say_round_numbers(told: list[str], expected: list[str]) -> None:
    assert told == expected


@pytest.fixture
def plot(qt: QApplication) -> Iterator[Plot]:
    import_libraries()
    made = Plot("loss")
    made.set_theme(theme("dark"))
    made.resize(500, 260)
    yield made
    made.close()
    made.deleteLater()


def show(plot: Plot, series: Series, log_y: bool = False, **pencil: float) -> CurveItem:
    curve = CurveItem(series, Pencil(QColor(theme("dark").runs[2]), **pencil))
    plot.set_curves([curve])
    plot.set_scales("step", False, log_y)
    plot.show()
    plot.refresh()
    return curve


def test_all_is_shown_until_a_hand_moves_it_and_again_after_a_double_click(plot: Plot) -> None:
    series = series_of(np.linspace(5.0, 1.0, 50))
    show(plot, series)
    (first, last), (low, high) = plot.box.viewRange()
    assert (first, last) == (0.0, pytest.approx(50.5))
    assert low < 1.0 < 5.0 < high
    plot.setFocus()
    QTest.keyClick(plot, KEY.Key_Plus)
    assert not plot.is_fitted
    narrow = plot.box.viewRange()[0]
    assert narrow[1] - narrow[0] < 45
    steps = np.arange(51.0, 101)
    series.append({"epoch": steps, "step": steps, "time": steps}, np.full(50, 0.5))
    plot.refresh()
    assert plot.box.viewRange()[0] == narrow
    left, middle = Qt.MouseButton.LeftButton, QPoint(250, 120)
    QTest.mouseDClick(plot.viewport(), left, pos=middle)
    QTest.mouseRelease(plot.viewport(), left, pos=middle)  # QTest leaves it pressed
    assert plot.is_fitted
    assert plot.box.viewRange()[0][1] == pytest.approx(101)


def test_arrow_keys_walk_along_the_curve_and_escape_ends_that(plot: Plot) -> None:
    show(plot, series_of(np.linspace(5.0, 1.0, 20)))
    seen: list[float | None] = []
    plot.pointed.connect(seen.append)
    plot.pointed.connect(plot.point_at)
    plot.setFocus()
    for key in (KEY.Key_Left, KEY.Key_Left, KEY.Key_Home, KEY.Key_Right, KEY.Key_End):
        QTest.keyClick(plot, key)
    QTest.keyClick(plot, KEY.Key_Escape)
    assert seen == [20.0, 19.0, 1.0, 2.0, 20.0, None]


def test_the_pointer_says_where_it_is(plot: Plot) -> None:
    show(plot, series_of(np.linspace(5.0, 1.0, 40)))
    assert QTest.qWaitForWindowExposed(plot)
    seen: list[float | None] = []
    plot.pointed.connect(seen.append)
    x = plot.pixel_of(30.0)
    assert x is not None
    for step in (9, 0):
        QTest.mouseMove(plot.viewport(), QPoint(round(x) - step, 100))
        QTest.qWait(20)
    until(lambda: bool(seen))
    assert seen[-1] == pytest.approx(30.0, abs=0.2)


def test_what_is_not_positive_has_no_place_on_a_logarithmic_axis(plot: Plot) -> None:
    curve = show(plot, series_of(np.array([10.0, 0.0, -1.0, 0.1, math.nan, 1.0])), log_y=True)
    x, y = curve.points(100)
    assert np.isfinite(y).tolist() == [True, False, False, True, False, True]
    assert (y[0], y[3]) == (pytest.approx(1.0), pytest.approx(-1.0))
    low, high = curve.extent()[2:]
    assert (low, high) == (pytest.approx(-1.0), pytest.approx(1.0))
    assert len(x) == 6


def test_a_million_points_are_painted_where_they_lie(plot: Plot) -> None:
    curve = show(plot, series_of(np.linspace(0.0, 1.0, 1_000_000)), width=1.0)
    QTest.qWait(50)
    image = plot.grab().toImage()
    colour = curve.pencil.colour.rgb()
    width, height = image.width(), image.height()
    hits = [
        (x, y)
        for x in range(60, width - 20, 40)
        for y in reversed(range(height))
        if image.pixel(x, y) == colour
    ]
    assert len(hits) >= 8
    assert [y for _, y in hits] == sorted((y for _, y in hits), reverse=True)  # it rises
    assert len(curve.points(400)[0]) <= 800


def test_a_smoothed_curve_is_drawn_through_the_smoothed_values(plot: Plot) -> None:
    saw = np.arange(400.0) % 2
    raw = show(plot, series_of(saw)).points(2000)
    assert (raw[1].min(), raw[1].max()) == (0.0, 1.0)
    curve = show(plot, series_of(saw), smoothing=0.9)
    x, y = curve.points(2000)
    weights = 0.9 ** np.arange(400.0)
    wanted = [float((weights[:k] * saw[:k][::-1]).sum() / weights[:k].sum()) for k in x.astype(int)]
    assert y == pytest.approx(wanted)
    late = y[len(y) // 2 :]
    assert late.max() - late.min() < 0.1
    assert max(curve.extent()[2:]) < 0.6
    QTest.qWait(50)
    image, colour = plot.grab().toImage(), curve.pencil.colour.rgb()
    right = range(image.width() // 2, image.width() - 20)
    rows = [y for y in range(image.height()) if any(image.pixel(x, y) == colour for x in right)]
    assert rows
    assert rows[-1] - rows[0] < image.height() / 3


def test_an_empty_plot_can_be_shown_and_fitted(plot: Plot) -> None:
    show(plot, Series())
    plot.fit()
    assert plot.box.viewRange()[0][0] == 0.0


def test_the_libraries_are_imported_in_a_thread_and_leave_the_hooks_alone(
    qt: QApplication,
) -> None:
    import sys

    hooks = sys.excepthook, threading.excepthook
    imports = PlotImports()
    told: list[bool] = []
    imports.ready.connect(lambda: told.append(imports.are_ready))
    imports.start()
    imports.start()
    until(lambda: bool(told))
    assert told == [True]
    assert (sys.excepthook, threading.excepthook) == hooks


def test_qt_s_names_are_asked_for_in_the_windows_thread_before_the_other_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    asked = list(each_name())

    def names() -> Iterator[object]:
        for name in asked:
            seen.append(threading.current_thread().name)
            yield name

    monkeypatch.setattr("app.panels.plots.imports.each_name", names)
    monkeypatch.setattr(
        "app.panels.plots.imports.import_libraries",
        lambda: seen.append(threading.current_thread().name),
    )
    imports = PlotImports()
    told: list[str] = []
    imports.ready.connect(lambda: told.append("ready"))
    imports.start()
    assert not seen, "nothing is done before the event loop turns"
    until(lambda: bool(told))
    assert seen == [threading.current_thread().name] * len(asked) + ["plot imports"]
    assert len(asked) > 700
