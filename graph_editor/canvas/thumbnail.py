"""A small picture of a project's main graph, drawn by the canvas's own scene as it is from afar."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QTransform

from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.canvas.overview import Overview
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.order import Lookup
from graph_editor.document.model import Project

LARGEST = 0.34
"""The zoom at most: from here on nodes are drawn as blocks."""


def thumbnail(
    project: Project,
    lookup: Lookup,
    look: Theme,
    size: QSize,
    margin: int,
    scale: float = 1.0,
    ranks: Mapping[str, int] = MappingProxyType({}),
) -> QPixmap:
    """Return a picture of so many logical pixels, the graph in its middle with a margin around.

    The ranks say how many axes a tensor has that leaves an output, as far as that is known; else
    the wires from there are grey.
    """
    scene = Scene(look)
    facts = {port: PortFacts("", rank, "float32") for port, rank in ranks.items()}
    scene.drawing.know(Findings(ports=facts))
    scene.show_graph(project, "main", lookup)
    area = _area(scene)
    made = QPixmap(size * scale)
    made.setDevicePixelRatio(scale)
    made.fill(look["canvas"])
    zoom = min(
        LARGEST,
        (size.width() - 2 * margin) / max(1.0, area.width()),
        (size.height() - 2 * margin) / max(1.0, area.height()),
    )
    view = QTransform.fromTranslate(size.width() / 2, size.height() / 2)
    view.scale(zoom, zoom).translate(-area.center().x(), -area.center().y())
    painter = QPainter(made)
    Overview(scene).paint(painter, view, size)
    painter.end()
    scene.deleteLater()
    return made


def _area(scene: Scene) -> QRectF:
    """Return what nodes and wires cover."""
    area = QRectF()
    for item in scene.nodes.values():
        area = area.united(item.rect())
    for wire in scene.wires.values():
        area = area.united(wire.path().boundingRect())
    return area
