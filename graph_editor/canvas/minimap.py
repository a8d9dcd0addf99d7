"""The minimap: the whole graph in a corner of the canvas, and which part of it is in view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.zoom_wheel import zoom_factor
from graph_editor.canvas.overview import Overview
from graph_editor.canvas.theme import measure

SHARE, LEAST, MOST, FLAT = 0.2, 130, 220, 0.62
"""Width as a share of the canvas, its limits in pixels, and the height as a share of it."""
EDGE, PAD = 12, 8
"""Pixels to the corner of the canvas, and from the frame to the drawing."""
TIMES = 3
"""Canvases that are not so many times as wide and high as the map have none."""
SLACK = 2.0
"""Pixels by which a drawing may reach out of a view that shows all of it."""
LATER, PER_MILLISECOND = 120, 20
"""Milliseconds that edits rest before they are drawn, and how many nodes make it one more."""
SMALLEST = 4.0
"""Pixels of the sides of the frame around what is in view, at least."""
SHADE = 150
"""How much of the ground lies over what is out of view, of 255."""
TOLD = "Click or drag to move the view. The wheel zooms."


class Minimap(QWidget):
    """Stands over a canvas of which not everything is in view; never takes the keyboard."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._overview = Overview(canvas.world)
        self._picture: QPixmap | None = None
        self._drawn_as: tuple[object, ...] = ()
        """The theme and the size of the picture."""
        self._shown = (canvas.key, canvas.prefix)
        self._extent = QRectF()
        self._held: QPointF | None = None
        """From the middle of the frame to the pointer that holds it, in pixels."""
        self._is_on, self._has_moved = True, False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._draw_anew)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Minimap")
        self.setToolTip(TOLD)
        canvas.drawn.connect(self._follow)
        canvas.selection_changed.connect(self._wait)
        canvas.zoom_changed.connect(self._stand)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._stand)
        self._draw_anew()

    def switch(self, is_on: bool) -> None:
        """Stand in the corner where there is need to, or never."""
        self._is_on = is_on
        self._stand()

    # What is shown

    def _follow(self) -> None:
        """Another graph is drawn at once; edits of the same one when they rest."""
        shown = (self._canvas.key, self._canvas.prefix)
        if shown != self._shown or self._extent.isEmpty() or not self._canvas.world.nodes:
            self._shown = shown
            self._draw_anew()
        else:
            self._stand()
            self._wait()

    def _wait(self) -> None:
        self._later.start(LATER + len(self._canvas.world.nodes) // PER_MILLISECOND)

    def _draw_anew(self) -> None:
        self._later.stop()
        self._picture = None
        self._extent = self._canvas.world.extent()
        self._stand()
        self.update()

    def _stand(self) -> None:
        """Stand at the lower right where something is out of view, else go."""
        ground = self._canvas.viewport().rect()
        width = round(min(max(ground.width() * SHARE, LEAST), MOST))
        height = round(width * FLAT)
        small = ground.width() < TIMES * width or ground.height() < TIMES * height
        if not self._is_on or small or self._extent.isEmpty() or self._is_all_seen():
            self._held = None
            self.hide()
            return
        x, y = ground.width() - width - EDGE, ground.height() - height - EDGE
        self.setGeometry(x, y, width, height)
        if self.isHidden():
            self.show()
            self.lower()  # what is open over the canvas stays in reach
            self._canvas.viewport().lower()
        self.update()

    def _is_all_seen(self) -> bool:
        """Whether nothing is out of view; while the mouse holds the map it stays."""
        if self._held is not None:
            return False
        seen = self._canvas.viewportTransform().mapRect(self._extent)
        room = QRectF(self._canvas.viewport().rect()).adjusted(-SLACK, -SLACK, SLACK, SLACK)
        return room.contains(seen)

    def _to_map(self) -> QTransform:
        """Return the way from the scene to the map."""
        area = self._extent
        wide, high = self.width() - 2 * PAD, self.height() - 2 * PAD
        scale = min(wide / max(area.width(), 1.0), high / max(area.height(), 1.0))
        middle = area.center()
        way = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        return way.scale(scale, scale).translate(-middle.x(), -middle.y())

    def frame(self) -> QRectF:
        """Return what is in view as a part of the map; at its edge where that is elsewhere."""
        canvas = self._canvas
        seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        exact = self._to_map().mapRect(seen)
        left, right = _within(exact.left(), exact.right(), room.left(), room.right())
        top, bottom = _within(exact.top(), exact.bottom(), room.top(), room.bottom())
        return QRectF(QPointF(left, top), QPointF(right, bottom))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        look = self._canvas.look
        now = (self._canvas.world.scope.paints, self.size(), self.devicePixelRatioF())
        if self._picture is None or self._drawn_as != now:
            self._drawn_as, self._picture = now, self._pictured(self.size())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = measure("radius", "node")
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        card = QPainterPath()
        card.addRoundedRect(box, radius, radius)
        painter.setClipPath(card)
        painter.drawPixmap(0, 0, self._picture)
        frame = self.frame()
        inside = QPainterPath()
        inside.addRect(frame)
        shade = QColor(look["canvas"])
        shade.setAlpha(SHADE)
        painter.fillPath(card.subtracted(inside), shade)
        painter.setPen(QPen(look["select"], 1.5))
        painter.drawRect(frame)
        painter.setClipping(False)
        painter.setPen(QPen(look["line2"], 1))
        painter.drawPath(card)
        painter.end()

    def _pictured(self, size: QSize) -> QPixmap:
        scale = self.devicePixelRatioF()
        made = QPixmap(size * scale)
        made.setDevicePixelRatio(scale)
        painter = QPainter(made)
        self._overview.paint(painter, self._to_map(), size)
        painter.end()
        return made

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        spot, frame = event.position(), self.frame()
        self._has_moved = False
        if frame.contains(spot):
            self._held = spot - frame.center()
        else:
            self._held = QPointF()
            self._look_at(spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._held is not None:
            self._has_moved = True
            self._look_at(event.position() - self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        held, self._held = self._held, None
        if held is not None and not self._has_moved:
            self._look_at(event.position())
        self._stand()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        factor = zoom_factor(event, self._canvas.wheel_reversed)
        self._canvas.zoom_to(self._canvas.zoom() * factor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()

    def _look_at(self, spot: QPointF) -> None:
        """Bring into the middle of the view what is at a place of the map."""
        back, _ = self._to_map().inverted()
        self._canvas.centerOn(back.map(spot))


def _within(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """Return a span cut to limits; what is off them is a short span at the nearer one."""
    low, high = min(max(low, least), most), min(max(high, least), most)
    if high - low < SMALLEST:
        low = min(max((low + high - SMALLEST) / 2, least), most - SMALLEST)
        high = low + SMALLEST
    return low, high
