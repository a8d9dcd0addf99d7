"""One plot: curves over one axis across, with a cross-hair that all plots of a board share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QStyleOptionGraphicsItem, QWidget

from app.panels.plots.axis import PlotAxis
from app.panels.plots.curve_item import CurveItem
from app.panels.plots.options import Across
from graph_editor.canvas.theme import Theme

LEFT, BOTTOM = 46, 24
"""Room for the marks, the same in all plots, so that live numbers move nothing."""
MARGIN = 0.04
KEY_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -(10**9),
    Qt.Key.Key_End: 10**9,
}


_LIVING: set[QWidget] = set()
"""Plots whose scenes Qt has not destroyed yet."""


def _outlive(plot: QWidget) -> None:
    """Keep Python's side of a plot, with all that is in it, until Qt's side has gone.

    A plot of a closed window is garbage while Qt still holds it. Were some of its items collected
    first, the destruction of their scene would reach for them.
    """
    _LIVING.add(plot)
    plot.destroyed.connect(lambda: QTimer.singleShot(0, lambda: _LIVING.discard(plot)))


class Grid(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Hairlines at the marks of both axes, under the curves."""

    def __init__(self, across: PlotAxis, up: PlotAxis) -> None:
        super().__init__()
        self._axes = (across, up)
        self.pen = QPen()
        self.setZValue(-100)

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        super().viewTransformChanged()  # forgets what the view was
        self.prepareGeometryChange()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        del option, widget
        view, to_pixels = self.viewRect(), painter.transform()
        across, up = self._axes
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self.pen)
        box = to_pixels.mapRect(view)
        lines = []
        for _, places in across.tickValues(view.left(), view.right(), box.width()):
            xs = [round(x * to_pixels.m11() + to_pixels.dx()) for x in places]
            lines += [QLineF(x, box.top(), x, box.bottom()) for x in xs]
        for _, places in up.tickValues(view.top(), view.bottom(), box.height()):
            ys = [round(y * to_pixels.m22() + to_pixels.dy()) for y in places]
            lines += [QLineF(box.left(), y, box.right(), y) for y in ys]
        painter.drawLines(lines)
        painter.restore()


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Curves with axes. Wheel zooms at the pointer, drag moves, a double click shows all."""

    pointed = Signal(object)
    """The place on the axis across that the pointer, or an arrow key, is at; None: none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self.across_axis, self.up_axis = PlotAxis("bottom", 64), PlotAxis("left", 28)
        axes = {"bottom": self.across_axis, "left": self.up_axis}
        super().__init__(parent, axisItems=axes)
        _outlive(self)
        self.setAccessibleName(f"Plot of {name}")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.up_axis.setWidth(LEFT)
        self.across_axis.setHeight(BOTTOM)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())  # else nobody ever deletes it
        item.setContentsMargins(0, 6, 12, 0)
        self.box: pg.ViewBox = item.getViewBox()
        self.box.setMenuEnabled(False)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.box.sigRangeChangedManually.connect(self._moved_by_hand)
        self.box.sigRangeChanged.connect(self._draw)
        self._grid = Grid(self.across_axis, self.up_axis)
        self._curves: list[CurveItem] = []
        self.box.addItem(self._grid, ignoreBounds=True)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setZValue(100)
        self._cross.hide()
        self.box.addItem(self._cross, ignoreBounds=True)
        self._place: float | None = None
        self.is_fitted = True
        """Whether the range follows the data; a zoom or drag by hand ends it."""
        self.reach = 0.0
        """How far the axis across goes at least, not as a logarithm: the epochs of a plan."""
        self.share = False
        """Whether the values are percent, which end at 100."""

    @property
    def curves(self) -> Sequence[CurveItem]:
        """The curves that are drawn, the first one lowest."""
        return tuple(self._curves)

    def set_curves(self, curves: Sequence[CurveItem]) -> None:
        """Draw other curves."""
        for old in self._curves:
            self.box.removeItem(old)
        self._curves = list(curves)
        for curve in self._curves:
            self.box.addItem(curve, ignoreBounds=True)

    def set_scales(self, across: Across, log_x: bool, log_y: bool) -> None:
        """Choose what the axes are; a change shows everything again."""
        before = (self.across_axis.log, self.across_axis.seconds, self.up_axis.log)
        self.across_axis.set_scale(log_x, across == "time")
        self.up_axis.set_scale(log_y)
        for curve in self._curves:
            curve.across, curve.log_x, curve.log_y = across, log_x, log_y
        if before != (log_x, across == "time", log_y):
            self.is_fitted = True

    def set_theme(self, look: Theme) -> None:
        """Take the colours of a theme."""
        self.setBackground(look["panel"])
        self.box.setBackgroundColor(look["input"])
        self.box.border = QPen(Qt.PenStyle.NoPen)
        for axis in (self.across_axis, self.up_axis):
            axis.set_theme(look)
        self._grid.pen = QPen(look["line"], 1)
        self._cross.setPen(QPen(look["text2"], 0))
        self._ring = look["ring"]
        self.viewport().update()

    def refresh(self) -> None:
        """Draw what has been added."""
        if self.is_fitted:
            self.fit()
        self._draw()

    def fit(self) -> None:
        """Show all that there is."""
        self.is_fitted = True
        extents = [curve.extent() for curve in self._curves]
        lefts, rights, lows, highs = zip(*extents, strict=True) if extents else ((),) * 4
        left, right = _span(lefts, rights)
        if not self.across_axis.log:
            left, right = 0.0, max(right if math.isfinite(right) else 1.0, self.reach, 1e-3)
            right *= 1.01  # the last dot is whole
        elif math.isfinite(left):
            right = max(right, left + 0.1)
        else:
            left, right = 0.0, 1.0
        low, high = _span(lows, highs)
        if not math.isfinite(low):
            low, high = 0.0, 1.0
        room = MARGIN * (high - low) or max(abs(high) * 0.05, 1e-6)
        top = min(high + room, 101.0) if self.share and high <= 100 else high + room
        self.box.setRange(
            xRange=(left, right), yRange=(low - room, top), padding=0, disableAutoRange=False
        )

    def point_at(self, place: float | None) -> None:
        """Put the cross-hair at a place of the axis across; None takes it away."""
        self._place = place
        on_axis = None if place is None else self._on_axis(place)
        self._cross.setVisible(on_axis is not None)
        if on_axis is not None:
            self._cross.setPos(on_axis)

    def pixel_of(self, place: float) -> float | None:
        """Return where a place of the axis across is in this widget; None where it is not shown."""
        on_axis = self._on_axis(place)
        if on_axis is None:
            return None
        spot = self.box.mapViewToScene(QPointF(on_axis, self.box.viewRange()[1][0]))
        return float(self.mapFromScene(spot).x())

    def _on_axis(self, place: float) -> float | None:
        if not self.across_axis.log:
            return place
        return math.log10(place) if place > 0 else None

    # What the user does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        spot = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        inside = self.box.sceneBoundingRect().contains(self.mapToScene(event.position().toPoint()))
        if inside and not event.buttons():
            x = float(spot.x())
            self.pointed.emit(10.0**x if self.across_axis.log else x)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 70)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEY_STEPS and self._step_cross(KEY_STEPS[key]):
            event.accept()
        elif key == Qt.Key.Key_Escape and self._place is not None:
            self.pointed.emit(None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1.25 if key == Qt.Key.Key_Minus else 0.8
            self.box.scaleBy((factor, 1.0))
            self._moved_by_hand()
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            QWidget.keyPressEvent(self, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: object) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._ring, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def _step_cross(self, by: int) -> bool:
        """Move the cross-hair along the longest curve; from nowhere, to its end."""
        curve = max(self._curves, key=lambda c: len(c.series), default=None)
        if curve is None or not len(curve.series):
            return False
        places = curve.series.across[curve.across].values
        if self._place is None:
            k = len(places) - 1
        else:
            k = curve.series.nearest(curve.across, self._place) + by
        self.pointed.emit(float(places[min(max(k, 0), len(places) - 1)]))
        return True

    def _draw(self, *_: object) -> None:
        self._grid.update()
        for curve in self._curves:
            curve.update()

    def _moved_by_hand(self, *_: object) -> None:
        self.is_fitted = False


def _span(lows: Sequence[float], highs: Sequence[float]) -> tuple[float, float]:
    """Return the least and the greatest of the finite ones; NaN of none."""
    finite_lows = [value for value in lows if math.isfinite(value)]
    finite_highs = [value for value in highs if math.isfinite(value)]
    return min(finite_lows, default=math.nan), max(finite_highs, default=math.nan)
