"""What would come and go, painted over the graph: cards, wires, and words at a constant size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import Anatomy, text_width
from graph_editor.canvas.items.node_item import paint_node
from graph_editor.canvas.items.plate import LINE, paint_lines, paint_plate
from graph_editor.canvas.items.state import Scope, Shown
from graph_editor.canvas.preview_room import shortest

Z_GHOST, Z_TAG = 95.0, 106.0
"""Ghosts lie under the bubble, whose sentence is read while its button is pointed at; the words
about them keep off it."""
THIN = 0.72
"""How opaque a node is that is not there yet."""
FAR = 3.0
"""Width of a line, in pixels of the screen, where the overview stands for the nodes."""
PAD = 8.0
STEM = 1.5
"""Width of the line from words to what they are about."""
SPARED = 8.0
"""Pixels of the screen around the middle of a small card's badge."""


class GhostItem(QGraphicsItem):
    """Everything of a preview that has a size in the scene."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self.cards: list[tuple[Shown, QPointF]] = []
        self.changed: list[QRectF] = []
        self.gone: list[QRectF] = []
        self.drawn: list[QPainterPath] = []
        self.undrawn: list[QPainterPath] = []
        self._area = QRectF()
        self.setZValue(Z_GHOST)

    def add_card(self, build: Anatomy, at: QPointF) -> None:
        """Show a node that would come."""
        self.cards.append((Shown(build, self._scope), at))

    def areas(self) -> list[QRectF]:
        """Return what is covered by the nodes that come, go or change."""
        cards = [QRectF(p.x(), p.y(), s.anatomy.width, s.anatomy.height) for s, p in self.cards]
        return [*cards, *self.changed, *self.gone]

    def settle(self) -> None:
        """Cover all that was added."""
        self.prepareGeometryChange()
        area = QRectF()
        for rect in self.areas():
            area = area.united(rect)
        for path in (*self.drawn, *self.undrawn):
            area = area.united(path.boundingRect())
        edge = 24 / max(self._scope.zoom, 0.05)
        self._area = area.adjusted(-edge, -edge, edge, edge)

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        look = self._scope.paints.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_wires(painter)
        for rect in self.gone:
            painter.setOpacity(0.6)
            painter.fillRect(rect, look["error_bg"])
            painter.setOpacity(1.0)
            painter.setPen(self._pen("error_line"))
            painter.drawRoundedRect(rect, 6, 6)
            painter.drawLine(rect.bottomLeft(), rect.topRight())
        for shown, at in self.cards:
            self._paint_card(painter, shown, at)
        painter.setPen(self._pen("ring"))
        for rect in self.changed:
            self._spare_badge(painter, rect)
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 9, 9)
        painter.setClipping(False)

    def _spare_badge(self, painter: QPainter, rect: QRectF) -> None:
        """Paint nothing over the badge that a small card has on its corner."""
        if self._scope.is_full or self._scope.is_far:
            return
        radius = SPARED / self._scope.zoom
        ring, corner = QPainterPath(), QPainterPath()
        ring.addRect(rect.adjusted(-8, -8, 8, 8))
        corner.addEllipse(rect.topRight(), radius, radius)
        painter.setClipPath(ring.subtracted(corner))

    def _paint_card(self, painter: QPainter, shown: Shown, at: QPointF) -> None:
        size = shown.anatomy
        rect = QRectF(at.x(), at.y(), size.width, size.height)
        if self._scope.is_far:
            painter.fillRect(rect, self._scope.paints.look["sel"])
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._scope.paints.look["canvas"])
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 9, 9)
            painter.save()
            painter.translate(at)
            painter.setOpacity(THIN)
            paint_node(painter, shown)
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen("ring"))
        painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 9, 9)

    def _paint_wires(self, painter: QPainter) -> None:
        painter.setPen(self._pen("error_line"))
        for path in self.undrawn:
            painter.drawPath(path)
            middle, arm = path.pointAtPercent(0.5), 6 / self._scope.zoom
            for way in (1, -1):
                painter.drawLine(
                    middle + QPointF(-arm, -arm * way), middle + QPointF(arm, arm * way)
                )
        painter.setPen(self._pen("ring"))
        for path in self.drawn:
            painter.drawPath(path)

    def _pen(self, token: str) -> QPen:
        wide = FAR if self._scope.is_far else 2.0
        pen = QPen(self._scope.paints.look[token], wide)
        pen.setCosmetic(True)
        pen.setDashPattern([4.0, 3.0])
        return pen


class TagItem(QGraphicsItem):
    """Words about a node, at the same size whatever the zoom is; its corner is the upper left."""

    def __init__(self, scope: Scope, lines: Sequence[str], about: QRectF) -> None:
        super().__init__()
        self._scope, self.lines, self.about = scope, tuple(lines), about
        wide = max(text_width(line, "dense") for line in self.lines)
        self._box = QRectF(0, 0, wide + 2 * PAD, LINE * len(self.lines) + 6)
        self._stem = QLineF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(Z_TAG)

    def box(self) -> QRectF:
        """Return what it covers, from its corner, in pixels of the screen."""
        return self._box

    def lead_to(self, ring: QRectF | None) -> None:
        """Lead a line to what it is about, in pixels of the screen from its corner; None: none."""
        self.prepareGeometryChange()
        self._stem = QLineF() if ring is None else shortest(self._box, ring)
        self.update()

    def boundingRect(self) -> QRectF:
        stem = QRectF(self._stem.p1(), self._stem.p2()).normalized()
        whole = self._box if self._stem.isNull() else self._box.united(stem)
        return whole.adjusted(-2, -2, 2, 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        look = self._scope.paints.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._stem.isNull():
            painter.setPen(QPen(look["ring"], STEM))
            painter.drawLine(self._stem)
        paint_plate(painter, self._box, look["panel"], look["ring"])
        lines = [(line, "dense", look["text"]) for line in self.lines]
        paint_lines(painter, lines, self._box.left() + PAD, self._box.top() + 3)
