"""The view under the canvas: zoom, pan, the grid, and gestures that are offered its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.gesture import Gesture
from graph_editor.canvas.items.state import FAR_BELOW
from graph_editor.canvas.scene import Scene

MIN_ZOOM, MAX_ZOOM = 0.05, 4.0
BEYOND = 100_000.0
"""How far one can pan past the nodes."""
ZOOM_STEP = 1.25
GRID_STEP = 24.0
FEW = 16
"""The columns of the grid's dots are made so many at a time."""
FIT_MARGIN, TIGHT = 24, 6
READABLE = 0.7
"""Zoom from which even the smallest letters are easily read."""
Sight: TypeAlias = tuple[float, float, float]
"""A zoom, and the place of the scene in the middle."""
EVENT_TYPES = (QEvent.Type.ToolTip,)


class View(QGraphicsView):
    """Looks at a scene; knows how to move, and which gesture holds the mouse."""

    zoom_changed = Signal(float)
    wheel_pans = False
    """Whether the wheel pans and zooms with Ctrl; else it zooms, and pans with Shift."""
    wheel_reversed = False
    """Whether the wheel zooms in when it is turned towards the user."""
    snaps = True
    """Whether nodes that are dragged stay on the grid."""
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The user's own keys by what they do, as the table of keys calls it; else the usual ones."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.world = scene
        scene.setParent(self)
        self.setScene(scene)
        self.gestures: list[Gesture] = []
        """Those that are offered the events, in this order."""
        self.held: Gesture | None = None
        """The gesture that holds the mouse."""
        self.pointer: QPoint | None = None
        """Where the mouse is in the viewport; None where it is elsewhere."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)

    # Zoom and pan

    @property
    def is_far(self) -> bool:
        """Whether the overview stands for the nodes."""
        return self.zoom() < FAR_BELOW

    def zoom(self) -> float:
        """Return the zoom; 1.0 is 100 %."""
        return self.transform().m11()

    def zoom_in(self) -> None:
        """Show a step larger."""
        self.set_zoom(self.zoom() * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Show a step smaller."""
        self.set_zoom(self.zoom() / ZOOM_STEP)

    def zoom_to(self, zoom: float) -> None:
        """Show at a zoom; the middle stays."""
        self.set_zoom(zoom)

    def zoom_at(self, factor: float, point: QPoint | QPointF) -> None:
        """Zoom so that what is at a place of the viewport stays there."""
        self.set_zoom(self.zoom() * factor, point)

    def set_zoom(self, zoom: float, point: QPoint | QPointF | None = None) -> None:
        """Show at a zoom; a place of the viewport stays (its middle, where none is said)."""
        wanted = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        place = QPointF(self.viewport().rect().center()) if point is None else QPointF(point)
        if abs(wanted - self.zoom()) < 1e-9:
            return
        inverse, _ = self.viewportTransform().inverted()
        before = inverse.map(place)
        self.resetTransform()
        self.scale(wanted, wanted)
        after = self.viewportTransform().map(before)
        self.pan_by(place.x() - after.x(), place.y() - after.y())
        self.on_zoom()
        self.zoom_changed.emit(self.zoom())

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the drawing by so many pixels of the screen."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        for bar, by in ((across, dx), (down, dy)):
            bar.setValue(min(max(bar.value() - round(by), bar.minimum()), bar.maximum()))

    def on_zoom(self) -> None:
        """Follow the zoom; for those who draw."""

    def follow_area(self) -> None:
        """Let the view reach all that the scene covers, and far beyond."""
        area = self.world.sceneRect()
        if not self.sceneRect().contains(area.adjusted(-1, -1, 1, 1)):
            centre = self.mapToScene(self.viewport().rect().center())
            self.setSceneRect(area.adjusted(-BEYOND, -BEYOND, BEYOND, BEYOND))
            self.centerOn(centre)

    def fit(self, area: QRectF, most: float = 1.0) -> None:
        """Bring an area of the scene into view, at most at this zoom."""
        if area.isEmpty():
            self.set_zoom(1.0)
            self.centerOn(0, 0)
            return
        room = self.viewport().rect()
        wide, high = room.width() - 2 * FIT_MARGIN, room.height() - 2 * FIT_MARGIN
        zoom = min(max(wide, 60) / area.width(), max(high, 60) / area.height(), most)
        if zoom < READABLE:  # nearer to the edges, so that more can be read
            close = room.adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT)
            closest = min(close.width() / area.width(), close.height() / area.height())
            zoom = max(zoom, min(closest, READABLE))
        self.set_zoom(zoom)
        self.centerOn(area.center())

    def sight(self) -> Sight:
        """Return the zoom, and what is in the middle of the view."""
        middle = self.mapToScene(self.viewport().rect().center())
        return (self.zoom(), middle.x(), middle.y())

    def look_again(self, sight: Sight | None) -> bool:
        """Go back to what was seen before; return whether there is anything left to see."""
        if sight is None:
            return False
        self.set_zoom(sight[0])
        self.centerOn(sight[1], sight[2])
        now, middle = self.mapFromScene(*sight[1:]), self.viewport().rect().center()
        self.pan_by(middle.x() - now.x(), middle.y() - now.y())  # what it missed by rounding
        return self.sees(self.world.extent())

    def sees(self, area: QRectF) -> bool:
        """Whether something of an area is in view, and not just at its edge."""
        room = QRectF(self.viewport().rect()).adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT)
        return self.viewportTransform().mapRect(area).intersects(room)

    def bring_into_view(self, area: QRectF) -> None:
        """Bring an area into view, in the same zoom where it is readable there."""
        if self.zoom() < FAR_BELOW:
            self.set_zoom(1.0)
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        edge = FIT_MARGIN / self.zoom()
        if not seen.adjusted(edge, edge, -edge, -edge).contains(area):
            self.centerOn(area.center())

    def follow_added(self, area: QRectF) -> None:
        """Pan as little as it takes to see an area that was just added; the zoom stays."""
        seen = self.viewportTransform().mapRect(area)
        room = QRectF(self.viewport().rect())
        if seen.width() + 2 * FIT_MARGIN > room.width():
            seen = QRectF(seen.left(), seen.top(), room.width() - 2 * FIT_MARGIN, seen.height())
        if seen.height() + 2 * FIT_MARGIN > room.height():
            seen = QRectF(seen.left(), seen.top(), seen.width(), room.height() - 2 * FIT_MARGIN)
        room.adjust(FIT_MARGIN, FIT_MARGIN, -FIT_MARGIN, -FIT_MARGIN)
        dx = max(room.left() - seen.left(), 0.0) or min(room.right() - seen.right(), 0.0)
        dy = max(room.top() - seen.top(), 0.0) or min(room.bottom() - seen.bottom(), 0.0)
        if dx or dy:
            self.pan_by(dx, dy)

    def refresh_far(self) -> None:
        """Paint the overview anew."""
        if self.is_far:
            self.viewport().update()

    # Painting

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        area = QRectF(rect)
        look = self.world.scope.paints.look
        zoom = self.zoom()
        over = 2 / zoom  # an edge between two pixels would let through what was there
        painter.fillRect(area.adjusted(-over, -over, over, over), look["canvas"])
        if zoom < FAR_BELOW:
            return
        step = GRID_STEP if zoom >= READABLE else 2 * GRID_STEP
        pen = QPen(look["grid"], 2 * self.devicePixelRatioF())
        pen.setCosmetic(True)
        painter.setPen(pen)
        left, top = step * (area.left() // step), step * (area.top() // step)
        columns, rows = int(area.width() // step) + 2, int(area.height() // step) + 2
        painter.translate(left, top)
        painter.scale(step, step)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        dots = _dots(-(-columns // FEW) * FEW)
        for _ in range(rows):
            painter.drawPoints(dots)
            painter.translate(0, 1)
        painter.translate(0, -rows)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.scale(1 / step, 1 / step)
        painter.translate(-left, -top)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_far:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        self.paint_far(painter)
        option = QStyleOptionGraphicsItem()
        for item in self.world.overlays:
            if item.isVisible():
                painter.setTransform(item.deviceTransform(self.viewportTransform()))
                item.paint(painter, option, None)
        painter.end()

    def paint_far(self, painter: QPainter) -> None:
        """Paint the far view; for those who draw."""

    # Gestures

    def cancel_gesture(self) -> None:
        """Have the gesture that holds the mouse give up."""
        held, self.held = self.held, None
        if held is not None:
            held.cancel()

    def _offered(self) -> Iterator[Gesture]:
        """Yield the gestures in order, the one that holds the mouse first."""
        if self.held is not None:
            yield self.held
        yield from (each for each in list(self.gestures) if each is not self.held)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.held is not None:
            self.held.press(event)
            event.accept()
            return
        self.held = next((each for each in self.gestures if each.press(event)), None)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.held is None:
            self.held = next((each for each in self.gestures if each.double_click(event)), None)
            if self.held is None:
                self.mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer = event.position().toPoint()
        if self.held is not None:
            self.held.move(event)
        else:
            self.hover_event(event)
        event.accept()

    def hover_event(self, event: QMouseEvent) -> None:
        """See the mouse move while no gesture holds it."""
        any(each.hover(event) for each in self.gestures)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held = self.held
        if held is not None and held.release(event) and self.held is held:
            self.held = None
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        any(each.wheel(event) for each in self._offered())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if any(each.key(event) for each in self._offered()):
            event.accept()
        elif self.held is not None and event.key() == Qt.Key.Key_Escape:
            self.cancel_gesture()
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if any(each.key_release(event) for each in self._offered()):
            event.accept()
        else:
            event.ignore()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Leave Tab to the gestures; Shift+Tab goes back to what was focused before."""
        return False if forwards else super().focusNextPrevChild(forwards)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.cancel_gesture()
        for each in self.gestures:
            each.lose_keyboard()
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.pointer = event.position().toPoint()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = None
        for each in self.gestures:
            each.leave()
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() in EVENT_TYPES:
            if not any(each.tooltip(event) for each in self.gestures):
                event.ignore()
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._pinched(event)
        return super().viewportEvent(event)

    def _pinched(self, event: QNativeGestureEvent) -> bool:
        """Zoom as two fingers on a touchpad move apart or together, at the pointer."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        factor = 1 + event.value()
        if factor > 0:  # what a touchpad says by mistake is passed over
            self.zoom_at(factor, event.position())
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not any(each.drag(event) for each in self.gestures):
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        for each in self.gestures:
            each.drag_leave()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        if not any(each.drop(event) for each in self.gestures):
            event.ignore()


@lru_cache(maxsize=64)
def _dots(columns: int) -> QPolygonF:
    """Return one row of the grid's dots, one apart; as zooming goes on, few sizes are wanted."""
    return QPolygonF([QPointF(x, 0) for x in range(columns)])
