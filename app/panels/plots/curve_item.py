"""Draws one series into a plot: only what its width in pixels can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.panels.plots.options import Across
from app.panels.plots.pyramid import Numbers
from app.panels.plots.series import Series, thinned

COLUMN = 2
"""Pixels from point to point of a smooth curve, where it has more."""
SPARSE = 40
"""Up to so many points of a series are drawn as dots, too."""


@dataclass(frozen=True, slots=True)
class Pencil:
    """How a curve is drawn."""

    colour: QColor
    width: float = 2.0
    dashed: bool = False
    smoothing: float = 0.0
    dots: bool = False
    """A dot at its last point, and at every one where there are few."""
    scale: float = 1.0
    """What values are multiplied with: 100 for a share in percent."""


class CurveItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """One curve. Its points are made anew when it is painted."""

    def __init__(self, series: Series, pencil: Pencil, z: float = 0.0) -> None:
        super().__init__()
        self.series, self.pencil = series, pencil
        self.across: Across = "epoch"
        self.log_x = self.log_y = False
        self.setZValue(z)

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        super().viewTransformChanged()  # forgets what the view was
        self.prepareGeometryChange()

    def points(self, columns: int) -> tuple[Numbers, Numbers]:
        """Return what is drawn, on the axes' scales; values that have no place there are NaN."""
        view = self.viewRect()
        first, last = view.left(), view.right()
        if self.log_x:
            first, last = 10.0**first, 10.0**last
        places = self.series.across[self.across].values
        values = self.series.smoothed(self.pencil.smoothing)
        smooth = self.pencil.smoothing > 0.0
        columns = columns // COLUMN if smooth else columns
        x, y = thinned(places, values, first, last, columns, self.log_x, smooth)
        y = y * self.pencil.scale
        return (_log(x) if self.log_x else x), (_log(y) if self.log_y else y)

    def extent(self) -> tuple[float, float, float, float]:
        """Return the least and greatest of x and of y, on the axes' scales; NaN of nothing."""
        places = self.series.across[self.across].values
        if not len(places):
            return (np.nan,) * 4
        low, high = self.series.smoothed(self.pencil.smoothing).whole()
        ys = np.array([low, high]) * self.pencil.scale
        xs = np.array([places[0], places[-1]])
        if self.log_y and low <= 0:
            ys[0] = self._least_positive() * self.pencil.scale
        ys, xs = (_log(ys) if self.log_y else ys), (_log(xs) if self.log_x else xs)
        return float(xs[0]), float(xs[1]), float(ys[0]), float(ys[1])

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        del option, widget
        if not len(self.series):
            return
        to_pixels = painter.transform()
        width = abs(self.viewRect().width() * to_pixels.m11())
        x, y = self.points(max(8, int(width)))
        x = x * to_pixels.m11() + to_pixels.dx()
        y = y * to_pixels.m22() + to_pixels.dy()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.pencil.width > 1.0)
        pen = QPen(self.pencil.colour, self.pencil.width)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        if self.pencil.dashed:
            pen.setDashPattern([4.0 / self.pencil.width, 3.0 / self.pencil.width])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(pg.arrayToQPath(x, np.clip(y, -1e6, 1e6), connect="finite"))
        if self.pencil.dots:
            self._draw_dots(painter, x, y)
        painter.restore()

    def _draw_dots(self, painter: QPainter, x: Numbers, y: Numbers) -> None:
        there = np.flatnonzero(np.isfinite(y))
        if not len(there):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.pencil.colour)
        places = self.series.across[self.across].values
        ends = [there[-1]] if len(there) == 1 or len(places) > SPARSE else there.tolist()
        for k in ends:
            radius = 3.0 if k == there[-1] else 2.0
            painter.drawEllipse(QPointF(float(x[k]), float(y[k])), radius, radius)

    def _least_positive(self) -> float:
        values = self.series.smoothed(self.pencil.smoothing).values
        positive = values[values > 0]
        return float(positive.min()) if len(positive) else np.nan


def _log(values: Numbers) -> Numbers:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values > 0, np.log10(np.maximum(values, 1e-300)), np.nan)
