"""The picture of the loss: well-formed, complete, and true to the numbers."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.curve import TRAIN, VALIDATION, loss_svg, write_curve
from app.training.scales import Scale, fitted, labels, log_ticks, number, thinned, ticks

SVG = "{http://www.w3.org/2000/svg}"
LOSSES = st.floats(allow_nan=True, allow_infinity=True) | st.none()


def records(losses: list[Any], per_epoch: int = 2, **metrics: float) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for k, loss in enumerate(losses, start=1):
        made.append({"event": "step", "step": k, "train_loss": loss})
        if k % per_epoch == 0:
            end = {"event": "epoch", "step": k, "epoch": k // per_epoch}
            made.append({**end, "train_loss": loss, "val_loss": loss, **metrics})
    return made


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def curves(svg: str, colour: str) -> list[list[tuple[float, float]]]:
    found = []
    for path in ET.fromstring(svg).iter(f"{SVG}path"):
        if path.get("stroke") == colour and path.get("fill") == "none":
            pairs = re.findall(r"([\d.]+) ([\d.]+)", path.get("d") or "")
            found.append([(float(x), float(y)) for x, y in pairs])
    return found


@settings(max_examples=80, deadline=None)
@given(losses=st.lists(LOSSES, max_size=40), title=st.text(max_size=80))
def test_any_numbers_and_any_title_make_well_formed_xml(losses: list[Any], title: str) -> None:
    svg = loss_svg(records(losses), title)
    svg.encode()
    root = ET.fromstring(svg)
    assert not re.search(r'="[^"]*\b(nan|inf)\b', svg)
    places = [float(t.get("y", 0)) for t in root.iter(f"{SVG}text")]
    assert all(0 <= place <= float(root.get("height", 0)) for place in places)


def test_titles_are_escaped() -> None:
    svg = loss_svg([], '<script>alert("1")</script> & \x00\ud800 Ω')
    assert "<script" not in svg
    assert texts(svg)[0] == '<script>alert("1")</script> & \ufffd\ufffd Ω'


def test_a_falling_loss_falls_in_the_picture() -> None:
    svg = loss_svg(records([4.0, 3.0, 2.0, 1.0]), "n")
    steps, means = curves(svg, TRAIN)
    assert [x for x, _ in steps] == pytest.approx([262, 452, 642, 832], abs=0.2)
    heights = [y for _, y in steps]
    assert heights == sorted(heights)  # SVG counts downwards
    assert means == steps[1::2]
    assert curves(svg, VALIDATION) == [means]


def test_axes_have_names_and_numbers() -> None:
    shown = texts(loss_svg(records([4.0, 3.0, 2.0, 1.0], val_accuracy=0.5), "n"))
    assert {"loss", "accuracy", "epoch", "training", "validation", "each step"} <= set(shown)
    assert {"1", "2", "3", "4"} <= set(shown)
    assert "best validation loss 1 in epoch 2, accuracy 50.00% there" in shown


def test_without_a_complete_epoch_steps_are_shown() -> None:
    svg = loss_svg(records([3.0, 2.0, 1.0], per_epoch=10), "n")
    assert "step" in texts(svg)
    assert "no epoch complete yet" in texts(svg)
    assert len(curves(svg, TRAIN)) == 1


def test_a_gap_is_left_where_there_is_no_number() -> None:
    svg = loss_svg(records([3.0, 2.0, math.nan, None, 2.0, 1.0], per_epoch=100), "n")
    assert [len(curve) for curve in curves(svg, TRAIN)] == [2, 2]


def test_a_wide_range_is_shown_on_a_log_axis() -> None:
    assert "loss (log scale)" in texts(loss_svg(records([100.0, 1.0, 0.1, 0.01]), "n"))
    assert "loss" in texts(loss_svg(records([100.0, 1.0, -0.1, 0.01]), "n"))
    shown = texts(loss_svg(records([100.0, 1.0, 0.0, 0.1]), "n"))  # zero lies on the floor
    assert "loss (log scale)" in shown


def test_a_metric_other_than_accuracy_has_its_panel() -> None:
    shown = texts(loss_svg(records([2.0, 1.0], val_mean_error=3.0, val_accuracy=0.1), "n"))
    assert shown.index("accuracy") < shown.index("mean error")


def test_a_long_run_stays_small_and_keeps_its_peaks() -> None:
    losses = [1.0] * 100_000
    losses[54_321] = 9.0
    svg = loss_svg(records(losses, per_epoch=10**9), "n")
    assert len(svg) < 60_000
    assert min(y for _, y in curves(svg, TRAIN)[0]) < 110


def test_the_file_is_written_from_the_run(tmp_path: Path) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in records([2.0, 1.0]))
    (tmp_path / "metrics.jsonl").write_text(lines)
    path = write_curve(tmp_path)
    assert path == tmp_path / "loss.svg"
    assert texts(path.read_text())[0] == tmp_path.name  # there is no config.json with a name


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-3, 1e9), about=st.integers(2, 12))
def test_ticks_are_round_inside_and_about_as_many(low: float, span: float, about: int) -> None:
    found = ticks(low, low + span, about)
    slack = span * 1e-6 + abs(low) * 1e-9
    assert all(low - slack <= tick <= low + span + slack for tick in found)
    least = 2 if span > abs(low) * 1e-10 else 1  # else finer than the numbers are
    assert least <= len(found) <= max(about, 4) + 1
    if len(found) > 2:
        step = found[1] - found[0]
        assert float(f"{step:.0e}") == pytest.approx(step, rel=1e-3)


@pytest.mark.parametrize(
    ("low", "high"), [(1.0, 1.0), (math.nan, 1.0), (0.0, 5e-324), (1e300, 1.7e308)]
)
def test_odd_ranges_have_ticks_all_the_same(low: float, high: float) -> None:
    assert len(ticks(low, high, 5)) >= 1


@pytest.mark.parametrize("about", range(1, 12))
def test_accuracies_close_to_one_have_two_ticks(about: int) -> None:
    """At three marks, the only multiple of 0.05 between 0.905 and 0.995 is 0.95."""
    assert len(fitted([0.91, 0.99], 170, 0, may_log=False).ticks(about)) >= 2


@given(low=st.floats(0, 1), span=st.floats(1e-7, 1), log=st.booleans())
def test_every_axis_has_two_marks_that_read_differently(low: float, span: float, log: bool) -> None:
    shown = labels(fitted([low, low + span], 170, 0, may_log=log).ticks(5))
    assert len(set(shown)) == len(shown) >= 2


def test_the_panels_of_a_run_have_two_marks_each() -> None:
    made = records([1.0, 0.5, 0.2, 0.1])
    for record, accuracy in zip([r for r in made if "epoch" in r], (0.91, 0.99), strict=True):
        record["val_accuracy"] = accuracy
    assert {"0.92", "0.94", "0.96", "0.98"} <= set(texts(loss_svg(made, "n")))


def test_log_ticks_are_powers_with_parts() -> None:
    assert log_ticks(0.009, 0.6) == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
    assert log_ticks(1e-9, 1e9)[:2] == pytest.approx([1e-9, 1e-7])


@given(values=st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20), log=st.booleans())
def test_every_value_lies_within_the_panel(values: list[float], log: bool) -> None:
    scale = fitted(values, 300.0, 0.0, may_log=log)
    assert all(0 <= scale(value) <= 300 for value in values)
    assert scale.low < scale.high


def test_a_scale_is_linear_or_logarithmic() -> None:
    assert Scale(0, 10, 0, 100)(5) == 50
    assert Scale(1, 100, 0, 100, log=True)(10) == pytest.approx(50)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.5, "0.5"), (-2.0, "−2"), (1e-5, "1e−5"), (2.5e7, "2.5e7"), (20.0, "20")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


@given(heights=st.lists(st.floats(-1e6, 1e6), max_size=400), columns=st.integers(1, 30))
def test_thinning_keeps_order_ends_and_extremes(heights: list[float], columns: int) -> None:
    points = [(float(k), y) for k, y in enumerate(heights)]
    kept = thinned(points, columns)
    assert len(kept) <= max(2 * columns, 0) or len(points) <= 2 * columns
    assert kept == sorted(set(kept))
    if points:
        assert max(y for _, y in kept) == max(heights)
        assert min(y for _, y in kept) == min(heights)
