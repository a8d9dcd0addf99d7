"""The examples as cards with pictures: a list that flows, moved through with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.dialogs.welcome_sketch import TALL, Sketch, SketchBlock, SketchWire
from app.dialogs.welcome_templates import Template
from graph_editor.canvas.theme import Theme, text_font

LEAST_WIDTH, MOST_COLUMNS = 180, 4
GAP = 16
PICTURE = 112
WORDS = 52
RADIUS = 6
TURN = 5
HIGHEST = {True: 12.0, False: 8.0}
"""Half the height of the highest block, of those that stand out and of others."""
TEMPLATE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class TemplateCards(QListWidget):
    """As high as its cards; the page around it scrolls."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Examples to start from")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        for bar in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: transparent; border: 0; }")
        self._card = CardDelegate(look, self)
        self.setItemDelegate(self._card)

    def set_theme(self, look: Theme) -> None:
        """Draw the cards in another theme."""
        self._card.look = look
        self.viewport().update()

    def show_templates(self, templates: Sequence[Template]) -> None:
        """Show these cards; the one that was chosen stays so where it is among them."""
        before = self.template()
        self.clear()
        for template in templates:
            item = QListWidgetItem(self)
            item.setData(TEMPLATE, template)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                f"{template.title}, {template.tags}, {template.facts}. {template.doc}",
            )
        paths = [template.path for template in templates]
        self._fit()
        if paths:
            self.setCurrentRow(paths.index(before.path) if before and before.path in paths else 0)

    def template(self) -> Template | None:
        """Return the chosen example."""
        item = self.currentItem()
        found = item.data(TEMPLATE) if item is not None else None
        return found if isinstance(found, Template) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Share the width among as many columns as fit, and take the height of the rows."""
        room = max(1, self.viewport().width())
        columns = max(1, min(MOST_COLUMNS, (room + GAP) // (LEAST_WIDTH + GAP)))
        cell = QSize((room - 1) // columns, PICTURE + WORDS + GAP)
        rows = -(-self.count() // columns)
        height = rows * cell.height() + 6
        if self.gridSize() != cell:
            self.setGridSize(cell)
        if self.height() != height:
            self.setFixedHeight(height)


class CardDelegate(QStyledItemDelegate):
    """Paints one card: picture above, title, tags and facts below."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    def sizeHint(self, _: QStyleOptionViewItem, __: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        return view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        template = index.data(TEMPLATE)
        if not isinstance(template, Template):
            return
        state = option.state
        card = QRectF(option.rect).adjusted(1.5, 1.5, -GAP + 1.5, -GAP + 1.5)
        look = self.look
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(card, RADIUS, RADIUS)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.fillPath(outline, look["hover" if hovered else "panel"])
        picture = QRectF(card.left(), card.top(), card.width(), PICTURE)
        painter.setClipPath(outline)
        painter.fillRect(picture, look["canvas"])
        paint_sketch(painter, template.sketch, picture.adjusted(14, 12, -14, -12), look)
        painter.setPen(QPen(look["line"], 1))
        painter.drawLine(picture.bottomLeft(), picture.bottomRight())
        painter.setClipping(False)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        edge = "ring" if focused else "text3" if chosen else "line"
        painter.setPen(QPen(look[edge], 2 if chosen else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        self._paint_words(painter, template, card)
        painter.restore()

    def _paint_words(self, painter: QPainter, template: Template, card: QRectF) -> None:
        look = self.look
        place = card.adjusted(12, PICTURE + 8, -12, -6)
        painter.setFont(text_font("caption"))
        tags = painter.fontMetrics().horizontalAdvance(template.tags)
        painter.setPen(look["text3"])
        top = Qt.AlignmentFlag.AlignTop
        row = QRectF(place.left(), place.top(), place.width(), 18)
        small = place.adjusted(0, 20, 0, 0)
        painter.drawText(small, top, _cut(painter, template.facts, small.width()))
        painter.setFont(text_font("node_title"))
        title = painter.fontMetrics().horizontalAdvance(template.title)
        painter.setPen(look["text"])
        painter.drawText(row, top, _cut(painter, template.title, place.width()))
        if title + tags + 12 <= place.width():
            painter.setFont(text_font("caption"))
            painter.setPen(look["text3"])
            painter.drawText(row.adjusted(0, 1, 0, 0), Qt.AlignmentFlag.AlignRight, template.tags)


def _cut(painter: QPainter, text: str, width: float) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))


def paint_sketch(painter: QPainter, sketch: Sketch, place: QRectF, look: Theme) -> None:
    """Paint the picture of a drawing into a rectangle."""
    boxes = [
        QRectF(
            place.left() + (block.x - block.half_width) * place.width(),
            place.top() + block.y * place.height() - _half(block, place),
            2 * block.half_width * place.width(),
            2 * _half(block, place),
        )
        for block in sketch.blocks
    ]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for wire in sorted(sketch.wires, key=lambda each: each.goes_on):
        painter.setPen(QPen(look["text3" if wire.goes_on else "line2"], 1.5))
        painter.drawPath(_way(wire, boxes[wire.source], boxes[wire.target], place))
    painter.setPen(Qt.PenStyle.NoPen)
    for block, box in zip(sketch.blocks, boxes, strict=True):
        painter.setBrush(look.far(block.family))
        painter.drawRoundedRect(box, 2.5, 2.5)


def _half(block: SketchBlock, place: QRectF) -> float:
    """Return half a block's height: by its share, within what looks like a node."""
    return max(3.0, min(HIGHEST[block.family in TALL], block.half_height * place.height()))


def _way(wire: SketchWire, source: QRectF, target: QRectF, place: QRectF) -> QPainterPath:
    start = QPointF(source.right(), source.center().y())
    end = QPointF(target.left(), target.center().y())
    if wire.lane is not None:
        lane = place.top() + wire.lane * place.height() + (0 if wire.goes_on else 4)
        return _around(start, end, lane)
    if end.x() < start.x():
        path = QPainterPath(QPointF(source.center().x(), source.bottom()))
        path.lineTo(QPointF(target.center().x(), target.top()))
        return path
    reach = max(3.0, min(60.0, (end.x() - start.x()) / 2))
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def _around(start: QPointF, end: QPointF, lane: float) -> QPainterPath:
    """Return a way down to a lane, along it, and on to the end, with round corners."""
    out, into = start.x() + TURN, end.x() - TURN
    back = TURN if into > out else -TURN
    path = QPainterPath(start)
    path.quadTo(QPointF(out, start.y()), QPointF(out, start.y() + TURN))
    path.lineTo(out, lane - TURN)
    path.quadTo(QPointF(out, lane), QPointF(out + back, lane))
    path.lineTo(into - back, lane)
    path.quadTo(QPointF(into, lane), QPointF(into, lane + TURN))
    path.lineTo(into, end.y() - TURN)
    path.quadTo(QPointF(into, end.y()), end)
    return path
