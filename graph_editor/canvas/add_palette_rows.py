"""The rows of the add-palette: each one spec with its glyph, the letters that match, and a hint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.parameter_line import line_text, parameter_line
from graph_editor.canvas.theme import Theme, code_font, text_font
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.search import Hit
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.model import Node

INSET, GLYPH, TITLE_X, GAP, ROW = 12, 16, 38, 10, 32
HIT = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Rows(QAbstractListModel):
    """The hits of the present search, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hits: Sequence[Hit] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.hits):
            return None
        hit = self.hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.spec.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.spec.title}, {whence(hit.spec)}. {hit.spec.summary}"
        return hit if role == HIT else None


def whence(spec: Spec) -> str:
    """Return what kind of thing a spec is, in few words: torch's name, or where it belongs."""
    if spec.kind == "block":
        return "your blocks"
    if spec.kind == "code":
        return "your code"
    if spec.kind == "F":
        return spec.name
    return spec.callee if spec.kind in ("torch", "Tensor") else spec.category


def hint(hit: Hit) -> str:
    """Return what a new node would say of itself: ``64 k3``; nothing where nothing is to say."""
    args = starting_arguments(hit.spec, hit.args)
    if not args:
        return ""
    return line_text(parameter_line(hit.spec, Node(hit.spec.name, args=args)))


class RowPainter(QStyledItemDelegate):
    """Paints one row."""

    def __init__(self, look: Theme, result: Callable[[Hit], str], parent: QObject) -> None:
        super().__init__(parent)
        self.look = look
        self.result = result
        self._title = text_font("body")
        self._bold = QFont(self._title)
        self._bold.setWeight(QFont.Weight.DemiBold)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit: Hit = index.data(HIT)
        place = QRectF(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.fillRect(place, self.look["sel" if chosen else "hover"])
        family = family_of(hit.spec)
        square = QRectF(INSET, place.center().y() - GLYPH / 2, GLYPH, GLYPH)
        paint_glyph(painter, family, self.look.glyph(family), square)
        end = self._right(painter, place, hit, chosen)
        start = self._title_text(painter, place, hit)
        self._hint(painter, place, hit, start + GAP, end - GAP)
        painter.restore()

    def _title_text(self, painter: QPainter, place: QRectF, hit: Hit) -> float:
        """Paint the title, matched letters bold and in the colour of links; return its end."""
        matched = {i for at, length in hit.spans for i in range(at, at + length)}
        x, run, title = float(TITLE_X), 0, hit.spec.title
        while run < len(title):
            last = run
            while last < len(title) and (last in matched) == (run in matched):
                last += 1
            font = self._bold if run in matched else self._title
            painter.setFont(font)
            painter.setPen(self.look["link" if run in matched else "text"])
            width = QFontMetricsF(font).horizontalAdvance(title[run:last])
            painter.drawText(
                QRectF(x, place.y(), width + 2, place.height()),
                Qt.AlignmentFlag.AlignVCenter,
                title[run:last],
            )
            x, run = x + width, last
        return x

    def _hint(self, painter: QPainter, place: QRectF, hit: Hit, start: float, end: float) -> None:
        font = code_font(11)
        text = hint(hit)
        if not text or end - start < 24:
            return
        painter.setFont(font)
        painter.setPen(self.look["text2"])
        room = QRectF(start, place.y(), end - start, place.height())
        short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)

    def _right(self, painter: QPainter, place: QRectF, hit: Hit, chosen: bool) -> float:
        """Paint what stands at the right, the key first; return where it begins."""
        end = place.right() - INSET
        if chosen:
            end = paint_key(painter, self.look, "Enter", end, place.center().y()) - GAP
        text = self.result(hit) or whence(hit.spec)
        font = code_font(10.5)
        painter.setFont(font)
        painter.setPen(self.look["text2" if self.result(hit) else "text3"])
        width = QFontMetricsF(font).horizontalAdvance(text)
        painter.drawText(
            QRectF(end - width - 1, place.y(), width + 2, place.height()),
            Qt.AlignmentFlag.AlignVCenter,
            text,
        )
        return end - width


def paint_key(painter: QPainter, look: Theme, text: str, right: float, middle: float) -> float:
    """Paint the name of a key as a small cap that ends at right; return where it begins."""
    font = text_font("caption")
    width = QFontMetricsF(font).horizontalAdvance(text) + 12
    cap = QRectF(right - width, middle - 9, width, 18).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(look["line2"], 1))
    painter.setBrush(look["raised"])
    painter.drawRoundedRect(cap, 3, 3)
    painter.setFont(font)
    painter.setPen(look["text2"])
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, text)
    return right - width
