"""What is drawn at the foot of a node: samples of a data source, curves of a loss."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from graph_editor.canvas.anatomy import CURVE, PICTURE, text_width
from graph_editor.canvas.findings import Sample
from graph_editor.canvas.items.state import Shown
from graph_editor.canvas.parameter_line import number_text
from graph_editor.canvas.theme import code_font

SHOWN = 4
STROKE = 1.25
"""Pixels of a curve; it keeps them on the screen while the node is small."""


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint what a node shows at its foot."""
    if shown.anatomy.family == "data":
        _paint_samples(painter, shown)
    else:
        _paint_curves(painter, shown)


def _paint_samples(painter: QPainter, shown: Shown) -> None:
    build, look = shown.anatomy, shown.scope.paints
    gap = 2.0
    left = (build.width - SHOWN * PICTURE - (SHOWN - 1) * gap) / 2
    for index, sample in enumerate(shown.samples[:SHOWN]):  # no boxes where none is known yet
        place = QRectF(left + index * (PICTURE + gap), build.picture_y, PICTURE, PICTURE)
        painter.drawImage(place, image_of(sample))
        if not shown.scope.is_full:
            continue  # what it is called could not be read
        painter.setPen(look.text2)
        painter.setFont(code_font(10.5))
        x = place.center().x() - text_width(sample.label, "10.5") / 2
        painter.drawText(QPointF(x, place.bottom() + 12), sample.label)


def image_of(sample: Sample) -> QImage:
    """Return a sample as a grey picture."""
    rows = sample.pixels
    height, width = len(rows), max((len(row) for row in rows), default=0)
    data = bytes(
        round(255 * min(max(value, 0.0), 1.0))
        for row in rows
        for value in (*row, *[0.0] * (width - len(row)))
    )
    return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def _paint_curves(painter: QPainter, shown: Shown) -> None:
    build, look = shown.anatomy, shown.scope.paints
    train, validation = shown.curves
    box = QRectF(6, build.picture_y, build.width - 12, CURVE)
    painter.fillRect(box, look.look["input"])
    is_full = shown.scope.is_full
    if is_full:
        _paint_last(painter, shown, box)
    low, high = _range((*train, *validation))
    inner = box.adjusted(4, 18 if is_full else 5, -4, -5)
    width = STROKE if is_full else STROKE / shown.scope.zoom
    colours = look.look.runs
    for values, colour in ((train, colours[0]), (validation, colours[1])):
        if len(values) > 1:
            painter.setPen(QPen(colour, width))
            painter.drawPolyline(_line(values, inner, low, high))


def _paint_last(painter: QPainter, shown: Shown, box: QRectF) -> None:
    """Say the last value of each curve."""
    painter.setFont(code_font(10))
    painter.setPen(shown.scope.paints.text2)
    x = box.left() + 4
    for word, values in zip(("train", "val"), shown.curves, strict=True):
        if values:
            text = f"{word} {number_text(round(values[-1], 3))}"
            painter.drawText(QPointF(x, box.top() + 12), text)
            x += text_width(text, "10") + 6


def _scaled(value: float) -> float:
    """Return the logarithm of what is above 0: losses fall by factors."""
    return math.log(value) if value > 0 else -20.0


def _range(values: Sequence[float]) -> tuple[float, float]:
    scaled = [_scaled(v) for v in values if math.isfinite(v)]
    low, high = min(scaled, default=0.0), max(scaled, default=1.0)
    return low, high if high > low else low + 1.0


def _line(values: Sequence[float], box: QRectF, low: float, high: float) -> QPolygonF:
    step = box.width() / (len(values) - 1)
    points = []
    for index, value in enumerate(values):
        share = (_scaled(value) - low) / (high - low) if math.isfinite(value) else 1.0
        points.append(QPointF(box.left() + step * index, box.bottom() - share * box.height()))
    return QPolygonF(points)
