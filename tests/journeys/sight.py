"""What a person reads off the window: wires and their labels, red nodes, picked lines, curves."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QGraphicsView, QMainWindow, QWidget

from graph_editor.canvas.canvas import Canvas
from graph_editor.document.model import NodeId

End = tuple[str, str]
"""A node and one of its ports."""


def canvas_of(window: QMainWindow) -> Canvas:
    """Return the canvas that is shown."""
    found = [canvas for canvas in window.findChildren(Canvas) if canvas.isVisible()]
    assert found, "no canvas is shown"
    return found[0]


def has_canvas(window: QMainWindow) -> bool:
    """Whether a window shows a drawing yet."""
    return any(canvas.isVisible() for canvas in window.findChildren(Canvas))


def wires_of(canvas: Canvas) -> dict[End, End]:
    """Return the wires that are drawn: by the input that each ends in, where it begins."""
    scene: Any = canvas.scene()
    return {
        (str(target.node), str(target.port)): (str(wire.source.node), str(wire.source.port))
        for target, wire in scene.wires.items()
    }


def wire_labels(canvas: Canvas) -> dict[End, str]:
    """Return the shape that each wire carries; empty where none is known."""
    scene: Any = canvas.scene()
    return {
        (str(target.node), str(target.port)): wire.label for target, wire in scene.wires.items()
    }


def problem_on(canvas: Canvas, node: NodeId) -> str:
    """Return what is said of a node that is drawn red; empty where it is not."""
    scene: Any = canvas.scene()
    item = scene.nodes.get(node)
    if item is None or item.shown.state.severity != "error":
        return ""
    return " ".join(found.message for found in canvas.findings.of(node))


def fix_button(canvas: Canvas) -> QPoint:
    """Return the middle of the fix button in the bubble that is shown."""
    view = canvas.viewport()
    spots = [
        QPoint(x, y)
        for y in range(0, view.height(), 4)
        for x in range(0, view.width(), 8)
        if canvas.bubble_part_at(QPoint(x, y)) == "fix"
    ]
    assert spots, "no fix button is shown"
    return spots[len(spots) // 2]


def empty_place(canvas: Canvas) -> QPoint:
    """Return a place of the canvas with nothing near it."""
    view = canvas.viewport()
    for y in range(view.height() - 120, 60, -20):
        for x in range(80, view.width() - 240, 20):
            around = [QPoint(x + dx, y + dy) for dx in range(-40, 201, 40) for dy in (-40, 0, 40)]
            if not any(canvas.node_at(at) or canvas.wire_at(at) for at in around):
                return QPoint(x, y)
    raise AssertionError("the canvas is full")


def titles_of(canvas: Canvas) -> list[str]:
    """Return what the nodes that are shown are called, in the order of the alphabet."""
    return sorted(canvas.title(node) for node in canvas.places())


def legends(board: QWidget) -> list[str]:
    """Return what the legends in sight name, as they are read out."""
    return [
        widget.accessibleName()
        for widget in board.findChildren(QWidget)
        if widget.isVisible() and widget.accessibleName().startswith("Curves: ")
    ]


def plots_drawn(board: QWidget) -> int:
    """Return how many of the plots in sight show numbers."""
    drawn = 0
    for view in board.findChildren(QGraphicsView):
        if view.isVisible():
            curves = [item for item in view.scene().items() if hasattr(item, "series")]
            drawn += any(len(curve.series) for curve in curves)
    return drawn


def plotted_points(board: QWidget) -> int:
    """Return how many points the curves of the shown plots have."""
    total = 0
    for view in board.findChildren(QGraphicsView):
        if view.isVisible():
            curves = [item for item in view.scene().items() if hasattr(item, "series")]
            total += sum(int(curve.points(500)[0].size) for curve in curves)
    return total
