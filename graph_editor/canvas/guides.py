"""Guides: what is moved snaps to what it lines up with, and thin lines say to what."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF

from graph_editor.canvas.aligning import TOUCH, Box, Level, fit_across, fit_down
from graph_editor.canvas.anatomy import GRID
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import Load
from graph_editor.canvas.drawn_graph import BOUNDS
from graph_editor.canvas.items.guide_lines import GuideLines
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.document.edits import Point
from graph_editor.document.model import InPort, NodeId, OutPort

REACH, MOST_REACH = 6.0, 12.0
"""How near something snaps: pixels on the screen, and at most so far in the scene."""
AROUND, STRAY = 640.0, 160.0
"""How far around what is moved is looked at; that is done again after so far a move."""


class Guides:
    """Those of one drag: what is in the hand, and what lies near it and stays."""

    def __init__(self, canvas: Canvas, load: Load, held: QRectF, node: NodeId | None) -> None:
        self._canvas, self._held = canvas, QRectF(held)
        self._moved = load.nodes.keys()
        self._across: list[Level] = []
        """Wires that can run straight down, so that they say something of left and right."""
        self._down: list[Level] = []
        """Wires that can run straight to the right."""
        if node is not None:
            self._find_levels(node)
        self._near: list[Box] = []
        self._seen: QPointF | None = None
        """Around where it was looked last."""
        self._item: GuideLines | None = None

    def aimed(self, dx: float, dy: float) -> Point:
        """Return the step to go for a hand that has gone so far; shows the lines."""
        rect = self._held.translated(dx, dy)
        self._look_around(rect)
        reach = min(REACH / self._canvas.zoom(), MOST_REACH)
        box = Box((rect.left(), rect.right()), (rect.top(), rect.bottom()))
        across = fit_across(box, self._near, self._across, reach)
        step_x = dx + across.step if across is not None else _on_grid(self._held.left(), dx)
        left = self._held.left() + step_x
        box = Box((left, left + rect.width()), box.y)
        down = fit_down(box, self._near, self._down, reach)
        step_y = dy + down.step if down is not None else _on_grid(self._held.top(), dy)
        if across is not None:
            top = self._held.top() + step_y
            there = Box(box.x, (top, top + rect.height()))
            across = fit_across(there, self._near, self._across, TOUCH)
        lines = [QLineF(*line) for fit in (across, down) if fit is not None for line in fit.lines]
        self._show(lines)
        return step_x, step_y

    def _look_around(self, rect: QRectF) -> None:
        """Find the nodes near what is moved; far ones and those out of view do not count."""
        middle = rect.center()
        if self._seen is not None and (middle - self._seen).manhattanLength() < STRAY:
            return
        self._seen = middle
        view = self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()
        area = rect.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        view.adjust(-STRAY, -STRAY, STRAY, STRAY)
        self._near = [
            Box((each.left(), each.right()), (each.top(), each.bottom()))
            for item in self._canvas.world.items(area.intersected(view), BOUNDS)
            if isinstance(item, NodeItem) and item.id not in self._moved
            for each in (item.rect(),)
        ]

    def _find_levels(self, node: NodeId) -> None:
        """Find the wires of the node in the hand that can be straight, by what they lead to."""
        scene = self._canvas.world
        for wire in scene.wires_at([node]):
            ends: tuple[InPort | OutPort, InPort | OutPort] = (wire.target, wire.source)
            mine, other = ends if wire.target.node == node else ends[::-1]
            place = scene.nodes[node].place(mine)
            if wire.bends or other.node in self._moved or place is None:
                continue
            spot = scene.place_of(other)
            if (wire.leaves, wire.enters) == ("right", "left"):
                self._down.append(Level(place.y, spot.y(), spot.x()))
            elif (wire.leaves, wire.enters) == ("bottom", "top"):
                self._across.append(Level(place.x, spot.x(), spot.y()))

    def _show(self, lines: list[QLineF]) -> None:
        if self._item is None:
            if not lines:
                return
            self._item = GuideLines(self._canvas.world.scope)
            self._canvas.world.addItem(self._item)
        self._item.show_lines(lines)

    def end(self) -> None:
        """Take the lines away."""
        if self._item is not None and self._item.scene() is not None:
            self._canvas.world.removeItem(self._item)
        self._item = None

    def free(self) -> None:
        """Show no line for now."""
        self._show([])


def _on_grid(begin: float, step: float) -> float:
    """Return the step that leads to the nearest line of the grid."""
    return GRID * round((begin + step) / GRID) - begin
