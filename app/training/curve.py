"""The loss curve of a run as an SVG picture, written as text."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from app.training.folder import read_config
from app.training.follow import read_records
from app.training.scales import Point, Scale, fitted, labels, number, thinned
from graph_editor.document.atomic import atomic_write

FILE = "loss.svg"
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 72, 28, 84, 52
HEIGHTS = (300, 170)
"""Of the loss panel, and of each panel below it."""
GAP, COLUMNS, MOST_PANELS = 40, 700, 3
LARGEST = 1e300
"""Room is left for the sums that place a value on its axis."""
INK, QUIET, GRID, PAPER = "#1f2328", "#59636e", "#e4e7eb", "#ffffff"
TRAIN, VALIDATION = "#0072b2", "#d55e00"
"""Blue and vermilion of Okabe and Ito's set, which stay apart for colour-blind readers."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
LEGEND = (
    ("each step", 532, TRAIN, 1.0, 0.5, False),
    ("training", 640, TRAIN, 2.5, 1.0, False),
    ("validation", 735, VALIDATION, 2.5, 1.0, True),
)
"""Text, place, colour, width, opacity, dots."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a panel; a point whose value is not finite interrupts it."""

    points: Sequence[Point]
    colour: str
    width: float = 2.0
    opacity: float = 1.0
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric: its name and its lines."""

    name: str
    series: tuple[Series, ...]


def write_curve(folder: Path) -> Path:
    """Write loss.svg into a run folder from its metrics and return its path. Raises OSError."""
    try:
        name = read_config(folder).name
    except (OSError, ValueError):
        name = folder.name
    path = folder / FILE
    atomic_write(path, loss_svg(read_records(folder), name))
    return path


def loss_svg(records: Iterable[Mapping[str, Any]], title: str) -> str:
    """Return the picture: the loss, and a panel for each of the first other metrics."""
    steps, epochs = _split(records)
    per_epoch = _steps_per_epoch(epochs)
    panels = _panels(steps, epochs, per_epoch)
    xs = [x for panel in panels for line in panel.series for x, _ in line.points]
    across = _across(xs)
    heights = [HEIGHTS[0], *[HEIGHTS[1]] * (len(panels) - 1)]
    total = TOP + sum(heights) + GAP * (len(panels) - 1) + BOTTOM
    body = [*_header(title, _told(epochs), total)]
    top = TOP
    for panel, height in zip(panels, heights, strict=True):
        body += _drawn(panel, across, top, height)
        top += height + GAP
    body += _feet(across, top - GAP, "epoch" if per_epoch else "step")
    return "\n".join([*body, "</svg>", ""])


def _split(
    records: Iterable[Mapping[str, Any]],
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    kinds: dict[str, list[Mapping[str, Any]]] = {"step": [], "epoch": []}
    for record in records:
        event, step = record.get("event"), record.get("step")
        if event in kinds and type(step) is int:
            kinds[event].append(record)
    return kinds["step"], kinds["epoch"]


def _steps_per_epoch(epochs: Sequence[Mapping[str, Any]]) -> float:
    """Return how many steps an epoch has, 0 where no epoch is complete."""
    last = next((e for e in reversed(epochs) if type(e.get("epoch")) is int), None)
    return last["step"] / last["epoch"] if last and last["epoch"] > 0 < last["step"] else 0.0


def _panels(
    steps: Sequence[Mapping[str, Any]], epochs: Sequence[Mapping[str, Any]], per_epoch: float
) -> list[Panel]:
    names = ["loss", *_metrics(epochs)][:MOST_PANELS]
    panels = []
    for name in names:
        unit = per_epoch or 1.0
        lines = (
            Series(_points(steps, f"train_{name}", unit), TRAIN, 1.0, 0.35 if epochs else 0.9),
            Series(_points(epochs, f"train_{name}", unit), TRAIN),
            Series(_points(epochs, f"val_{name}", unit), VALIDATION, dots=len(epochs) <= 60),
        )
        panels.append(Panel(name, tuple(line for line in lines if line.points)))
    return panels


def _metrics(epochs: Sequence[Mapping[str, Any]]) -> list[str]:
    found = (re.fullmatch(r"(?:val|train)_(.+)", key) for epoch in epochs[-1:] for key in epoch)
    names = dict.fromkeys(match[1] for match in found if match and match[1] != "loss")
    return sorted(names, key=lambda name: name != "accuracy")


def _points(records: Sequence[Mapping[str, Any]], name: str, unit: float) -> list[Point]:
    return [(r["step"] / unit, _value(r[name])) for r in records if name in r]


def _value(value: object) -> float:
    """Return a number that can be drawn, else NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) < LARGEST else math.nan


def _across(xs: Sequence[float]) -> Scale:
    return Scale(0.0, max([1e-9, *xs]) if xs else 1.0, LEFT, WIDTH - RIGHT)


def _told(epochs: Sequence[Mapping[str, Any]]) -> str:
    """Return the best validation result in words."""
    known = [e for e in epochs if math.isfinite(_value(e.get("val_loss")))]
    if not known:
        return f"{len(epochs)} epochs" if epochs else "no epoch complete yet"
    best = min(known, key=lambda e: _value(e["val_loss"]))
    words = f"best validation loss {number(_rounded(best['val_loss']))} in epoch {best['epoch']}"
    accuracy = _value(best.get("val_accuracy"))
    return f"{words}, accuracy {accuracy:.2%} there" if math.isfinite(accuracy) else words


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _header(title: str, told: str, height: int) -> Iterator[str]:
    clean = escape(NOT_XML.sub("\ufffd", title))
    shown = clean if len(title) <= 42 else escape(NOT_XML.sub("\ufffd", title[:41])) + "…"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="{FONT}" font-size="13">'
    )
    yield f"<title>Loss of {clean}</title>"
    yield f"<desc>{escape(told)}</desc>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
    yield _text(LEFT, 34, shown, f'font-size="18" font-weight="600" fill="{INK}"')
    yield _text(LEFT, 56, escape(told), f'fill="{QUIET}"')
    yield from _legend()


def _legend() -> Iterator[str]:
    y = 29
    for name, x, colour, width, opacity, dots in LEGEND:
        stroke = f'stroke="{colour}" stroke-width="{width}" opacity="{opacity}"'
        yield f'<path d="M{x} {y}h22" {stroke}/>'
        if dots:
            yield f'<circle cx="{x + 11}" cy="{y}" r="3" fill="{colour}"/>'
        yield _text(x + 28, y + 5, name, f'fill="{INK}"')


def _drawn(panel: Panel, across: Scale, top: int, height: int) -> Iterator[str]:
    values = [y for line in panel.series for _, y in line.points]
    up = fitted(values, top + height, top, may_log=panel.name == "loss")
    marks = up.ticks(height // 34)
    for tick, shown in zip(marks, labels(marks), strict=True):
        y = up(tick)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
        yield _text(LEFT - 10, y + 4.5, shown, f'text-anchor="end" fill="{QUIET}"')
    yield f'<path d="M{LEFT} {top}V{top + height}H{WIDTH - RIGHT}" stroke="{QUIET}" fill="none"/>'
    name = escape(NOT_XML.sub("\ufffd", panel.name.replace("_", " ")[:24]))
    middle = top + height / 2
    label = name + (" (log scale)" if up.log else "")
    turned = f'transform="rotate(-90 20 {middle:.0f})" text-anchor="middle" fill="{INK}"'
    yield _text(20, middle, label, turned)
    for line in panel.series:
        yield from _line(line, across, up)


def _line(line: Series, across: Scale, up: Scale) -> Iterator[str]:
    seen: list[tuple[float, float]] = []
    for finite, group in itertools.groupby(line.points, key=lambda point: math.isfinite(point[1])):
        if finite:
            part = [(across(x), up(y)) for x, y in thinned(list(group), COLUMNS)]
            seen += part
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in part)
            yield (
                f'<path d="M{path}" fill="none" stroke="{line.colour}" stroke-linejoin="round" '
                f'stroke-linecap="round" stroke-width="{line.width}" opacity="{line.opacity}"/>'
            )
    if line.dots or len(seen) == 1:
        for x, y in seen:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>'


def _feet(across: Scale, bottom: int, unit: str) -> Iterator[str]:
    for tick in across.ticks(10):
        x = across(tick)
        if tick == round(tick):
            yield f'<path d="M{x:.1f} {bottom}v5" stroke="{QUIET}"/>'
            shown = number(tick)
            yield _text(x, bottom + 20, shown, f'text-anchor="middle" fill="{QUIET}"')
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield _text(middle, bottom + 42, unit, f'text-anchor="middle" fill="{INK}"')


def _text(x: float, y: float, escaped: str, attributes: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {attributes}>{escaped}</text>'
