"""The examples as cards with pictures: a list that flows, moved through with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.dialogs.welcome_templates import Template
from graph_editor.canvas.theme import Theme, text_font
from graph_editor.canvas.thumbnail import thumbnail
from graph_editor.catalogue.scope import specs_of

LEAST_WIDTH, MOST_COLUMNS = 180, 4
GAP = 16
PICTURE = 136
WORDS = 52
RADIUS = 6
MARGIN = 8
MOST_PICTURES = 200
"""How many are kept: a window that is made wider and wider needs others all the time."""
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
        self._pictures: dict[tuple[Path, str, QSize, float], QPixmap] = {}

    def _picture(self, template: Template, size: QSize) -> QPixmap:
        """Return a template's picture, drawn when its card is first seen."""
        view = self.parent()
        assert isinstance(view, QWidget)
        key = (template.path, self.look.name, size, view.devicePixelRatioF())
        if key not in self._pictures:
            if len(self._pictures) > MOST_PICTURES:
                self._pictures.clear()
            project = template.project
            made = thumbnail(
                project, specs_of(project), self.look, size, MARGIN, key[3], template.ranks
            )
            self._pictures[key] = made
        return self._pictures[key]

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
        painter.drawPixmap(picture.topLeft(), self._picture(template, picture.toRect().size()))
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
