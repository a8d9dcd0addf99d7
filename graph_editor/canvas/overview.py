"""The far view: blocks of colour instead of nodes, lines instead of curves, painted in one go."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from graph_editor.canvas.routing import polyline
from graph_editor.canvas.scene import Scene

MARKER = 9.0
"""Pixels on the screen of the sign above a node at fault."""
SMOOTH_UP_TO = 3000
"""Wires up to which lines are smooth."""


class Overview:
    """Paints a whole scene as blocks and lines; keeps what it paints until the scene changes."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._stamp = -1
        self._blocks: dict[str, list[QRectF]] = {}
        self._lines: dict[int | None, list[QLineF]] = {}
        self._faults: list[QRectF] = []
        self._chosen: list[QRectF] = []

    def paint(self, painter: QPainter, zoom: float) -> None:
        """Paint into a painter that has the view's transform."""
        if self._stamp != self._scene.stamp:
            self._gather()
        look = self._scene.scope.paints.look
        smooth = len(self._scene.wires) <= SMOOTH_UP_TO
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        for rank, lines in self._lines.items():
            pen = QPen(look.rank(rank), 1.5 if zoom > 0.15 else 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for family, rects in self._blocks.items():
            painter.setBrush(QBrush(look.far(family)))
            painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._outline(painter, self._chosen, look["select"], 3 / zoom)
        self._outline(painter, self._faults, look["error_line"], 0.0)
        self._mark(painter, zoom)

    @staticmethod
    def _outline(painter: QPainter, rects: list[QRectF], colour: QColor, grow: float) -> None:
        pen = QPen(colour, 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for rect in rects:
            painter.drawRect(rect.adjusted(-grow, -grow, grow, grow))

    def _mark(self, painter: QPainter, zoom: float) -> None:
        size = MARKER / zoom
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self._scene.scope.paints.look["error_line"]))
        for rect in self._faults:
            x, y = rect.center().x(), rect.top() - size * 0.5
            corners = [(x - size * 0.6, y - size), (x + size * 0.6, y - size), (x, y)]
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _gather(self) -> None:
        scene = self._scene
        self._stamp = scene.stamp
        self._blocks, self._lines = {}, {}
        self._faults, self._chosen = [], []
        for node, item in scene.nodes.items():
            rect = item.rect()
            self._blocks.setdefault(item.anatomy.family, []).append(rect)
            if item.state.severity == "error":
                self._faults.append(rect)
            if node in scene.chosen:
                self._chosen.append(rect)
        for wire in scene.wires.values():
            lines = self._lines.setdefault(wire.rank, [])
            if wire.is_level:
                lines.append(QLineF(*wire.start, *wire.end))
                continue
            spots = polyline(wire.path(), False)
            lines.extend(QLineF(*one, *two) for one, two in itertools.pairwise(spots))
