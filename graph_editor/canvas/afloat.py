"""Many nodes that are dragged at once: they hang on items that Qt moves in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.items.node_item import Z_CHOSEN, NodeItem
from graph_editor.canvas.items.wire_item import Z_WIRE, WireItem
from graph_editor.document.model import NodeId

MANY = 50
"""Nodes from which on it pays."""
Spot = tuple[float, float]
NOWHERE: Spot = (0.0, 0.0)


class Raft(QGraphicsItem):
    """What others hang on; shows nothing itself."""

    def __init__(self, scene: QGraphicsScene, z: float) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.setZValue(z)
        scene.addItem(self)

    def boundingRect(self) -> QRectF:
        return QRectF()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint nothing."""


class Afloat:
    """Nodes of a scene and the wires between them, all moved by the same step."""

    def __init__(
        self, scene: QGraphicsScene, nodes: Mapping[NodeId, NodeItem], wires: Iterable[WireItem]
    ) -> None:
        self.nodes = dict(nodes)
        self.step = NOWHERE
        self._spots = {node: (item.x0, item.y0) for node, item in nodes.items()}
        self.inner: list[WireItem] = []
        self.loose: list[WireItem] = []
        for wire in wires:
            is_inner = wire.source.node in nodes and wire.target.node in nodes
            (self.inner if is_inner else self.loose).append(wire)
        self._rafts = (Raft(scene, Z_WIRE), Raft(scene, Z_CHOSEN))
        for items, raft in zip((self.inner, self.nodes.values()), self._rafts, strict=True):
            for item in items:
                item.setParentItem(raft)

    def step_to(self, spots: Mapping[NodeId, Spot]) -> Spot | None:
        """Return the step to these places, which all nodes have to go alike; None where not."""
        if spots.keys() != self._spots.keys():
            return None
        steps = {(x - self._spots[n][0], y - self._spots[n][1]) for n, (x, y) in spots.items()}
        return next(iter(steps)) if len(steps) == 1 else None

    def go(self, step: Spot) -> None:
        """Show all a step from where they were."""
        self.step = step
        for raft in self._rafts:
            raft.setPos(*step)
        for node, (x, y) in self._spots.items():
            self.nodes[node].lie(x + step[0], y + step[1])

    def land(self, scene: QGraphicsScene) -> None:
        """Take all off again, where they are; the wires between them have to be led anew then."""
        for item in (*self.inner, *self.nodes.values()):
            item.setParentItem(None)  # type: ignore[arg-type]  # none: the scene itself
        for item in self.nodes.values():
            item.put(item.x0, item.y0)
        for raft in self._rafts:
            scene.removeItem(raft)
