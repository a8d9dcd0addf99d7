"""One node on the canvas: a single item that knows its state and paints all of itself."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import Anatomy, Place, Shape
from graph_editor.canvas.items import card, card_small, marks
from graph_editor.canvas.items.state import NodeState, Scope, Shown
from graph_editor.document.model import InPort, NodeId, OutPort

Z_NODE, Z_CHOSEN = 20.0, 21.0
MARGIN = 22.0
"""How far ports, badges, the selection's ring and block cards reach out of a node, also where they
keep their size on the screen while the node is small."""


class NodeItem(QGraphicsItem):
    """Shows one node; told its build and its state, never reads the document."""

    __slots__ = ("_bounds", "_rect", "id", "natural", "shown", "x0", "y0")

    def __init__(self, node: NodeId, anatomy: Anatomy, scope: Scope) -> None:
        super().__init__()
        self.id = node
        self.shown = Shown(anatomy, scope)
        self.natural = anatomy
        """The build with all of its title; what is shown may be narrower."""
        self._rect: QRectF | None = None
        self.x0 = self.y0 = 0.0
        self._bounds = _room(anatomy.width, anatomy.height)
        self.setZValue(Z_NODE)

    @property
    def anatomy(self) -> Anatomy:
        """The build of the node."""
        return self.shown.anatomy

    @property
    def state(self) -> NodeState:
        """The state of the node."""
        return self.shown.state

    def put(self, x: float, y: float) -> None:
        """Move to a place in the scene."""
        self.lie(x, y)
        self.setPos(x, y)

    def lie(self, x: float, y: float) -> None:
        """Take a place as one's own, to which something else has moved the item."""
        self.x0, self.y0, self._rect = x, y, None

    def rebuild(self, anatomy: Anatomy) -> bool:
        """Take another build; say whether size or ports differ."""
        self.natural = anatomy
        return self.show_build(anatomy)

    def show_build(self, anatomy: Anatomy) -> bool:
        """Show a build, be it the natural one or a narrower one; say whether it looks otherwise."""
        old = self.anatomy
        self.shown.anatomy, self.shown.texts = anatomy, None
        self._rect = None
        self.update()
        same_ports = old.inputs == anatomy.inputs and old.outputs == anatomy.outputs
        if same_ports and (old.width, old.height) == (anatomy.width, anatomy.height):
            return False
        self.prepareGeometryChange()
        self._bounds = _room(anatomy.width, anatomy.height)
        return True

    def set_state(self, state: NodeState) -> None:
        """Show another state."""
        if state != self.shown.state:
            if state.is_selected != self.shown.state.is_selected:
                self.setZValue(Z_CHOSEN if state.is_selected else Z_NODE)
            self.shown.state, self.shown.texts = state, None
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(QRectF(0, 0, self.anatomy.width, self.anatomy.height))
        return path

    def rect(self) -> QRectF:
        """Return the node's card in the scene; it is not to be changed."""
        if self._rect is None:
            build = self.shown.anatomy
            self._rect = QRectF(self.x0, self.y0, build.width, build.height)
        return self._rect

    def place(self, ref: InPort | OutPort) -> Place | None:
        """Return a port's place from the node's corner."""
        return self.anatomy.place(ref)

    def spot(self, ref: InPort | OutPort) -> QPointF:
        """Return where a port is in the scene; the node's middle where it has no such port."""
        place = self.anatomy.place(ref)
        if place is None:
            return self.rect().center()
        return QPointF(self.x0 + place.x, self.y0 + place.y)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        paint_node(painter, self.shown)


def paint_node(painter: QPainter, shown: Shown) -> None:
    """Paint a node as it looks at the scope's zoom."""
    if shown.anatomy.shape is not Shape.CARD:
        marks.paint(painter, shown)
    elif shown.scope.is_full:
        card.paint(painter, shown)
    else:
        card_small.paint(painter, shown)


@lru_cache(maxsize=4096)
def _room(width: float, height: float) -> QRectF:
    """Return the bounds of all nodes of one size, which nobody changes."""
    return QRectF(-MARGIN, -MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
