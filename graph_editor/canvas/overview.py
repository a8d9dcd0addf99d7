"""The far view: blocks of colour instead of nodes, lines instead of curves, painted in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from graph_editor.canvas.afloat import NOWHERE, Afloat
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.items.state import NodeState
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.paints import Paints
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import Theme, text_font
from graph_editor.canvas.tracing import DIMMED
from graph_editor.document.model import NodeId

MARKER = 9.0
"""Pixels on the screen of the sign above a node at fault."""
COARSE_BELOW = 0.08
"""Zoom below which a curve is a few pixels."""
THIN = 1.01
"""Pixels of a line from afar; Qt takes another way for exactly one, more than twice as slow."""
LETTERS = 8.0
"""Pixels on the screen of the titles of blocks."""
TITLED_UP_TO = 200
"""Nodes up to which blocks have titles."""
SMOOTH_UP_TO = 3000
"""Wires up to which lines are smooth."""


class _Layer:
    """What is painted of some nodes and wires."""

    def __init__(self, is_titled: bool = False) -> None:
        self.blocks: defaultdict[str, list[QRectF]] = defaultdict(list)
        """By family; those of nodes that are switched off beside."""
        self.off: list[QRectF] = []
        self.lines: dict[int | None, list[QLineF]] = {}
        self.faults: list[QRectF] = []
        self.chosen: list[QRectF] = []
        self.items: list[NodeItem] = []
        self._is_titled = is_titled
        self._usual: NodeState | None = None
        """A state in which there is nothing to be seen of a node but its block."""

    def add_node(self, item: NodeItem) -> None:
        """Take a node."""
        rect, shown = item.rect(), item.shown
        if self._is_titled:
            self.items.append(item)
        state = shown.state
        if state is self._usual:  # as nearly all of a large graph are
            self.blocks[shown.anatomy.family].append(rect)
            return
        if state.is_muted:
            self.off.append(rect)
        else:
            self.blocks[shown.anatomy.family].append(rect)
        if not (state.is_muted or state.is_selected or state.severity == "error"):
            self._usual = state
        if state.severity == "error":
            self.faults.append(rect)
        if state.is_selected:
            self.chosen.append(rect)

    def add_wires(self, wires: Iterable[WireItem], coarse: bool = False) -> None:
        """Take wires; coarse ones have no curves."""
        for wire in wires:
            lines = wire.furthest_lines() if coarse else wire.far_lines()
            self.lines.setdefault(wire.rank, []).extend(lines)


class Overview:
    """Paints a whole scene as blocks and lines; keeps a picture of all that does not move."""

    def __init__(self, scene: Scene, is_titled: bool = False) -> None:
        self._scene, self._is_titled = scene, is_titled
        self._stamp = -1
        self._layer, self._dimmed = _Layer(), _Layer()
        self._is_coarse = False
        self._picture: QPixmap | None = None
        self._key: tuple[object, ...] = ()
        self._afloat: tuple[Afloat, _Layer] | None = None

    def paint(self, painter: QPainter, view: QTransform, size: QSize) -> None:
        """Paint into a painter in pixels of the viewport."""
        scene, paints = self._scene, self._scene.scope.paints
        coarse = view.m11() < COARSE_BELOW
        if (self._stamp, self._is_coarse) != (scene.stamp, coarse):
            self._gather(coarse)
        scale = painter.device().devicePixelRatio()
        key = (self._stamp, view, size, paints, scale, scene.backdrop.far_key())
        if self._picture is None or self._key != key:
            self._key = key
            self._picture = self._pictured(view, size, scale)
        painter.drawPixmap(QPointF(0, 0), self._picture)
        if scene.moving:
            self._paint_moving(painter, view)

    def _paint_moving(self, painter: QPainter, view: QTransform) -> None:
        scene, moving, afloat = self._scene, self._made(), self._scene.afloat
        painter.setTransform(view)
        if afloat is not None:
            moving.add_wires(afloat.loose)
            self._paint_layer(painter, moving, view.m11())
            if self._afloat is None or self._afloat[0] is not afloat:
                self._afloat = (afloat, _layer_of(afloat))
            painter.translate(*afloat.step)
            self._paint_layer(painter, self._afloat[1], view.m11())
            return
        for node in scene.moving:
            moving.add_node(scene.nodes[node])
        moving.add_wires(scene.wires_at(scene.moving))
        self._paint_layer(painter, moving, view.m11())

    def _pictured(self, view: QTransform, size: QSize, scale: float) -> QPixmap:
        made = QPixmap(size * scale)
        made.setDevicePixelRatio(scale)
        made.fill(self._scene.scope.paints.look["canvas"])
        painter = QPainter(made)
        painter.setTransform(view)
        self._scene.backdrop.paint_far(painter, view.m11())
        if self._scene.tracing.dimmed:
            painter.setOpacity(DIMMED)
            self._paint_layer(painter, self._dimmed, view.m11())
            painter.setOpacity(1.0)
        self._paint_layer(painter, self._layer, view.m11())
        painter.end()
        return made

    def _paint_layer(self, painter: QPainter, layer: _Layer, zoom: float) -> None:
        paints: Paints = self._scene.scope.paints
        look = paints.look
        smooth = len(self._scene.wires) <= SMOOTH_UP_TO
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        for rank, lines in layer.lines.items():
            scale = painter.device().devicePixelRatio()
            pen = QPen(look.rank(rank), scale * (1.5 if zoom > 0.15 else THIN))
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for family, rects in layer.blocks.items():
            painter.setBrush(QBrush(look.far(family)))
            painter.drawRects(rects)
        painter.setBrush(QBrush(look["node"]))
        painter.drawRects(layer.off)
        _write(painter, layer, look, zoom)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        _outline(painter, layer.chosen, look["select"], 3 / zoom)
        _outline(painter, layer.faults, look["error_line"], 0.0)
        _mark(painter, layer.faults, look["error_line"], MARKER / zoom)

    def _made(self) -> _Layer:
        return _Layer(self._is_titled and len(self._scene.nodes) <= TITLED_UP_TO)

    def _gather(self, coarse: bool) -> None:
        scene = self._scene
        self._stamp, self._is_coarse = scene.stamp, coarse
        layer, dimmed = self._made(), self._made()
        moving, dark = scene.moving, scene.tracing.dimmed
        for node, item in scene.nodes.items():
            if node not in moving:
                (dimmed if node in dark else layer).add_node(item)
        if moving or dark:
            away = moving | dark
            for wire in scene.wires.values():
                if not _is_off(wire, away):
                    layer.add_wires((wire,), coarse)
                elif not _is_off(wire, moving):
                    dimmed.add_wires((wire,), coarse)
        else:
            layer.add_wires(scene.wires.values(), coarse)
        if coarse and len(scene.wires) <= SMOOTH_UP_TO:
            for wire in scene.wires.values():
                wire.far_lines()  # made now, so that the first step of a zoom need not wait
        self._layer, self._dimmed = layer, dimmed


def _layer_of(afloat: Afloat) -> _Layer:
    """Return what is painted of nodes that are dragged, where they were before."""
    layer, (dx, dy) = _Layer(), afloat.step
    afloat.go(NOWHERE)
    for item in afloat.nodes.values():
        layer.add_node(item)
    layer.add_wires(afloat.inner)
    afloat.go((dx, dy))
    return layer


def _is_off(wire: WireItem, nodes: frozenset[NodeId]) -> bool:
    """Whether a wire begins or ends at some nodes."""
    return wire.target.node in nodes or wire.source.node in nodes


def _write(painter: QPainter, layer: _Layer, look: Theme, zoom: float) -> None:
    """Write titles on the blocks in which they fit in letters that can be read."""
    if not layer.items:
        return
    font = QFont(text_font("caption"))
    font.setPixelSize(max(1, round(LETTERS / zoom)))
    painter.setFont(font)
    widths = QFontMetricsF(font)
    for item in layer.items:
        build, rect = item.shown.anatomy, item.rect()
        if widths.horizontalAdvance(build.title) <= rect.width() - 2 / zoom:
            is_off = item.shown.state.is_muted
            painter.setPen(look["text3"] if is_off else look.on_far(build.family))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, build.title)


def _outline(painter: QPainter, rects: list[QRectF], colour: QColor, grow: float) -> None:
    pen = QPen(colour, 2 * painter.device().devicePixelRatio())
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for rect in rects:
        painter.drawRect(rect.adjusted(-grow, -grow, grow, grow))


def _mark(painter: QPainter, rects: list[QRectF], colour: QColor, size: float) -> None:
    """Paint a sign above nodes, of the same size on the screen whatever the zoom is."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour))
    for rect in rects:
        x, y = rect.center().x(), rect.top() - size * 0.5
        corners = [(x - size * 0.6, y - size), (x + size * 0.6, y - size), (x, y)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
